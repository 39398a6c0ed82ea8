/** The log: entries by origin, distinct values in order. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { canonical, VALUE_DEPTH_MAX } from "../../../../lib/core/log/canonical.ts";
import { Log } from "../../../../lib/core/log/log.ts";
import type { Json } from "../../../../lib/core/message.ts";

test("log.add() says whether the entry is new, and counts a change only then [L1]", () => {
  const log = new Log();
  equal(log.add({ origin: "a", seq: 1, value: "x" }), true);
  equal(log.add({ origin: "a", seq: 1, value: "x" }), false);
  equal(log.revision, 1);
});

test("log.add() holds early entries until the gap is filled [L2]", () => {
  const log = new Log();
  log.add({ origin: "a", seq: 3, value: "c" });
  equal(log.held("a")?.gapless, 0);
  deepEqual(log.take("a", 3, 3).values, ["c"]);
  log.add({ origin: "a", seq: 1, value: "a" });
  log.add({ origin: "a", seq: 2, value: "b" });
  equal(log.held("a")?.gapless, 3);
  log.add({ origin: "a", seq: 5, value: "e" });
  log.add({ origin: "a", seq: 6, value: null });
  deepEqual(log.take("a", 1, 3).values, ["a", "b", "c"]);
  deepEqual(log.take("a", 2, 3).values, ["b", "c"]);
  deepEqual(log.take("a", 5, 6).values, ["e", null]);
});

test("log.values has an equal value once, whoever brought it [L3]", () => {
  const log = new Log();
  log.add({ origin: "a", seq: 1, value: { x: 1, y: [2] } });
  log.add({ origin: "b", seq: 1, value: { y: [2], x: 1 } });
  log.add({ origin: "b", seq: 2, value: "1" });
  log.add({ origin: "b", seq: 3, value: 1 });
  deepEqual(log.values, [{ x: 1, y: [2] }, "1", 1]);
  equal(log.revision, 4);
});

test("log.values has a string and the value that it spells [L3]", () => {
  const log = new Log();
  const values: Json[] = ["[1]", [1], { a: 1 }, '{"a":1}', null, "null"];
  for (const [i, value] of values.entries()) {
    equal(log.holdsValue(value), false);
    log.add({ origin: "a", seq: i + 1, value });
    equal(log.holdsValue(value), true);
  }
  deepEqual(log.values, values);
});

test("log.grownSince() names the origins that grew after a revision [L5]", () => {
  const log = new Log();
  log.add({ origin: "a", seq: 1, value: 1 });
  const { revision } = log;
  log.add({ origin: "b", seq: 1, value: 2 });
  deepEqual(log.grownSince(revision).map(({ name }) => name), ["b"]);
  deepEqual(log.grownSince(0).map(({ name }) => name), ["a", "b"]);
});

test("canonical() tells apart what JSON tells apart, and nothing else [L3]", () => {
  const different: Json[] = [null, true, false, 0, 1, "", "0", "null", [], [0], [[0]], {}, { a: 0 }, {
    a: [0],
  }];
  equal(new Set(different.map((value) => canonical(value))).size, different.length);
  equal(canonical({ a: 1, b: { d: 2, c: 3 } }), canonical({ b: { c: 3, d: 2 }, a: 1 }));
});

test("canonical() refuses what is nested deeper than VALUE_DEPTH_MAX [L6]", () => {
  let value: Json = 0;
  for (let i = 0; i < VALUE_DEPTH_MAX; i++) value = [value];
  equal(typeof canonical(value), "string");
  equal(canonical([value]), undefined);
});
