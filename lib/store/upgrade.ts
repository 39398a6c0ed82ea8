/** Takes over a log that an earlier version wrote: into a new file, which takes its name once it is whole. */
import assert from "node:assert/strict";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { MemoryEntries } from "../core/log/memory_entries.ts";
import type { Run } from "../core/log/runs.ts";
import { Texts } from "../core/log/texts.ts";
import { damaged, FILE_NAME } from "./faults.ts";
import { metaOf, pragma, SCHEMA_VERSION, sync, write } from "./schema.ts";
import { Tables } from "./tables.ts";

/** So many rows are read at once, and so many blocks are written. */
const PAGE_ROWS = 256;
export const BLOCKS_PENDING_MAX = 64;

export function isOld(db: DatabaseSync): boolean {
  return Number(pragma(db, "user_version")) < SCHEMA_VERSION;
}

/**
 * The old file, which was admitted and is held by this process, stays as it was until the new one is whole. `now`: when its
 * entries came, as it does not say, ms since 1970.
 */
export function upgrade(old: DatabaseSync, dir: string, now: number): void {
  const path = join(dir, FILE_NAME);
  const unfinished = `${path}.upgrade`;
  // From here on the lock is exclusive, in any mode.
  for (const sql of ["BEGIN EXCLUSIVE", "COMMIT"]) old.prepare(sql).run();
  remove(unfinished);
  try {
    copy(old, dir, unfinished, now);
    // SQLite would take what is written ahead to the old file for the new one's, so it goes first.
    assert.equal(pragma(old, "journal_mode = DELETE", "journal_mode"), "delete");
    renameSync(unfinished, path);
  } catch (error) {
    remove(unfinished);
    throw error;
  }
  sync(dir);
}

function copy(old: DatabaseSync, dir: string, path: string, now: number): void {
  const db = new DatabaseSync(path);
  try {
    write(db, metaOf(old, dir));
    const tables = new Tables(db, dir);
    let pending = new MemoryEntries();
    let written = 0;
    const flush = () => {
      for (const block of pending.blocks()) tables.insert(block);
      written = pending.lastId;
      pending = new MemoryEntries(written);
    };
    tables.transact(() => {
      for (const run of runsOf(old, dir)) {
        pending.put(run, now);
        if (pending.lastId - written >= BLOCKS_PENDING_MAX) flush();
      }
      flush();
    });
  } finally {
    db.close();
  }
}

/**
 * A row of version 2 has the JSON of its values as a list, with their count, or without one that of its only value, as every
 * row of version 1 has.
 */
function* runsOf(db: DatabaseSync, dir: string): Generator<Run> {
  const origins = new Map(
    db.prepare("SELECT id, name FROM origins").all().map(({ id, name }) => [id, String(name)]),
  );
  const select = db.prepare(`SELECT * FROM entries WHERE place > ? ORDER BY place LIMIT ${PAGE_ROWS}`);
  for (let rows = select.all(0); rows.length > 0; rows = select.all(rows.at(-1)?.["place"] ?? 0)) {
    for (const { origin: number, seq, count = null, value, sum } of rows) {
      const [origin, text] = [origins.get(number ?? 0) ?? "", String(value)];
      if (crc32(`${origin}:${seq}${count === null ? "" : `+${count}`}:${text}`) !== sum) {
        throw damaged(dir, "open", `entry ${seq} of "${origin}" does not match its checksum`);
      }
      const texts = count === null ? new Texts(text, 1) : new Texts(text.slice(1, -1), Number(count));
      yield { origin, seq: Number(seq), texts };
    }
  }
}

function remove(path: string): void {
  for (const name of [path, `${path}-journal`]) rmSync(name, { force: true });
}
