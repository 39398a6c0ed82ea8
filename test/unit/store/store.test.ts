/** The log on disk: what was put is there from life to life, and a life is later than the ones before. */
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { INCARNATION_LEAP_MAX } from "../../../lib/core/incarnation.ts";
import { BLOCK_MS_MAX } from "../../../lib/core/log/entry_store.ts";
import type { Json } from "../../../lib/core/message.ts";
import { entriesIn, fileIn, inFolder, open, run } from "./folder.ts";

const now = 1_000;

test(
  "what is put is shown at once, and there when the log is opened again once it is committed",
  inFolder((dir) => {
    const before = open(dir);
    before.put(run("n2.a", 7, { two: [2] }), 1_001.9);
    before.put({ ...run("n1.rs", 1, ["one"]), topic: "news" }, 1_002);
    before.commit();
    before.put(run("n1.rs", 2, null), 1_003);
    const all = ['n2.a 7 {"two":[2]}', 'n1.rs 1 ["one"]', "n1.rs 2 null"];
    deepEqual(entriesIn(before), all);
    before.close();
    const after = open(dir, { now: now + 5 });
    deepEqual(entriesIn(after), all.slice(0, 2));
    deepEqual([...after.blocks()].map(({ id, topic, at }) => [id, topic, at]), [
      ...[[1, undefined, 1_001], [2, "news", 1_002]],
    ]);
    const [placed] = after.put(run("n1.rs", 3, 3), 1_004);
    deepEqual(placed, { block: 3, count: 1 });
    after.close();
  }),
);

test(
  "a later opening has a larger incarnation, even if the clock went back [B3]",
  inFolder((dir) => {
    const incarnations = [now, now + 10, now - 500, now - 500, 1_000_000].map((moment) => {
      const store = open(dir, { now: moment });
      store.close();
      return store.incarnation;
    });
    const [first = 0, second = 0, third = 0, fourth = 0, last] = incarnations;
    deepEqual([first, second, last], [1_000, 1_010, 1_000_000]);
    for (const [life, past] of [[third, second], [fourth, third]] as const) {
      ok(life > past && life <= past + INCARNATION_LEAP_MAX, `${life} after ${past}`);
    }
  }),
);

test(
  "a log gives back every value as it was",
  inFolder((dir) => {
    const strange = [
      "",
      "\u0000",
      "\ud800",
      "\u2028",
      "'; DROP TABLE entries",
      "é",
      "𝄞",
      "\n".repeat(70_000),
    ];
    const numbers = [0, -1, 1e308, 5e-324, 9_007_199_254_740_991, 0.1];
    const values: Json[] = [...strange, ...numbers, true, false, null, [], {}, {
      "__proto__x": [{ "": null }],
    }];
    const before = open(dir);
    values.forEach((value, i) => before.put(run(`"n'${i % 3}".\u{1f600}`, i + 1, value), now));
    const expected = entriesIn(before);
    equal(expected.length, values.length);
    before.commit();
    before.close();
    const after = open(dir);
    deepEqual(entriesIn(after), expected);
    values.forEach((value, i) => {
      const { texts } = after.take(`"n'${i % 3}".\u{1f600}`, i + 1, i + 1);
      equal(texts.text, JSON.stringify(value));
    });
    after.close();
  }),
);

test(
  "a commit reaches the disk before it returns, and one of nothing does not touch it",
  inFolder((dir) => {
    const store = open(dir);
    const ahead = () => statSync(`${fileIn(dir)}-wal`).size;
    const before = ahead();
    store.commit();
    equal(ahead(), before);
    store.put(run("n1.rs", 1, "x".repeat(10_000)), now);
    equal(ahead(), before);
    store.commit();
    ok(ahead() >= before + 10_000);
    store.close();
  }),
);

test(
  "a commit takes all that is pending or nothing of it; what it could not take is pending still, until it is reverted",
  inFolder((dir) => {
    const store = open(dir);
    store.put(run("n1.rs", 1, "one"), now);
    store.note("kept", "1");
    store.commit();
    const { bytes } = store;
    // No node makes such a number; it stands for whatever may go wrong half-way.
    store.put(run("n4.d", 2, 4), now);
    store.put(run("n9.x", 0.5, 1), now);
    store.note("kept", undefined);
    throws(() => store.commit());
    deepEqual(entriesIn(store), ['n1.rs 1 "one"', "n4.d 2 4", "n9.x 0.5 1"]);
    throws(() => store.commit());
    store.revert();
    deepEqual([entriesIn(store), [...store.notes()], store.bytes], [
      ['n1.rs 1 "one"'],
      [["kept", "1"]],
      bytes,
    ]);
    store.put(run("n5.e", 2, 5), now);
    store.put(run("n4.d", 2, 4), now);
    store.commit();
    const all = ['n1.rs 1 "one"', "n5.e 2 5", "n4.d 2 4"];
    deepEqual(entriesIn(store), all);
    store.close();
    const after = open(dir);
    deepEqual(entriesIn(after), all);
    after.close();
  }),
);

const own = new Set(["n1.rs"]);

test(
  "a commit of some origins leaves what came under others for a later one, and its order is as before",
  inFolder((dir) => {
    const store = open(dir);
    const put = (seq: number) => {
      store.put(run("n2.a", seq, "two"), now);
      store.put(run("n1.rs", seq, "one"), now);
    };
    const [two, one] = [(n: number) => `n2.a ${n} "two"`, (n: number) => `n1.rs ${n} "one"`];
    put(1);
    store.commit(own);
    put(2);
    deepEqual(entriesIn(store), [two(1), two(2), one(1), one(2)]);
    store.commit(own);
    const [sum] = [store.bytes];
    equal(sum, 4 * 5 + 2);
    deepEqual(entriesIn(store), [two(1), two(2), one(1), one(2)]);
    store.revert();
    deepEqual([entriesIn(store), store.bytes], [[one(1), one(2)], 2 * 5 + 1]);
    put(3);
    store.commit(new Set(["n3.c"]));
    store.commit();
    put(4);
    store.commit(own);
    store.close();
    const after = open(dir);
    deepEqual(entriesIn(after), [one(1), one(2), two(3), one(3), one(4)]);
    after.close();
  }),
);

test(
  "a commit of some origins takes all that is pending where something was dropped or noted",
  inFolder((dir) => {
    const store = open(dir);
    store.put(run("n1.rs", 1, "one"), now);
    store.commit();
    store.put(run("n2.a", 1, "two"), now);
    store.note("kept", "1");
    store.commit(own);
    store.revert();
    deepEqual([entriesIn(store), [...store.notes()]], [['n1.rs 1 "one"', 'n2.a 1 "two"'], [["kept", "1"]]]);
    store.put(run("n2.a", 2, "too"), now);
    store.drop(1);
    store.commit(own);
    store.close();
    const after = open(dir);
    deepEqual(entriesIn(after), ['n2.a 1 "two"', 'n2.a 2 "too"']);
    after.close();
  }),
);

test(
  "blocks() gives each block once, whatever of what waits is committed meanwhile, and grows no more",
  inFolder((dir) => {
    const store = open(dir);
    for (let i = 1; i <= 10; i++) {
      for (const origin of ["n2.a", "n1.rs"]) store.put({ ...run(origin, i, i), topic: `${i}` }, now);
    }
    store.commit(own);
    const ids: number[] = [];
    for (const { id } of store.blocks()) {
      ids.push(id);
      store.put(run("n1.rs", 10 + id, 1), now + BLOCK_MS_MAX * id);
      store.commit(id % 3 === 0 ? undefined : own);
    }
    deepEqual(ids, Array.from({ length: 20 }, (_, i) => i + 1));
    store.close();
  }),
);

test(
  "what a block has grown by waits for its commit, however long, when own entries are committed before",
  inFolder((dir) => {
    const store = open(dir);
    store.put(run("n2.a", 1, 1), now);
    store.commit();
    store.put(run("n2.a", 2, 2), now + 1);
    store.put(run("n1.rs", 1, 1), now + 1 + BLOCK_MS_MAX);
    store.commit(own);
    equal(store.take("n2.a", 2, 2).texts.text, "2");
    store.commit();
    store.close();
    const after = open(dir);
    deepEqual(entriesIn(after), ["n2.a 1 1", "n2.a 2 2", "n1.rs 1 1"]);
    after.close();
  }),
);

test(
  "a directory is made where it is missing",
  inFolder((dir) => {
    const deep = join(dir, "a", "b", "c");
    open(deep).close();
    ok(existsSync(fileIn(deep)));
  }),
);
