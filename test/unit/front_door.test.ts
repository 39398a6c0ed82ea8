/** The commands that a newcomer types install what they need, once; a script that says how it was called stands in for npm. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), "utf8"));
const scripts: Record<string, string> = read("package.json").scripts;
const tasks: Record<string, string> = read("deno.json").tasks;
const deno = fileURLToPath(new URL("../../node_modules/.bin/deno", import.meta.url));
const LOCKED_AT = 1_000;

/** What npm is asked for in a checkout where an installation ended at that moment, in seconds; undefined for never. */
function askedOfNpm(
  [bin, ...args]: readonly [string, ...string[]],
  installedAt: number | undefined,
  hasNpm = true,
): string {
  const folder = mkdtempSync(join(tmpdir(), "hearsay-front-door-"));
  const put = (name: string, text: string, at: number) => {
    writeFileSync(join(folder, name), text, { mode: 0o755 });
    utimesSync(join(folder, name), at, at);
  };
  try {
    mkdirSync(join(folder, "node_modules"));
    put("deno.json", JSON.stringify({ tasks: { ready: tasks["ready"] } }), LOCKED_AT);
    if (hasNpm) put("npm", '#!/bin/sh\necho "$@"\n', LOCKED_AT);
    else symlinkSync("/bin/sh", join(folder, "sh"));
    put("package-lock.json", "{}", LOCKED_AT);
    if (installedAt !== undefined) put("node_modules/.package-lock.json", "{}", installedAt);
    const env = { ...process.env, PATH: hasNpm ? `${folder}:${process.env["PATH"] ?? ""}` : folder };
    const { stderr } = spawnSync(bin, args, { cwd: folder, env, encoding: "utf8" });
    return stderr.trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("what is missing or older than package-lock.json is installed, what is newer is left alone", () => {
  // The shell of deno task is its own, and knows less.
  for (const shell of [["sh", "-c", scripts["ready"] ?? ""], [deno, "task", "--quiet", "ready"]] as const) {
    assert.match(askedOfNpm(shell, undefined), /^ci /);
    assert.match(askedOfNpm(shell, LOCKED_AT - 1), /^ci /);
    assert.equal(askedOfNpm(shell, LOCKED_AT + 1), "");
  }
});

test("where there is no npm, what bun or deno has installed is left alone", () => {
  assert.equal(askedOfNpm(["/bin/sh", "-c", scripts["ready"] ?? ""], undefined, false), "");
});

test("start and test make ready first, by npm, by bun and by deno", () => {
  assert.equal(tasks["ready"], scripts["ready"]);
  for (const name of ["start", "test"]) {
    assert.match(scripts[name] ?? "", /^npm run --silent ready && /);
    assert.match(tasks[name] ?? "", /^deno task --quiet ready && /);
  }
});

test("every script that a page names is there, and so is every picture", () => {
  for (const page of ["README.md", "lib/service/README.md", "test/bench/README.md"]) {
    const url = new URL(`../../${page}`, import.meta.url);
    const text = readFileSync(url, "utf8");
    const named = [...text.matchAll(/\b(?:npm run|bun run|deno task) ([a-z][a-z:]*)/g)].map(([, name]) =>
      name
    );
    assert.deepEqual(named.filter((name) => name !== undefined && !(name in scripts)), [], page);
    const pictures = [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path = ""]) => new URL(path, url));
    assert.deepEqual(pictures.filter((picture) => !existsSync(picture)), [], page);
  }
});
