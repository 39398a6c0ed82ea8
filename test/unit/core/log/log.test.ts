/** The log: entries by origin, distinct values in order. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { canonical, VALUE_DEPTH_MAX } from "../../../../lib/core/log/canonical.ts";
import { Log } from "../../../../lib/core/log/log.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";
import { add, readOf, valuesIn } from "../../../shared/entries.ts";
import type { Json } from "../../../../lib/core/message.ts";

test("log.addRun() says whether the entry is new, and counts a change only then [L1]", () => {
  const log = new Log();
  equal(add(log, { origin: "a", seq: 1, value: "x" }), true);
  equal(add(log, { origin: "a", seq: 1, value: "x" }), false);
  equal(log.revision, 1);
});

test("log.addRun() holds early entries until the gap is filled [L2]", () => {
  const log = new Log();
  add(log, { origin: "a", seq: 3, value: "c" });
  equal(log.held("a")?.gapless, 0);
  deepEqual(valuesIn(log, "a", 3, 3), ["c"]);
  add(log, { origin: "a", seq: 1, value: "a" });
  add(log, { origin: "a", seq: 2, value: "b" });
  equal(log.held("a")?.gapless, 3);
  add(log, { origin: "a", seq: 5, value: "e" });
  add(log, { origin: "a", seq: 6, value: null });
  deepEqual(valuesIn(log, "a", 1, 3), ["a", "b", "c"]);
  deepEqual(valuesIn(log, "a", 2, 3), ["b", "c"]);
  deepEqual(valuesIn(log, "a", 5, 6), ["e", null]);
});

test("log.read() has an equal value once, whoever brought it [L3]", () => {
  const log = new Log();
  add(log, { origin: "a", seq: 1, value: { x: 1, y: [2] } });
  add(log, { origin: "b", seq: 1, value: { y: [2], x: 1 } });
  add(log, { origin: "b", seq: 2, value: "1" });
  add(log, { origin: "b", seq: 3, value: 1 });
  deepEqual(readOf(log), [{ x: 1, y: [2] }, "1", 1]);
  equal(log.revision, 4);
});

test("log.read() has a string and the value that it spells [L3]", () => {
  const log = new Log();
  const values: Json[] = ["[1]", [1], { a: 1 }, '{"a":1}', null, "null"];
  for (const [i, value] of values.entries()) {
    equal(log.holdsValue(Texts.of([JSON.stringify(value)])), false);
    add(log, { origin: "a", seq: i + 1, value });
    equal(log.holdsValue(Texts.of([JSON.stringify(value)])), true);
  }
  deepEqual(readOf(log), values);
});

test("log.grownSince() names the origins that grew after a revision [L5]", () => {
  const log = new Log();
  add(log, { origin: "a", seq: 1, value: 1 });
  const { revision } = log;
  add(log, { origin: "b", seq: 1, value: 2 });
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
