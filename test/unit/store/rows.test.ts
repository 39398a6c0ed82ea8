/** How entries lie on disk: few rows, in order, bounded, and as an earlier version left them. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Entry } from "../../../lib/core/log/log.ts";
import type { Json } from "../../../lib/core/message.ts";
import { checksum, entriesOf, ROW_BYTES_MAX, ROW_ENTRIES_MAX, RowsToWrite } from "../../../lib/store/rows.ts";
import { SCHEMA_VERSION } from "../../../lib/store/schema.ts";
import { fileIn, inFolder, open, write } from "./folder.ts";

function run(origin: string, seq: number, values: readonly Json[]): Entry[] {
  return values.map((value, i) => ({ origin, seq: seq + i, value }));
}

function rowsFor(entries: readonly Entry[]) {
  const pending = new RowsToWrite();
  for (const entry of entries) pending.add(entry);
  return [...pending.rows()];
}

test("RowsToWrite: consecutive entries of an origin share a row, others keep their order", () => {
  const entries = [
    ...run("a", 1, [1, "two", [3]]),
    ...run("b", 1, [[1, 2]]),
    ...run("a", 4, [null]),
    ...run("a", 6, [{ six: 6 }, 7]),
  ];
  const rows = rowsFor(entries);
  deepEqual(rows.map(({ origin, seq, count }) => [origin, seq, count]), [
    ["a", 1, 3],
    ["b", 1, null],
    ["a", 4, null],
    ["a", 6, 2],
  ]);
  deepEqual(rows.flatMap(entriesOf), entries);
});

test("RowsToWrite: a row holds at most ROW_ENTRIES_MAX entries", () => {
  const entries = run("a", 1, Array.from({ length: 2 * ROW_ENTRIES_MAX + 1 }, (_, i) => i));
  const rows = rowsFor(entries);
  deepEqual(rows.map(({ count }) => count), [ROW_ENTRIES_MAX, ROW_ENTRIES_MAX, null]);
  deepEqual(rows.flatMap(entriesOf), entries);
});

test("RowsToWrite: a row of ROW_BYTES_MAX bytes takes no more", () => {
  const entries = run("a", 1, ["x".repeat(ROW_BYTES_MAX - 4), "y", "z", "x".repeat(ROW_BYTES_MAX), 5]);
  deepEqual(rowsFor(entries).map(({ count }) => count), [2, 2, null]);
});

test("checksum() is over all that a row says", () => {
  const row = { origin: "a", seq: 1, count: 2, text: "[1,2]" };
  const others = [{ origin: "b" }, { seq: 2 }, { count: null }, { text: "[1,3]" }];
  const sums = [row, ...others.map((other) => ({ ...row, ...other }))].map(checksum);
  equal(new Set(sums).size, sums.length);
});

test(
  "a log of version 1 is taken over, and grows",
  inFolder((dir) => {
    write(dir, 4);
    const old = new DatabaseSync(fileIn(dir));
    old.exec("ALTER TABLE entries DROP COLUMN count; PRAGMA user_version = 1");
    old.close();
    const store = open(dir);
    const before = [...store.entries()];
    equal(before.length, 4);
    const more = run("a", 1, [1, 2]);
    store.append(more);
    store.commit();
    store.close();
    const after = open(dir);
    deepEqual([...after.entries()], [...before, ...more]);
    after.close();
    const file = new DatabaseSync(fileIn(dir));
    equal(file.prepare("PRAGMA user_version").get()?.["user_version"], SCHEMA_VERSION);
    file.close();
    ok(SCHEMA_VERSION > 1);
  }),
);
