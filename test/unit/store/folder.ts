/** A directory for a test of the durable log, and ways to use and damage it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** Opens a log, commits so many entries of two made-up origins in turns, so that each has a row, and closes it. */
export function write(dir: string, count: number): void {
  const store = open(dir);
  const entries = Array.from(
    { length: count },
    (_, i) => ({ origin: `n2.${i % 2}`, seq: i + 1, value: `value ${i}` }),
  );
  store.append(entries);
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
