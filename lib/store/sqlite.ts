/** The durable log: one SQLite file, written ahead and synced at every commit, held by one process at a time. */
import assert from "node:assert/strict";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Block, Placed } from "../core/log/entry_store.ts";
import { MemoryEntries } from "../core/log/memory_entries.ts";
import type { Run } from "../core/log/runs.ts";
import { faultBehind } from "./faults.ts";
import { Place } from "./place.ts";
import { checksum, type Row, RowsToWrite, runOf } from "./rows.ts";
import { admit, beginLife, damaged, type Owner, pragma, settle, upgrade } from "./schema.ts";
import type { Store } from "./store.ts";

export interface StoreOptions extends Owner {
  /** The directory of the log; made where it is missing. */
  readonly dir: string;
  /** Ms since 1970, a whole number. */
  readonly now: number;
}

/** Opens the log, after a look at all of it; throws a StoreFault where it cannot be used as it is. */
export function openStore(options: StoreOptions): Store {
  assert.ok(Number.isSafeInteger(options.now), "now is a whole number");
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(settle(options.dir, options));
    return begin(db, options);
  } catch (error) {
    db?.close();
    throw faultBehind(error, options.dir, "open");
  }
}

function begin(db: DatabaseSync, options: StoreOptions): Store {
  const { dir, now } = options;
  // Before the first read: the process that takes the lock then keeps it, and the write-ahead log needs no shared memory.
  pragma(db, "locking_mode = EXCLUSIVE");
  admit(db, dir, options);
  upgrade(db);
  const origins = originsOf(db);
  verify(db, dir, origins);
  assert.equal(pragma(db, "journal_mode = WAL", "journal_mode"), "wal");
  pragma(db, "synchronous = FULL");
  return new SqliteStore(db, dir, origins, beginLife(db, dir, now));
}

class SqliteStore implements Store {
  readonly incarnation: number;
  readonly durable = true;
  readonly #db: DatabaseSync;
  readonly #dir: string;
  readonly #place: Place;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #addOrigin: StatementSync;
  readonly #addRow: StatementSync;
  /** The number of each origin on disk, from 1 without a gap. */
  readonly #origins: Map<string, number>;
  #pending = new RowsToWrite();
  #memory = new MemoryEntries();

  constructor(db: DatabaseSync, dir: string, origins: Map<string, number>, incarnation: number) {
    this.incarnation = incarnation;
    this.#db = db;
    this.#dir = dir;
    this.#place = new Place(dir);
    this.#origins = origins;
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#addOrigin = db.prepare("INSERT INTO origins (id, name) VALUES (?, ?)");
    this.#addRow = db.prepare("INSERT INTO entries (origin, seq, count, value, sum) VALUES (?, ?, ?, ?, ?)");
    this.revert();
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  put(run: Run, at: number): readonly Placed[] {
    this.#pending.add(run);
    return this.#memory.put(run, at);
  }

  take(origin: string, from: number, to: number): Run {
    return this.#memory.take(origin, from, to);
  }

  block(id: number): Block | undefined {
    return this.#memory.block(id);
  }

  blocks(): Iterable<Block> {
    return this.#memory.blocks();
  }

  drop(id: number): void {
    this.#memory.drop(id);
  }

  note(name: string, text: string | undefined): void {
    this.#memory.note(name, text);
  }

  notes(): Iterable<readonly [name: string, text: string]> {
    return this.#memory.notes();
  }

  maintain(): boolean {
    return false;
  }

  commit(): void {
    this.check();
    if (!this.#pending.isEmpty) this.#commitRows(this.#pending);
    this.#pending = new RowsToWrite();
  }

  revert(): void {
    this.#pending = new RowsToWrite();
    this.#memory = new MemoryEntries();
    for (const row of rowsOf(this.#db, this.#dir, this.#origins)) this.#memory.put(runOf(row), 0);
  }

  check(): void {
    this.#place.check();
  }

  close(): void {
    this.#pending = new RowsToWrite();
    this.#db.close();
  }

  #commitRows(pending: RowsToWrite): void {
    const known = this.#origins.size;
    try {
      this.#begin.run();
      for (const row of pending.rows()) this.#write(row);
      this.#commit.run();
    } catch (error) {
      this.#undo(known);
      throw faultBehind(error, this.#dir, "write to");
    }
  }

  #write(row: Row): void {
    let number = this.#origins.get(row.origin);
    if (number === undefined) {
      number = this.#origins.size + 1;
      this.#addOrigin.run(number, row.origin);
      this.#origins.set(row.origin, number);
    }
    this.#addRow.run(number, row.seq, row.count, row.text, checksum(row));
  }

  /** SQLite itself undoes some transactions, but not all. */
  #undo(known: number): void {
    for (const [name, number] of this.#origins) if (number > known) this.#origins.delete(name);
    if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
  }
}

/** The number of each origin on disk. */
function originsOf(db: DatabaseSync): Map<string, number> {
  const rows = db.prepare("SELECT name, id FROM origins").all();
  return new Map(rows.map(({ name, id }) => [String(name), Number(id)]));
}

/** SQLite does not check the contents of rows, and a value that has rotted must not spread to the other nodes. */
function verify(db: DatabaseSync, dir: string, origins: ReadonlyMap<string, number>): void {
  const rows = rowsOf(db, dir, origins);
  while (!rows.next().done);
}

/** Every row that is there when this begins, in the order in which they came; a damaged one is a fault. */
function* rowsOf(db: DatabaseSync, dir: string, origins: ReadonlyMap<string, number>): Generator<Row> {
  const names = new Map([...origins].map(([name, number]) => [number, name]));
  const last = db.prepare("SELECT max(place) AS last FROM entries").get()?.["last"] ?? 0;
  const select = db.prepare(
    "SELECT origin, seq, count, value, sum FROM entries WHERE place <= ? ORDER BY place",
  );
  for (const { origin, seq, count, value, sum } of select.iterate(last)) {
    const row = {
      origin: names.get(Number(origin)) ?? "",
      seq: Number(seq),
      count: typeof count === "number" ? count : null,
      text: String(value),
    };
    if (checksum(row) !== sum) {
      throw damaged(dir, `entry ${seq} of "${row.origin}" does not match its checksum`);
    }
    yield row;
  }
}
