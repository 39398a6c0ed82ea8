/** A directory for a test of the durable log, and ways to use and damage it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EntryStore } from "../../../lib/core/log/entry_store.ts";
import type { Run } from "../../../lib/core/log/runs.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import type { Json } from "../../../lib/core/message.ts";
import { openStore, type StoreOptions } from "../../../lib/store/sqlite.ts";
import { type Store, StoreFault } from "../../../lib/store/store.ts";

/** Runs a test in a directory of its own, which does not outlive it. */
export function inFolder(run: (dir: string) => void): () => void {
  return () => {
    const dir = mkdtempSync(join(tmpdir(), "hearsay-store-"));
    try {
      run(dir);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };
}

export function open(dir: string, options: Partial<StoreOptions> = {}): Store {
  return openStore({ id: "n1", cluster: "books", now: 1_000, ...options, dir });
}

/** The file of the log in a directory. */
export function fileIn(dir: string): string {
  return join(dir, "hearsay.sqlite");
}

/** Consecutive values of an origin. */
export function run(origin: string, seq: number, ...values: readonly Json[]): Run {
  return { origin, seq, texts: Texts.of(values.map((value) => JSON.stringify(value))) };
}

/** All entries of a store, as its blocks come: `origin seq text`. */
export function entriesIn(store: EntryStore): string[] {
  return [...store.blocks()].flatMap(({ origin, seq, texts }) =>
    Array.from(texts, (text, i) => `${origin} ${seq + i} ${text}`)
  );
}

/** Opens a log, commits so many entries of two made-up origins in turns, so that each has a row, and closes it. */
export function write(dir: string, count: number): void {
  const store = open(dir);
  for (let i = 0; i < count; i++) store.put(run(`n2.${i % 2}`, i + 1, `value ${i}`), 1_000);
  store.commit();
  store.close();
}

/** The kind and the sentence with which something is refused. */
export function refusal(run: () => unknown): { readonly kind: string; readonly message: string } {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof StoreFault, String(error));
    return { kind: error.kind, message: error.message };
  }
  throw new assert.AssertionError({ message: "nothing was refused" });
}
