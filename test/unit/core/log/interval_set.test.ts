/** Interval sets: the numbers held of one origin. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { IntervalSet } from "../../../../lib/core/log/interval_set.ts";

function setOf(...numbers: number[]): IntervalSet {
  const set = new IntervalSet();
  for (const n of numbers) set.add(n);
  return set;
}

test("IntervalSet.add() says whether the number is new [L1]", () => {
  const set = new IntervalSet();
  equal(set.add(3), true);
  equal(set.add(3), false);
  equal(set.add(1), true);
  equal(set.add(2), true);
  deepEqual(set.spans(), [[1, 3]]);
});

test("IntervalSet takes memory by its gaps, not by its numbers [L1]", () => {
  const set = new IntervalSet();
  for (let n = 1; n <= 100_000; n++) set.add(n);
  equal(set.spans().length, 1);
  for (let n = 200_000; n > 150_000; n--) set.add(n);
  equal(set.spans().length, 2);
});

test("IntervalSet.gapless is the end of the first run, and 0 without entry 1 [L2]", () => {
  equal(setOf().gapless, 0);
  equal(setOf(2, 3).gapless, 0);
  equal(setOf(1, 2, 3, 5).gapless, 3);
});

test("IntervalSet.addSpan() swallows what it touches", () => {
  const set = setOf(1, 4, 5, 9, 20);
  set.addSpan(3, 9);
  deepEqual(set.spans(), [[1, 1], [3, 9], [20, 20]]);
  set.addSpan(2, 2);
  deepEqual(set.spans(), [[1, 9], [20, 20]]);
  set.addSpan(10, 19);
  deepEqual(set.spans(), [[1, 20]]);
});

test("IntervalSet.lacks() names what the other holds and this does not", () => {
  deepEqual(setOf(1, 2, 5).lacks(setOf(1, 2, 3, 4, 5, 6)), [[3, 4], [6, 6]]);
  deepEqual(setOf().lacks(setOf(1, 2, 4)), [[1, 2], [4, 4]]);
  deepEqual(setOf(1, 2, 3).lacks(setOf(2)), []);
});

test("IntervalSet.hasSpan() is true of what lies within one interval", () => {
  const set = setOf(2, 3, 4, 8);
  deepEqual([[2, 4], [3, 3], [8, 8]].map(([from = 0, to = 0]) => set.hasSpan(from, to)), [true, true, true]);
  deepEqual([[1, 2], [4, 5], [3, 8], [9, 9]].map(([from = 0, to = 0]) => set.hasSpan(from, to)), [
    ...[false, false, false, false],
  ]);
});

test("IntervalSet.covers() agrees with lacks()", () => {
  equal(setOf(1, 2, 3).covers(setOf(1, 2)), true);
  equal(setOf(1, 2).covers(setOf(1, 2, 3)), false);
  equal(setOf(1, 2, 3).covers(setOf(3)), true);
  equal(setOf(1, 3).covers(setOf(1, 2, 3)), false);
  equal(setOf().covers(setOf()), true);
});

test("IntervalSet.clone() shares nothing", () => {
  const set = setOf(1, 2);
  const copy = set.clone();
  copy.add(3);
  equal(set.has(3), false);
});

test("a copy of a set with very many gaps is a set of its own [L1]", () => {
  const set = new IntervalSet();
  for (let n = 1; n < 4_000_000; n += 2) set.addSpan(n, n);
  const copy = set.clone();
  copy.add(2);
  ok(copy.has(3_999_999) && copy.has(2) && !set.has(2));
});
