/** The file of the durable log: its creation, the checks that admit it, and the beginning of a life in it. */
import assert from "node:assert/strict";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { crc32 } from "node:zlib";
import { damaged, fault, FILE_NAME } from "./faults.ts";
import { incarnationAfter, originOf } from "../core/incarnation.ts";

/** The version of the tables below; a file with a larger one is refused. */
export const SCHEMA_VERSION = 3;

/** "hrsy": tells our files from other people's databases. */
const APPLICATION_ID = 0x68727379;

/** No database of SQLite's is shorter; an empty file would pass for one that has yet to be made. */
const PAGE_BYTES_MIN = 512;

/**
 * A row of entries is a block: its values' texts, separated by commas, under consecutive numbers of an origin, and perhaps
 * their hashes. The topic is NULL for plain values. Origins and topics have a table of their own, so that a row repeats no name. A sum is a CRC-32 over
 * the rest of its row.
 */
const tables = [
  `CREATE TABLE meta
     (id TEXT NOT NULL, cluster TEXT NOT NULL, origin TEXT NOT NULL, incarnation INTEGER NOT NULL,
      sum INTEGER NOT NULL) STRICT`,
  `CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT`,
  `CREATE TABLE entries
     (place INTEGER PRIMARY KEY, origin INTEGER NOT NULL, seq INTEGER NOT NULL, count INTEGER NOT NULL,
      topic INTEGER, at INTEGER NOT NULL, hashes BLOB, value TEXT NOT NULL, sum INTEGER NOT NULL) STRICT`,
  `CREATE INDEX entries_by_number ON entries (origin, seq)`,
  `CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
];

/** The node and the cluster that a log belongs to. */
export interface Owner {
  readonly id: string;
  readonly cluster: string;
}

/** The owner of a log and the last life in it; before the first life, the origin is empty and the incarnation 0. */
export interface Meta extends Owner {
  readonly origin: string;
  readonly incarnation: number;
}

const chance = { next: Math.random };

/** Opens the file of the log for this process alone; makes the directory and an empty log where there are none. */
export function connect(dir: string, owner: Owner): DatabaseSync {
  const db = new DatabaseSync(settle(dir, owner));
  // Before the first read: the process that takes the lock then keeps it, and the write-ahead log needs no shared memory.
  pragma(db, "locking_mode = EXCLUSIVE");
  return db;
}

function settle(dir: string, owner: Owner): string {
  makeDirectory(resolve(dir));
  const path = join(dir, FILE_NAME);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    if (existsSync(`${path}-wal`)) throw damaged(dir, "open", `"${path}-wal" is there, "${path}" is not`);
    create(dir, path, owner);
  } else if (size < PAGE_BYTES_MIN) throw damaged(dir, "open", `"${path}" is cut short`);
  return path;
}

/** Refuses a file that is not a whole log of this owner, before anything is written to it. */
export function admit(db: DatabaseSync, dir: string, owner: Owner): void {
  if (pragma(db, "application_id") !== APPLICATION_ID) throw foreign(dir, "it is no log of hearsay's");
  const version = pragma(db, "user_version");
  if (Number(version) > SCHEMA_VERSION) {
    throw fault("newer", dir, "open", `it has schema ${version}, and this version knows ${SCHEMA_VERSION}`);
  }
  const found = pragma(db, "integrity_check(1)", "integrity_check");
  if (found !== "ok") throw damaged(dir, "open", String(found).replaceAll("\n", " "));
  const { id, cluster } = metaOf(db, dir);
  if (id !== owner.id) throw foreign(dir, `it is the log of node "${id}", and this is "${owner.id}"`);
  if (cluster !== owner.cluster) {
    throw foreign(dir, `it is of the cluster "${cluster}", and this node is of "${owner.cluster}"`);
  }
}

/**
 * Begins a life whose incarnation is larger than any before, even if the clock went back, and returns it [B3]. The log may be a
 * copy in which there were other lives since: whatever enters now gets an origin of its own [B4].
 */
export function beginLife(db: DatabaseSync, dir: string, now: number): number {
  const before = metaOf(db, dir);
  const incarnation = now > before.incarnation ? now : incarnationAfter(before.incarnation, chance);
  if (incarnation === undefined) {
    throw damaged(dir, "open", `its life ${before.incarnation} can have none after it`);
  }
  const origin = originOf(before.id, incarnation);
  const sum = checksum({ ...before, origin, incarnation });
  db.prepare("UPDATE meta SET origin = ?, incarnation = ?, sum = ?").run(origin, incarnation, sum);
  return incarnation;
}

/** The value of a pragma; the column may have a name of its own. */
export function pragma(db: DatabaseSync, sql: string, column = sql): SQLOutputValue | undefined {
  return db.prepare(`PRAGMA ${sql}`).get()?.[column];
}

function foreign(dir: string, why: string): Error {
  return fault("foreign", dir, "open", why);
}

export function metaOf(db: DatabaseSync, dir: string): Meta {
  const row = db.prepare("SELECT id, cluster, origin, incarnation, sum FROM meta").get() ?? {};
  const meta = {
    id: String(row["id"]),
    cluster: String(row["cluster"]),
    origin: String(row["origin"]),
    incarnation: Number(row["incarnation"]),
  };
  if (checksum(meta) !== row["sum"]) {
    throw damaged(dir, "open", "its description of itself does not match its checksum");
  }
  return meta;
}

function checksum({ id, cluster, origin, incarnation }: Meta): number {
  return crc32(JSON.stringify([id, cluster, origin, incarnation]));
}

/**
 * The log gets its name only when it is whole. So a log with that name that is not whole is damaged, at whatever moment a
 * process was killed.
 */
function create(dir: string, path: string, owner: Owner): void {
  const unfinished = `${path}.new`;
  const db = new DatabaseSync(unfinished);
  try {
    write(db, { ...owner, origin: "", incarnation: 0 });
    // Locked and looked at again: another process may have been faster, and its log may hold values by now.
    db.prepare("BEGIN EXCLUSIVE").run();
    if (existsSync(path)) rmSync(unfinished, { force: true });
    else renameSync(unfinished, path);
  } finally {
    db.close();
  }
  sync(dir);
}

/** Fills an empty file, or one whose making was interrupted, with the tables of a log without entries. */
export function write(db: DatabaseSync, meta: Meta): void {
  const leftOver = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const statements = [
    // Only before there are tables.
    "PRAGMA auto_vacuum = INCREMENTAL",
    "BEGIN EXCLUSIVE",
    ...leftOver.map(({ name }) => `DROP TABLE ${name}`),
    ...tables,
    `PRAGMA application_id = ${APPLICATION_ID}`,
    `PRAGMA user_version = ${SCHEMA_VERSION}`,
  ];
  // One by one, as Deno gives no result code with the errors of exec().
  for (const sql of statements) db.prepare(sql).run();
  const insert = db.prepare(
    "INSERT INTO meta (id, cluster, origin, incarnation, sum) VALUES (?, ?, ?, ?, ?)",
  );
  insert.run(meta.id, meta.cluster, meta.origin, meta.incarnation, checksum(meta));
  db.prepare("COMMIT").run();
}

/** A directory is there after a power cut only if the one that it is in was synced. */
function makeDirectory(dir: string): void {
  const first = mkdirSync(dir, { recursive: true });
  if (first === undefined) return;
  assert.ok(dir.startsWith(first), "the first directory made is on the way to the last");
  for (let made = dir; made.length >= first.length; made = dirname(made)) sync(dirname(made));
}

export function sync(dir: string): void {
  const handle = openSync(dir, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
