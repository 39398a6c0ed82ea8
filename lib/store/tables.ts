/** The tables of the log: blocks of entries as rows, each with a checksum, and notes. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Block } from "../core/log/entry_store.ts";
import { damaged, type Doing } from "./faults.ts";
import { hashesToKeep, textsWith } from "./hashes.ts";
import { Names } from "./names.ts";

/**
 * So many rows are read at once: a cursor that stayed open would keep the log ahead from being folded into the file. More than
 * these would not stay in the processor's caches until they are looked at.
 */
const PAGE_ROWS = 4;

const columns = "place, origin, seq, count, topic, at, hashes, value, sum";
const stored = columns.replace("value", "CAST(value AS BLOB) AS value");

type Row = Record<string, SQLOutputValue>;

/** What a look at all of it has found. */
export interface Survey {
  /** The largest id of a block; 0: there is none. */
  readonly lastId: number;
  /** Of all texts. */
  readonly bytes: number;
  /** Entries that have their hashes beside them. */
  readonly hashed: number;
  /** The numbers of names that no row has any more. */
  readonly unusedNames: readonly number[];
  /** The ids of blocks that came later than now, by their own word. */
  readonly fromLater: readonly number[];
}

export class Tables {
  readonly #db: DatabaseSync;
  readonly #dir: string;
  readonly #names = new Names();
  /** The numbers of names that the transaction under way has added. */
  #added: number[] = [];
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #find: StatementSync;
  readonly #one: StatementSync;
  readonly #page: StatementSync;
  readonly #size: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #addName: StatementSync;
  readonly #deleteName: StatementSync;
  readonly #notes: StatementSync;
  readonly #note: StatementSync;
  readonly #deleteNote: StatementSync;

  constructor(db: DatabaseSync, dir: string) {
    this.#db = db;
    this.#dir = dir;
    for (const { id, name } of db.prepare("SELECT id, name FROM names").all()) {
      this.#names.set(Number(id), String(name));
    }
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#find = db.prepare(
      "SELECT place FROM entries WHERE origin = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
    );
    this.#one = db.prepare(`SELECT ${stored} FROM entries WHERE place = ?`);
    this.#page = db.prepare(
      `SELECT ${stored} FROM entries WHERE place > ? AND place <= ? ORDER BY place LIMIT ${PAGE_ROWS}`,
    );
    this.#size = db.prepare("SELECT octet_length(value) AS bytes FROM entries WHERE place = ?");
    this.#insert = db.prepare(`INSERT INTO entries (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#update = db.prepare(
      "UPDATE entries SET count = ?, at = ?, hashes = ?, value = ?, sum = ? WHERE place = ?",
    );
    this.#delete = db.prepare("DELETE FROM entries WHERE place = ?");
    this.#addName = db.prepare("INSERT INTO names (id, name) VALUES (?, ?)");
    this.#deleteName = db.prepare("DELETE FROM names WHERE id = ?");
    this.#notes = db.prepare("SELECT name, text, sum FROM notes ORDER BY name");
    this.#note = db.prepare("INSERT OR REPLACE INTO notes (name, text, sum) VALUES (?, ?, ?)");
    this.#deleteNote = db.prepare("DELETE FROM notes WHERE name = ?");
  }

  /** The id of the block that should hold an entry: whether it does shows when it is read. */
  find(origin: string, seq: number): number | undefined {
    const number = this.#names.numberOf(origin);
    const row = number === undefined ? undefined : this.#find.get(number, seq);
    return row === undefined ? undefined : Number(row["place"]);
  }

  block(id: number, doing: Doing = "read"): Block | undefined {
    const row = this.#one.get(id);
    return row === undefined ? undefined : this.#blockOf(row, doing);
  }

  /** Those with ids above `after`, up to `last`, in order. */
  *blocks(after: number, last: number, doing: Doing = "read"): Generator<Block> {
    for (let rows: Row[] = this.#page.all(after, last); rows.length > 0; rows = this.#page.all(after, last)) {
      for (const row of rows) {
        after = Number(row["place"]);
        yield this.#blockOf(row, doing);
      }
    }
  }

  /** The bytes of a block's text; undefined where there is no such block. */
  bytesOf(id: number): number | undefined {
    const bytes = this.#size.get(id)?.["bytes"];
    return bytes === undefined ? undefined : Number(bytes);
  }

  insert({ id, origin, seq, texts, topic, at }: Block): void {
    const [number, topicNumber] = [this.#number(origin), topic === undefined ? null : this.#number(topic)];
    const hashes = hashesToKeep(texts);
    const sum = checksum({ id, origin, seq, texts, topic, at }, texts.text, hashes);
    this.#insert.run(id, number, seq, texts.length, topicNumber, at, hashes, texts.text, sum);
  }

  /** Writes what a block has become that has grown. */
  update(block: Block): void {
    const { id, texts, at } = block;
    const hashes = hashesToKeep(texts);
    this.#update.run(texts.length, at, hashes, texts.text, checksum(block, texts.text, hashes), id);
  }

  delete(id: number): void {
    this.#delete.run(id);
  }

  /** All of what `run` writes is on disk when this returns, or it throws and nothing is. */
  transact(run: () => void): void {
    this.#added = [];
    try {
      this.#begin.run();
      run();
      this.#commit.run();
    } catch (error) {
      for (const number of this.#added) this.#names.delete(number);
      // SQLite itself undoes some transactions, but not all.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  note(name: string, text: string | undefined): void {
    if (text === undefined) this.#deleteNote.run(name);
    else this.#note.run(name, text, noteSum(name, text));
  }

  *notes(doing: Doing = "read"): Generator<readonly [name: string, text: string]> {
    for (const row of this.#notes.all()) {
      const [name, text] = [String(row["name"]), String(row["text"])];
      if (noteSum(name, text) !== row["sum"]) throw this.#damaged(doing, `note "${name}"`);
      yield [name, text];
    }
  }

  /** Looks at all of it; something damaged is a fault. `now`: ms since 1970. */
  survey(now: number): Survey {
    const [unused, found] = [new Set(this.#names.numbers()), { lastId: 0, bytes: 0, hashed: 0 }];
    const fromLater: number[] = [];
    for (const { id, origin, topic, texts, at } of this.blocks(0, Number.MAX_SAFE_INTEGER, "open")) {
      if (at > now) fromLater.push(id);
      for (const name of [origin, topic]) unused.delete(this.#names.numberOf(name ?? "") ?? 0);
      found.lastId = id;
      found.bytes += texts.isAscii ? texts.chars : Buffer.byteLength(texts.text);
      if (!texts.mayBeWhole) found.hashed += texts.length;
    }
    for (const _ of this.notes("open"));
    return { ...found, unusedNames: [...unused], fromLater };
  }

  /** Where the clock was set back, a block cannot have come later than now: else it were kept for longer than is asked for. */
  cameBy(id: number, now: number): void {
    const block = this.block(id, "open");
    if (block !== undefined) this.update({ ...block, at: now });
  }

  deleteName(number: number): void {
    this.#deleteName.run(number);
    this.#names.delete(number);
  }

  #number(name: string): number {
    let number = this.#names.numberOf(name);
    if (number === undefined) {
      number = this.#names.add(name);
      this.#added.push(number);
      this.#addName.run(number, name);
    }
    return number;
  }

  /** SQLite does not check the contents of rows, and a value that has rotted must not spread to other nodes. */
  #blockOf(row: Row, doing: Doing): Block {
    const { value } = row;
    assert.ok(value instanceof Uint8Array, "a text is read as its bytes");
    const block = {
      id: Number(row["place"]),
      origin: this.#names.nameOf(Number(row["origin"])) ?? "",
      seq: Number(row["seq"]),
      texts: textsWith(value, Number(row["count"]), row["hashes"]),
      topic: row["topic"] === null ? undefined : this.#names.nameOf(Number(row["topic"])) ?? "",
      at: Number(row["at"]),
    };
    if (checksum(block, value, row["hashes"]) !== row["sum"]) {
      throw this.#damaged(doing, `entry ${block.seq} of "${block.origin}"`);
    }
    return block;
  }

  #damaged(doing: Doing, what: string): Error {
    return damaged(this.#dir, doing, `${what} does not match its checksum`);
  }
}

/** CRC-32 over the whole of a row; `text`: of its values, or as UTF-8. */
function checksum(
  { id, origin, seq, texts, topic, at }: Block,
  text: string | Uint8Array,
  hashes: unknown,
): number {
  const head = `${id} ${origin} ${seq} ${texts.length} ${topic === undefined ? "" : `/${topic}`} ${at} `;
  // In two calls: to put a long text together takes longer than its checksum.
  const sum = crc32(text, crc32(head));
  return hashes instanceof Uint8Array ? crc32(hashes, sum) : sum;
}

function noteSum(name: string, text: string): number {
  return crc32(`${name} ${text}`);
}
