/** Moments in order: the latest before a moment, those before it, the next after it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { grouped, Timeline } from "../../../../../lib/workbench/report/why/timeline.ts";

const three = new Timeline([{ at: 20, name: "b" }, { at: 10, name: "a" }, { at: 20, name: "c" }]);

test("Timeline: the latest at a moment or before, of equal ones the later in the list; the next after it", () => {
  assert.deepEqual([9, 10, 19, 20, 99].map((at) => three.latest(at)?.name), [undefined, "a", "a", "c", "c"]);
  assert.deepEqual([9, 10, 19, 20].map((at) => three.nextAt(at)), [10, 20, 20, Infinity]);
});

test("Timeline: goes back from a moment", () => {
  assert.deepEqual([...three.back(20)].map(({ name }) => name), ["c", "b", "a"]);
  assert.deepEqual([...three.back(5)], []);
});

test("grouped(): items by key, in their order, without those that have none", () => {
  const groups = grouped([1, 2, 3, 4], (n) => n === 3 ? undefined : n % 2);
  assert.deepEqual([...groups], [[1, [1]], [0, [2, 4]]]);
});
