/** A process that is killed while it commits loses nothing that it had committed. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openStore } from "../../../lib/store/sqlite.ts";
import { script } from "../../shared/script.ts";

/** How many more commits each life may make before it is killed; the fourth folds its log ahead into the file. */
const lives = [1, 40, 3, 900, 77, 0];
const DEADLINE_MS = 60_000;

test("kill -9 at any moment loses no committed entry, and the order stays", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hearsay-store-"));
  try {
    const notes = join(folder, "notes");
    const dir = join(folder, "log");
    for (const more of lives) await live(dir, notes, more);
    const told = lines(notes);
    const opened = told.filter((line) => line.startsWith("opened "));
    const incarnations = opened.map((line) => Number(line.split(" ")[2]));
    assert.equal(incarnations.length, lives.length);
    assert.ok(
      incarnations.every((life, i) => i === 0 || life > (incarnations[i - 1] ?? 0)),
      `${incarnations}`,
    );
    const counts = told.map((line) => Number(line.split(" ")[1]));
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
      "each life holds what the ones before committed",
    );
    check(dir, counts.at(-1) ?? 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** One life: it opens, commits so many times, and is killed while it goes on. */
async function live(dir: string, notes: string, commits: number): Promise<void> {
  const enough = lines(notes).length + 1 + commits;
  const { bin, args } = script(new URL("../fixtures/commits_until_killed.ts", import.meta.url));
  const child = spawn(bin, [...args, dir, notes], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(child, "close");
  try {
    const deadline = performance.now() + DEADLINE_MS;
    while (lines(notes).length < enough) {
      assert.equal(child.exitCode, null, "it goes on by itself");
      assert.ok(performance.now() < deadline, `${enough} notes in time`);
      await pause(1);
    }
  } finally {
    process.kill(child.pid ?? assert.fail(), "SIGKILL");
    await ended;
  }
}

/** Whole batches, the last of which may be one that nobody was told of any more. */
function check(dir: string, committed: number): void {
  const store = openStore({ dir, id: "n1", cluster: "books", now: 1_000 });
  const held = [...store.blocks()].map(({ origin, seq, texts }) => ({ origin, seq, text: texts.text }));
  store.close();
  const whole = [committed, committed + committed % 5 + 1];
  assert.ok(whole.includes(held.length), `${held.length} of ${whole.join(" or ")} are held`);
  assert.deepEqual(held.map(({ seq }) => seq), held.map((_, i) => i + 1));
  assert.ok(
    held.every(({ origin, text }, i) => origin === `n${i % 3}.a` && text.startsWith(`"${i} `)),
  );
}

/** The lines that are whole. */
function lines(path: string): string[] {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
}
