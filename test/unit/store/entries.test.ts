/** Entries of a log on disk: which blocks they make, how they are found, and that nothing which rotted is given out. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { BLOCK_BYTES_MAX, BLOCK_ENTRIES_MAX, BLOCK_MS_MAX } from "../../../lib/core/log/entry_store.ts";
import type { Run } from "../../../lib/core/log/runs.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import { below, seeded } from "../../../lib/core/random.ts";
import { CACHED_BLOCKS_MAX } from "../../../lib/store/block_cache.ts";
import { GROWING_BYTES_MAX } from "../../../lib/store/open_blocks.ts";
import { AHEAD_BYTES_MAX, FREE_SHARE_MAX, PAGES_PER_STEP } from "../../../lib/store/sqlite.ts";
import type { Store } from "../../../lib/store/store.ts";
import { entriesIn, fileIn, inFolder, open, refusal, run } from "./folder.ts";

const PAGE_BYTES = 4_096;

/** So many consecutive values of an origin, strings that begin with their numbers, each of so many bytes as JSON. */
function many(origin: string, seq: number, count: number, bytes: number): Run {
  const texts = Array.from({ length: count }, (_, i) => `"${String(seq + i).padEnd(bytes - 2, "0")}"`);
  return { origin, seq, texts: Texts.of(texts) };
}

function inStore(test: (store: Store, dir: string) => void): () => void {
  return inFolder((dir) => {
    const store = open(dir);
    try {
      test(store, dir);
    } finally {
      store.close();
    }
  });
}

function sizes(store: Store): number[] {
  return [...store.blocks()].map(({ texts }) => texts.length);
}

test(
  "runs that go on share a block, whatever comes between; another topic has its own",
  inStore((store) => {
    const placed = [
      store.put(run("a", 1, 1), 1),
      store.put(run("b", 1, 1), 2),
      store.put(run("a", 2, 2, 3), 3),
      store.put({ ...run("a", 4, [4]), topic: "" }, 4),
      store.put(run("a", 5, 5), 5),
    ];
    deepEqual(placed.flat().map(({ block }) => block), [1, 2, 1, 3, 4]);
    equal(store.block(1)?.at, 3);
    deepEqual(sizes(store), [3, 1, 1, 1]);
  }),
);

test(
  "a block grows from commit to commit, until it has GROWING_BYTES_MAX or BLOCK_MS_MAX have gone by",
  inFolder((dir) => {
    const store = open(dir);
    const blocks: number[] = [];
    const put = (seq: number, bytes: number, at: number) => {
      blocks.push(...store.put(many("a", seq, 1, bytes), at).map(({ block }) => block));
      store.commit();
      equal(store.take("a", seq, 99).texts.text.length, bytes);
      equal(store.take("a", 1, 99).texts.length, seq < 4 ? seq : 3);
    };
    put(1, 10, 0);
    put(2, GROWING_BYTES_MAX - 12, 1);
    put(3, 10, BLOCK_MS_MAX - 1);
    put(4, 10, BLOCK_MS_MAX - 1);
    put(5, 10, 2 * BLOCK_MS_MAX - 2);
    put(6, 10, 2 * BLOCK_MS_MAX - 1);
    deepEqual(blocks, [1, 1, 1, 2, 2, 3]);
    const bytes = GROWING_BYTES_MAX + 10 + 21 + 10;
    equal(store.bytes, bytes);
    store.close();
    const after = open(dir, { now: 2 * BLOCK_MS_MAX });
    deepEqual([sizes(after), after.bytes], [[3, 2, 1], bytes]);
    equal(after.block(2)?.at, 2 * BLOCK_MS_MAX - 2);
    deepEqual(after.put(many("a", 7, 1, 10), 2 * BLOCK_MS_MAX), [{ block: 4, count: 1 }]);
    after.close();
  }),
);

test(
  "what a block has grown by is reverted alone, and dropped with it",
  inStore((store) => {
    store.put(run("a", 1, 1, 2), 1);
    store.commit();
    store.put(run("a", 3, 3), 2);
    deepEqual([entriesIn(store), store.bytes], [["a 1 1", "a 2 2", "a 3 3"], 5]);
    store.revert();
    deepEqual([entriesIn(store), store.bytes], [["a 1 1", "a 2 2"], 3]);
    store.put(run("b", 1, 1), 3);
    store.commit();
    store.put(run("b", 2, 2), 3);
    store.drop(2);
    deepEqual([entriesIn(store), store.bytes], [["a 1 1", "a 2 2"], 3]);
    store.commit();
    deepEqual([entriesIn(store), store.bytes], [["a 1 1", "a 2 2"], 3]);
  }),
);

test(
  "entries are taken as far as they share a block, pending or committed, the same texts for all who ask",
  inStore((store) => {
    const count = BLOCK_ENTRIES_MAX + 2;
    store.put(many("a", 1, count, 7), 1);
    store.put({ ...run("a", count + 1, [7]), topic: "news" }, 1);
    const look = () => {
      const all = store.take("a", 1, 9_999);
      equal(all.texts.length, BLOCK_ENTRIES_MAX);
      equal(store.take("a", 1, 9_999).texts, all.texts);
      const some = store.take("a", 11, 12);
      deepEqual([some.seq, some.texts.text, some.topic], [11, '"11000","12000"', undefined]);
      equal(store.take("a", 11, 12).texts, some.texts);
      equal(store.take("a", count - 1, 9_999).texts.text, '"10250","10260"');
      deepEqual(store.take("a", count + 1, count + 1), {
        ...{ origin: "a", seq: count + 1, texts: Texts.of(["[7]"]), topic: "news" },
      });
      equal(store.block(3)?.texts.text, "[7]");
      equal(store.block(4), undefined);
    };
    look();
    store.commit();
    look();
  }),
);

test(
  "what was committed is found after more blocks than the cache holds",
  inStore((store) => {
    const count = 2 * CACHED_BLOCKS_MAX;
    for (let seq = 1; seq <= count; seq++) store.put(run(seq % 2 === 0 ? "a" : "b", seq, seq), 1);
    store.commit();
    const random = seeded(3);
    for (let i = 0; i < 2_000; i++) {
      const seq = 1 + below(random, count);
      equal(store.take(seq % 2 === 0 ? "a" : "b", seq, count).texts.text, String(seq));
      equal(store.block(seq)?.seq, seq);
    }
  }),
);

test(
  "a block that is dropped is gone at once, and for good once that is committed",
  inFolder((dir) => {
    const store = open(dir);
    for (const seq of [1, 3, 5]) store.put(run("a", seq, seq), 1);
    store.commit();
    store.put(run("a", 7, 7), 1);
    equal(store.bytes, 4);
    for (const id of [1, 4, 4, 1, 99]) store.drop(id);
    equal(store.bytes, 2);
    deepEqual(entriesIn(store), ["a 3 3", "a 5 5"]);
    equal(store.block(1), undefined);
    equal(refusal(() => store.take("a", 1, 1)).kind, "corrupt");
    store.revert();
    deepEqual([entriesIn(store), store.bytes], [["a 1 1", "a 3 3", "a 5 5"], 3]);
    store.drop(1);
    store.commit();
    store.close();
    const after = open(dir);
    deepEqual([entriesIn(after), after.bytes], [["a 3 3", "a 5 5"], 2]);
    after.close();
  }),
);

test(
  "blocks() gives those that are there when it begins, whatever is put, committed and dropped meanwhile",
  inStore((store) => {
    for (let seq = 1; seq <= 200; seq += 2) store.put(run("a", seq, seq), 1);
    store.commit();
    store.put(run("b", 1, 1), 1);
    const seen: number[] = [];
    for (const { id } of store.blocks()) {
      seen.push(id);
      if (id === 50) {
        store.put(run("c", 1, 1), 1);
        store.drop(99);
        store.commit();
      }
    }
    deepEqual(seen, Array.from({ length: 101 }, (_, i) => i + 1).filter((id) => id !== 99));
  }),
);

test(
  "notes are kept under their names, beside the entries, until they are taken back",
  inFolder((dir) => {
    const before = open(dir);
    before.note("gone a", "[1,2]");
    before.note("gone b", "é");
    before.commit();
    before.note("gone a", undefined);
    before.note("gone b", "3");
    deepEqual([...before.notes()], [["gone b", "3"]]);
    before.commit();
    before.close();
    const after = open(dir);
    deepEqual([...after.notes()], [["gone b", "3"]]);
    after.close();
    change(dir, "UPDATE notes SET text = '4'");
    match(refusal(() => open(dir)).message, /it is damaged \(note "gone b" does not match its checksum\)/);
  }),
);

test(
  "where the clock was set back between two lives, no block came later than now",
  inFolder((dir) => {
    const before = open(dir, { now: 90_000 });
    for (const [seq, at] of [[1, 40_000], [3, 50_000], [5, 90_000]] as const) {
      before.put(run("a", seq, "é"), at);
    }
    before.commit();
    before.close();
    for (const now of [50_000, 60_000]) {
      const after = open(dir, { now });
      deepEqual([...after.blocks()].map(({ at }) => at), [40_000, 50_000, 50_000]);
      deepEqual(entriesIn(after), ['a 1 "é"', 'a 3 "é"', 'a 5 "é"']);
      after.close();
    }
  }),
);

test(
  "names that no entry has any more are forgotten when the log is opened",
  inFolder((dir) => {
    const before = open(dir);
    for (const origin of ["a", "b"]) before.put({ ...run(origin, 1, [1]), topic: `${origin}s` }, 1);
    before.commit();
    before.drop(1);
    before.commit();
    before.close();
    open(dir).close();
    deepEqual(query(dir, "SELECT name FROM names ORDER BY id"), [{ name: "b" }, { name: "bs" }]);
    const after = open(dir);
    after.put(run("c", 1, 1), 1);
    after.commit();
    deepEqual(entriesIn(after), ["b 1 [1]", "c 1 1"]);
    after.close();
  }),
);

test(
  "a value that rots while the log is open is not given out, and neither is any other for it",
  inFolder((dir) => {
    const before = open(dir);
    // More than SQLite keeps in memory.
    const blocks = 64;
    const bytes = BLOCK_BYTES_MAX / 4;
    for (let i = 0; i < blocks; i++) {
      before.put(many("a", 10 * i + 1, 4, bytes), 1);
      before.commit();
    }
    before.close();
    const store = open(dir);
    const file = openSync(fileIn(dir), "r+");
    const place = readFileSync(fileIn(dir)).indexOf('"12000');
    writeSync(file, new Uint8Array([55]), 0, 1, place + 1);
    closeSync(file);
    equal(store.take("a", 1, 1).texts.text.length, bytes);
    for (const read of [() => store.take("a", 12, 12), () => store.block(2), () => [...store.blocks()]]) {
      deepEqual(refusal(read), {
        kind: "corrupt",
        message:
          `Cannot read the log in "${dir}" as it is damaged (entry 11 of "a" does not match its checksum): ` +
          "move the directory away and start again, the other nodes will send what they hold of it",
      });
    }
    store.put(run("b", 1, 1), 1);
    equal(refusal(() => store.commit()).kind, "corrupt");
    store.close();
  }),
);

test(
  "an index that rotted is refused",
  inFolder((dir) => {
    const before = open(dir);
    for (const seq of [1, 3, 5]) before.put(run("a", seq, seq), 1);
    before.commit();
    before.close();
    const [index] = query(dir, "SELECT rootpage FROM sqlite_schema WHERE name = 'entries_by_number'");
    const end = Number(index?.["rootpage"]) * PAGE_BYTES;
    const whole = readFileSync(fileIn(dir));
    for (let place = end - 12; place < end; place++) {
      const bytes = new Uint8Array(whole);
      bytes[place] = (bytes[place] ?? 0) ^ 2;
      writeFileSync(fileIn(dir), bytes);
      equal(refusal(() => open(dir)).kind, "corrupt", `byte ${place - end}`);
    }
  }),
);

test(
  "space that was dropped is given back in steps, and what is written ahead stays bounded",
  inStore((store, dir) => {
    const [blocks, bytes] = [400, BLOCK_BYTES_MAX];
    for (let i = 0; i < blocks; i++) {
      store.put(many("a", 1 + 2 * i, 1, bytes), i);
      if (i % 50 === 49) store.commit();
    }
    const file = () => statSync(fileIn(dir)).size;
    const ahead = () => statSync(`${fileIn(dir)}-wal`).size;
    const full = file();
    ok(full > blocks * bytes * 0.9, `${full}`);
    equal(store.maintain(), false);
    for (let id = 1; id < blocks; id++) store.drop(id);
    store.commit();
    let steps = 1;
    while (store.maintain()) steps++;
    ok(steps > 0.8 * full / (PAGES_PER_STEP * PAGE_BYTES), `${steps} steps`);
    store.put(run("b", 1, 1), 1);
    store.commit();
    ok(file() < full / 10, `${file()} of ${full} bytes`);
    ok(ahead() <= AHEAD_BYTES_MAX, `${ahead()}`);
    equal(store.take("a", 2 * blocks - 1, 9_999).texts.text.length, bytes);
  }),
);

test(
  "a file may have FREE_SHARE_MAX of its pages free; what is over that is given back, and no more",
  inFolder((dir) => {
    const blocks = 240;
    /** The share of pages that are free once this was done; while a store is open, nobody else may look. */
    const shareAfter = (use: (store: Store) => void) => {
      const store = open(dir);
      use(store);
      store.close();
      const [all = 0, free = 0] = ["page_count", "freelist_count"].map((name) =>
        Number(query(dir, `PRAGMA ${name}`)[0]?.[name])
      );
      ok(all * FREE_SHARE_MAX > PAGES_PER_STEP, "the share is more than a step");
      return free / all;
    };
    const few = Math.floor(0.9 * FREE_SHARE_MAX * blocks);
    const under = shareAfter((store) => {
      for (let i = 0; i < blocks; i++) store.put(many("a", 1 + 2 * i, 1, BLOCK_BYTES_MAX), i);
      store.commit();
      for (let id = 1; id <= few; id++) store.drop(id);
      store.commit();
      equal(store.maintain(), false);
    });
    ok(under > 0.8 * FREE_SHARE_MAX && under < FREE_SHARE_MAX, `${under}`);
    const over = shareAfter((store) => {
      for (let id = few + 1; id <= 2 * few; id++) store.drop(id);
      store.commit();
    });
    ok(over > 1.5 * FREE_SHARE_MAX, `${over}`);
    const left = shareAfter((store) => {
      while (store.maintain());
    });
    ok(left <= FREE_SHARE_MAX && left > FREE_SHARE_MAX / 2, `${left}`);
  }),
);

function change(dir: string, sql: string): void {
  const db = new DatabaseSync(fileIn(dir));
  db.exec(sql);
  db.close();
}

function query(dir: string, sql: string): Record<string, unknown>[] {
  const db = new DatabaseSync(fileIn(dir));
  const rows = db.prepare(sql).all().map((row) => ({ ...row }));
  db.close();
  return rows;
}
