/** Logs of earlier versions are taken over whole, or stay as they were. */
import { deepEqual, equal, match } from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { test } from "node:test";
import { BLOCK_BYTES_MAX } from "../../../lib/core/log/entry_store.ts";
import { SCHEMA_VERSION } from "../../../lib/store/schema.ts";
import { BLOCKS_PENDING_MAX } from "../../../lib/store/upgrade.ts";
import { entriesIn, fileIn, inFolder, open, refusal, run } from "./folder.ts";

const entries = [
  "n1.lol1s0w0 1 1",
  "n1.lol1s0w0 2 -2.5",
  'n1.lol1s0w0 3 "two"',
  'n1.lol1s0w0 4 {"b":[3,{"a":null}],"a,b":"],["}',
  "n1.lol1s0w0 5 [[1,2]]",
  'n2.lol1s0w9 1 ""',
  'n2.lol1s0w9 2 "\\u0000\\ud800é𝄞\u2028"',
  'n2.lol1s0w9 3 "\'; DROP TABLE entries"',
  'n2.lol1s0w9 4 "between"',
  "n2.lol1s0w9 7 []",
  "n2.lol1s0w9 8 true",
];
const LAST_LIFE = 1_700_000_000_000;

for (const version of [1, 2]) {
  test(
    `a log of version ${version} is taken over, and grows`,
    inFolder((dir) => {
      makeOld(dir, version);
      const store = open(dir, { now: LAST_LIFE + 1 });
      equal(store.incarnation, LAST_LIFE + 1);
      deepEqual(entriesIn(store).sort(), entries);
      deepEqual([...store.blocks()].map(({ at }) => at).filter((at) => at !== LAST_LIFE + 1), []);
      store.put(run("n1.lol1s0w0", 6, 6), LAST_LIFE + 2);
      store.commit();
      store.close();
      const after = open(dir, { now: LAST_LIFE + 3 });
      deepEqual(entriesIn(after).sort(), [...entries, "n1.lol1s0w0 6 6"].sort());
      after.close();
      deepEqual([pragma(dir, "user_version"), pragma(dir, "auto_vacuum")], [SCHEMA_VERSION, 2]);
      deepEqual(readdirSync(dir), ["hearsay.sqlite"]);
    }),
  );

  test(
    `what is written ahead to a log of version ${version} is taken over`,
    inFolder((dir) => {
      makeOld(dir, version);
      const old = new DatabaseSync(fileIn(dir));
      old.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE meta SET id = id");
      const files = ["", "-wal"].map((end) => [end, readFileSync(`${fileIn(dir)}${end}`)] as const);
      old.close();
      for (const [end, bytes] of files) writeFileSync(`${fileIn(dir)}${end}`, bytes);
      const store = open(dir, { now: LAST_LIFE + 1 });
      deepEqual(entriesIn(store).sort(), entries);
      store.close();
    }),
  );

  test(
    `a log of version ${version} in which a value rotted is refused, and stays as it was`,
    inFolder((dir) => {
      makeOld(dir, version);
      const bytes = readFileSync(fileIn(dir));
      bytes.write("Between", bytes.indexOf("between"));
      writeFileSync(fileIn(dir), bytes);
      match(
        refusal(() => open(dir)).message,
        /it is damaged \(entry 4 of "n2.lol1s0w9" does not match its checksum\)/,
      );
      deepEqual(readFileSync(fileIn(dir)), bytes);
      deepEqual(readdirSync(dir), ["hearsay.sqlite"]);
    }),
  );
}

test(
  "what an interrupted upgrade has left does no harm",
  inFolder((dir) => {
    const [other, left] = [`${dir}/other`, `${fileIn(dir)}.upgrade`];
    mkdirSync(other);
    makeOld(dir, 2);
    makeOld(other, 1);
    writeFileSync(left, readFileSync(fileIn(other)));
    writeFileSync(`${left}-journal`, "half a page");
    const store = open(dir, { now: LAST_LIFE + 1 });
    deepEqual(entriesIn(store).sort(), entries);
    store.close();
    deepEqual(readdirSync(dir).sort(), ["hearsay.sqlite", "other"]);
  }),
);

test(
  "a large log is taken over in blocks",
  inFolder((dir) => {
    makeOld(dir, 1);
    const old = new DatabaseSync(fileIn(dir));
    // In turns, as values come from two origins.
    old.exec("DELETE FROM entries");
    const insert = old.prepare("INSERT INTO entries (origin, seq, value, sum) VALUES (?, ?, ?, ?)");
    old.exec("BEGIN");
    for (let i = 0; i < 3_000; i++) {
      const [number, name] = i % 2 === 0 ? [1, "n1.lol1s0w0"] : [2, "n2.lol1s0w9"];
      const seq = (i >> 1) + 1;
      insert.run(number, seq, String(i), crc32(`${name}:${seq}:${i}`));
    }
    old.exec("COMMIT");
    old.close();
    const store = open(dir, { now: LAST_LIFE + 1 });
    equal([...store.blocks()].length, 4);
    equal(store.take("n2.lol1s0w9", 1_499, 9_999).texts.text, "2997,2999");
    store.close();
  }),
);

for (const blocks of [BLOCKS_PENDING_MAX, BLOCKS_PENDING_MAX + 1]) {
  test(
    `a log that makes ${blocks} blocks is taken over, of which ${BLOCKS_PENDING_MAX} are pending at a time`,
    inFolder((dir) => {
      makeOld(dir, 1);
      const old = new DatabaseSync(fileIn(dir));
      old.exec("DELETE FROM entries; BEGIN");
      const insert = old.prepare("INSERT INTO entries (origin, seq, value, sum) VALUES (1, ?, ?, ?)");
      const value = (seq: number) => `"${String(seq).padEnd(BLOCK_BYTES_MAX - 2)}"`;
      for (let seq = 1; seq <= blocks; seq++) {
        insert.run(seq, value(seq), crc32(`n1.lol1s0w0:${seq}:${value(seq)}`));
      }
      old.exec("COMMIT");
      old.close();
      const store = open(dir, { now: LAST_LIFE + 1 });
      deepEqual(
        [...store.blocks()].map(({ id, seq }) => [id, seq]),
        Array.from({ length: blocks }, (_, i) => [
          ...[i + 1, i + 1],
        ]),
      );
      equal(store.take("n1.lol1s0w0", blocks, blocks).texts.text, value(blocks));
      store.close();
    }),
  );
}

/** A file as an earlier version left it. */
function makeOld(dir: string, version: number): void {
  const db = new DatabaseSync(fileIn(dir));
  db.exec(readFileSync(new URL(`./schema_${version}.sql`, import.meta.url), "utf8"));
  db.exec("PRAGMA journal_mode = WAL");
  db.close();
}

function pragma(dir: string, name: string): unknown {
  const db = new DatabaseSync(fileIn(dir));
  const value = db.prepare(`PRAGMA ${name}`).get()?.[name];
  db.close();
  return value;
}
