/** The durable log: one SQLite file, written ahead and synced at every commit, held by one process at a time. */
import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import type { Block, Placed } from "../core/log/entry_store.ts";
import type { Run } from "../core/log/runs.ts";
import { BlockCache } from "./block_cache.ts";
import { damaged, type Doing, faultBehind } from "./faults.ts";
import { OpenBlocks } from "./open_blocks.ts";
import { Place } from "./place.ts";
import { admit, beginLife, connect, type Owner, pragma } from "./schema.ts";
import { type Store, StoreFault } from "./store.ts";
import { type Survey, Tables } from "./tables.ts";
import { isOld, upgrade } from "./upgrade.ts";

/** The file of what is written ahead is cut to this once that is folded into the log, bytes. */
export const AHEAD_BYTES_MAX = 16 * 1_048_576;

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
  const survey = tables.survey(now);
  assert.equal(pragma(db, "journal_mode = WAL", "journal_mode"), "wal");
  pragma(db, `journal_size_limit = ${AHEAD_BYTES_MAX}`);
  pragma(db, "synchronous = FULL");
  const incarnation = beginLife(db, dir, now);
  const { unusedNames, fromLater } = survey;
  if (unusedNames.length + fromLater.length > 0) {
    tables.transact(() => {
      for (const number of unusedNames) tables.deleteName(number);
      for (const id of fromLater) tables.cameBy(id, now);
    });
  }
  return new SqliteStore(db, dir, tables, survey, incarnation);
}

class SqliteStore implements Store {
  readonly incarnation: number;
  readonly durable = true;
  readonly othersCount: number;
  readonly #db: DatabaseSync;
  readonly #dir: string;
  readonly #place: Place;
  readonly #tables: Tables;
  /** Of blocks on disk. */
  readonly #cache = new BlockCache();
  /** A reader that asks for an entry often asks for the next one then. */
  #lastFound: Block | undefined;
  readonly #open: OpenBlocks;
  /** Blocks that are to be dropped from the disk, and the bytes of their texts. */
  readonly #dropped = new Set<number>();
  #droppedBytes = 0;
  readonly #notes = new Map<string, string | undefined>();
  /** Of all texts on disk. */
  #bytes: number;
  /** What was found damaged while the log is open: nothing is committed to it any more. */
  #damage: StoreFault | undefined;

  constructor(
    db: DatabaseSync,
    dir: string,
    tables: Tables,
    { lastId, bytes, hashed }: Survey,
    incarnation: number,
  ) {
    this.incarnation = incarnation;
    this.othersCount = hashed;
    this.#db = db;
    this.#dir = dir;
    this.#place = new Place(dir);
    this.#tables = tables;
    this.#open = new OpenBlocks(lastId);
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes + this.#open.bytes - this.#droppedBytes;
  }

  get fileBytes(): number {
    return this.#place.bytes;
  }

  put(run: Run, at: number): readonly Placed[] {
    return this.#open.put(run, Math.floor(at));
  }

  take(origin: string, from: number, to: number): Run {
    const { entries } = this.#open;
    if (entries.keeps(origin, from)) return entries.take(origin, from, to);
    const block = this.#find(origin, from);
    const end = Math.min(to + 1 - block.seq, block.texts.length);
    const texts = this.#cache.part(block, from - block.seq, end);
    return { origin, seq: from, texts, topic: block.topic };
  }

  block(id: number): Block | undefined {
    return this.#dropped.has(id) ? undefined : this.#open.entries.block(id) ?? this.#load(id);
  }

  *blocks(): Generator<Block> {
    // They may be on disk by the time that others which came later were found there.
    const open = this.#open.ids();
    try {
      for (const block of this.#tables.blocks(0, this.#open.entries.lastId)) {
        yield* this.#taken(open, block.id);
        if (open[0] === block.id) open.shift();
        if (!this.#dropped.has(block.id)) yield this.#open.entries.block(block.id) ?? block;
      }
    } catch (error) {
      throw this.#faultBehind(error, "read");
    }
    yield* this.#taken(open, Infinity);
  }

  drop(id: number): void {
    if (this.#dropped.has(id)) return;
    const bytes = this.#doing("read", () => this.#tables.bytesOf(id));
    this.#open.drop(id);
    if (bytes === undefined) return;
    this.#dropped.add(id);
    this.#droppedBytes += bytes;
    this.#cache.drop(id);
    if (this.#lastFound?.id === id) this.#lastFound = undefined;
  }

  note(name: string, text: string | undefined): void {
    this.#notes.set(name, text);
  }

  notes(): Iterable<readonly [name: string, text: string]> {
    const notes = new Map<string, string>(this.#doing("read", () => [...this.#tables.notes()]));
    for (const [name, text] of this.#notes) {
      if (text === undefined) notes.delete(name);
      else notes.set(name, text);
    }
    return notes;
  }

  commit(origins?: ReadonlySet<string>): void {
    this.check();
    // What is dropped and noted follows from all that came before it.
    const isWhole = this.#dropped.size > 0 || this.#notes.size > 0;
    const blocks = this.#open.changed(isWhole ? undefined : origins);
    if (blocks.length === 0 && this.#dropped.size === 0 && this.#notes.size === 0) return;
    this.#doing("write to", () => this.#tables.transact(() => this.#write(blocks)));
    const { bytes } = this;
    for (const block of this.#open.committed(blocks)) this.#cache.keep(block);
    this.#bytes = bytes - this.#open.bytes;
    this.#settle();
  }

  revert(): void {
    this.#open.revert();
    this.#settle();
  }

  check(): void {
    if (this.#damage !== undefined) throw this.#damage;
    this.#place.check();
  }

  maintain(): boolean {
    return this.#doing("write to", () => {
      const free = () => Number(pragma(this.#db, "freelist_count"));
      const most = Math.max(FREE_SHARE_MAX * Number(pragma(this.#db, "page_count")), PAGES_PER_STEP);
      if (free() <= most) return false;
      this.#db.prepare(`PRAGMA incremental_vacuum(${PAGES_PER_STEP})`).all();
      if (free() > most) return true;
      // The file is cut where what is written ahead is folded into it.
      pragma(this.#db, "wal_checkpoint(PASSIVE)");
      return false;
    });
  }

  close(): void {
    this.revert();
    this.#db.close();
  }

  #write(blocks: readonly Block[]): void {
    for (const id of this.#dropped) this.#tables.delete(id);
    for (const block of blocks) {
      if (this.#open.isOnDisk(block.id)) this.#tables.update(block);
      else this.#tables.insert(block);
    }
    for (const [name, text] of this.#notes) this.#tables.note(name, text);
  }

  /** Takes those of the ids that are below `end`, and gives their blocks. */
  *#taken(ids: number[], end: number): Iterable<Block> {
    for (let [id] = ids; id !== undefined && id < end; [id] = ids) {
      ids.shift();
      const block = this.block(id);
      if (block !== undefined) yield block;
    }
  }

  #settle(): void {
    this.#dropped.clear();
    this.#droppedBytes = 0;
    this.#notes.clear();
  }

  /** The block on disk that holds an entry which is held. */
  #find(origin: string, seq: number): Block {
    const last = this.#lastFound;
    if (last !== undefined && holds(last, origin, seq)) return last;
    const id = this.#doing("read", () => this.#tables.find(origin, seq));
    const block = id === undefined || this.#dropped.has(id) ? undefined : this.#load(id);
    if (block === undefined || !holds(block, origin, seq)) {
      throw damaged(this.#dir, "read", `entry ${seq} of "${origin}" is not where it should be`);
    }
    return this.#lastFound = block;
  }

  #load(id: number): Block | undefined {
    const cached = this.#cache.find(id);
    if (cached !== undefined) return cached;
    const block = this.#doing("read", () => this.#tables.block(id));
    return block && this.#cache.keep(block);
  }

  #doing<T>(doing: Doing, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw this.#faultBehind(error, doing);
    }
  }

  #faultBehind(error: unknown, doing: Doing): unknown {
    const fault = faultBehind(error, this.#dir, doing);
    if (fault instanceof StoreFault && fault.kind === "corrupt") this.#damage = fault;
    return fault;
  }
}

function holds(block: Block, origin: string, seq: number): boolean {
  return block.origin === origin && block.seq <= seq && seq < block.seq + block.texts.length;
}
