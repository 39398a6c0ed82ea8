/** The durable log: one SQLite file, written ahead and synced at every commit, held by one process at a time. */
import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import type { Block, Placed } from "../core/log/entry_store.ts";
import type { Run } from "../core/log/runs.ts";
import { BlockCache } from "./block_cache.ts";
import { damaged, type Doing, faultBehind } from "./faults.ts";
import { PartedBlock } from "./parted_block.ts";
import { Pending } from "./pending.ts";
import { Place } from "./place.ts";
import { admit, beginLife, connect, type Owner, pragma } from "./schema.ts";
import type { Store } from "./store.ts";
import { type Survey, Tables } from "./tables.ts";
import { isOld, upgrade } from "./upgrade.ts";

/** The file of what is written ahead is cut to this once that is folded into the log, bytes. */
const AHEAD_BYTES_MAX = 16 * 1_048_576;

/** Pages that are free are given back once they are more than this share of the file, and so many at a time. */
export const FREE_SHARE_MAX = 1 / 8;
export const PAGES_PER_STEP = 256;

export interface StoreOptions extends Owner {
  /** The directory of the log; made where it is missing. */
  readonly dir: string;
  /** Ms since 1970, a whole number. */
  readonly now: number;
}

/** Opens the log, after a look at all of it; throws a StoreFault where it cannot be used as it is. */
export function openStore(options: StoreOptions): Store {
  const { dir, now } = options;
  assert.ok(Number.isSafeInteger(now), "now is a whole number");
  let db: DatabaseSync | undefined;
  try {
    db = connect(dir, options);
    admit(db, dir, options);
    if (isOld(db)) {
      upgrade(db, dir, now);
      db.close();
      db = connect(dir, options);
      admit(db, dir, options);
    }
    return begin(db, options);
  } catch (error) {
    db?.close();
    throw faultBehind(error, dir, "open");
  }
}

function begin(db: DatabaseSync, { dir, now }: StoreOptions): Store {
  const tables = new Tables(db, dir);
  const survey = tables.survey();
  assert.equal(pragma(db, "journal_mode = WAL", "journal_mode"), "wal");
  pragma(db, `journal_size_limit = ${AHEAD_BYTES_MAX}`);
  pragma(db, "synchronous = FULL");
  const incarnation = beginLife(db, dir, now);
  if (survey.unusedNames.length > 0) {
    tables.transact(() => survey.unusedNames.forEach((number) => tables.deleteName(number)));
  }
  return new SqliteStore(db, dir, tables, survey, incarnation);
}

class SqliteStore implements Store {
  readonly incarnation: number;
  readonly durable = true;
  readonly #db: DatabaseSync;
  readonly #dir: string;
  readonly #place: Place;
  readonly #tables: Tables;
  readonly #cache = new BlockCache();
  #pending = new Pending();
  /** The largest id that was ever given. */
  #lastId: number;
  /** Of all texts on disk. */
  #bytes: number;

  constructor(
    db: DatabaseSync,
    dir: string,
    tables: Tables,
    { lastId, bytes }: Survey,
    incarnation: number,
  ) {
    this.incarnation = incarnation;
    this.#db = db;
    this.#dir = dir;
    this.#place = new Place(dir);
    this.#tables = tables;
    this.#lastId = lastId;
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes + this.#pending.bytes;
  }

  put(run: Run, at: number): readonly Placed[] {
    return this.#pending.put(run, Math.floor(at), () => ++this.#lastId);
  }

  take(origin: string, from: number, to: number): Run {
    const pending = this.#pending.find(origin, from);
    const block = pending?.reaches(from) ? pending : this.#find(origin, from);
    const texts = block.take(from, Math.min(to, block.seq + block.count - 1));
    return { origin, seq: from, texts, topic: block.topic };
  }

  block(id: number): Block | undefined {
    return this.#pending.blocks.get(id) ?? (this.#pending.isDropped(id) ? undefined : this.#load(id));
  }

  *blocks(): Generator<Block> {
    const last = this.#lastId;
    let after = 0;
    try {
      for (const block of this.#tables.blocks(after, last)) {
        after = block.id;
        if (!this.#pending.isDropped(after)) yield block;
      }
    } catch (error) {
      throw faultBehind(error, this.#dir, "read");
    }
    for (const block of this.#pending.blocks.values()) if (block.id > after && block.id <= last) yield block;
  }

  drop(id: number): void {
    const pending = this.#pending.blocks.get(id);
    if (pending !== undefined) return this.#pending.delete(pending);
    const bytes = this.#pending.isDropped(id)
      ? undefined
      : this.#doing("read", () => this.#tables.bytesOf(id));
    if (bytes === undefined) return;
    this.#pending.drop(id, bytes);
    this.#cache.delete(id);
  }

  note(name: string, text: string | undefined): void {
    this.#pending.notes.set(name, text);
  }

  notes(): Iterable<readonly [name: string, text: string]> {
    const notes = new Map<string, string>(this.#doing("read", () => [...this.#tables.notes()]));
    for (const [name, text] of this.#pending.notes) {
      if (text === undefined) notes.delete(name);
      else notes.set(name, text);
    }
    return notes;
  }

  commit(): void {
    this.check();
    const pending = this.#pending;
    if (pending.isEmpty) return;
    this.#doing("write to", () => this.#tables.transact(() => this.#write(pending)));
    this.#pending = new Pending();
    this.#bytes += pending.bytes;
    for (const block of pending.blocks.values()) {
      block.join();
      this.#cache.add(block);
    }
  }

  revert(): void {
    this.#pending = new Pending();
  }

  check(): void {
    this.#place.check();
  }

  maintain(): boolean {
    return this.#doing("write to", () => {
      const free = () => Number(pragma(this.#db, "freelist_count"));
      const most = FREE_SHARE_MAX * Number(pragma(this.#db, "page_count"));
      if (free() <= Math.max(most, PAGES_PER_STEP)) return false;
      this.#db.prepare(`PRAGMA incremental_vacuum(${PAGES_PER_STEP})`).all();
      return free() > most;
    });
  }

  close(): void {
    this.#pending = new Pending();
    this.#db.close();
  }

  #write({ blocks, dropped, notes }: Pending): void {
    for (const id of dropped) this.#tables.delete(id);
    for (const block of blocks.values()) this.#tables.write(block);
    for (const [name, text] of notes) this.#tables.note(name, text);
  }

  /** The block on disk that holds an entry which is held. */
  #find(origin: string, seq: number): PartedBlock {
    const id = this.#doing("read", () => this.#tables.find(origin, seq));
    const block = id === undefined || this.#pending.isDropped(id) ? undefined : this.#load(id);
    if (block === undefined) {
      throw damaged(this.#dir, "read", `entry ${seq} of "${origin}" is not where it should be`);
    }
    return block;
  }

  #load(id: number): PartedBlock | undefined {
    const cached = this.#cache.get(id);
    if (cached !== undefined) return cached;
    const found = this.#doing("read", () => this.#tables.block(id));
    if (found === undefined) return undefined;
    const block = PartedBlock.of(found);
    this.#cache.add(block);
    return block;
  }

  #doing<T>(doing: Doing, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw faultBehind(error, this.#dir, doing);
    }
  }
}
