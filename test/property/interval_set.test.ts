/** Interval sets against the plainest model there is: a set of numbers. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { IntervalSet } from "../../lib/core/log/interval_set.ts";
import { holds } from "./holds.ts";

/** Numbers asked about: one more on each side than are ever added. */
const LAST = 40;
const asked = Array.from({ length: LAST + 2 }, (_, n) => n);

type Change = readonly [from: number, to: number];

/** A single number as often as a span, small ones more often, so that spans touch, overlap and swallow. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.integer({ min: 1, max: LAST }).map((n): Change => [n, n]),
  fc.tuple(fc.integer({ min: 1, max: LAST }), fc.nat(12)).map(([n, more]): Change => [
    n,
    Math.min(LAST, n + more),
  ]),
);
const changes = fc.array(change, { maxLength: 24 });

function apply(set: IntervalSet, model: Set<number>, [from, to]: Change): void {
  if (from === to) equal(set.add(from), !model.has(from), `add(${from}) says whether it is new`);
  else set.addSpan(from, to);
  for (let n = from; n <= to; n++) model.add(n);
}

function build(list: readonly Change[]): { set: IntervalSet; model: Set<number> } {
  const set = new IntervalSet();
  const model = new Set<number>();
  for (const each of list) apply(set, model, each);
  return { set, model };
}

function numbers(spans: Iterable<readonly [number, number]>): number[] {
  return [...spans].flatMap(([from, to]) => asked.filter((n) => from <= n && n <= to));
}

function members(model: ReadonlySet<number>): number[] {
  return asked.filter((n) => model.has(n));
}

test("IntervalSet holds what a set of numbers holds, after every change [L1]", () => {
  holds(
    fc.property(changes, (list) => {
      const { set, model } = build([]);
      for (const each of list) {
        apply(set, model, each);
        deepEqual(asked.filter((n) => set.has(n)), members(model));
        deepEqual(numbers(set.spans()), members(model));
      }
    }),
    400,
  );
});

test("IntervalSet gives up what is taken out, and says what of a span is held [G3]", () => {
  holds(
    fc.property(changes, change, change, (list, [from, to], [first, last]) => {
      const { set, model } = build(list);
      const inSpan = (n: number) => first <= n && n <= last;
      deepEqual(numbers(set.within(first, last)), members(model).filter(inSpan));
      set.deleteSpan(from, to);
      for (let n = from; n <= to; n++) model.delete(n);
      deepEqual(numbers(set.spans()), members(model));
      deepEqual(asked.filter((n) => set.has(n)), members(model));
      deepEqual(numbers(set.within(first, last)), members(model).filter(inSpan));
    }),
    400,
  );
});

test("IntervalSet keeps one interval per run of numbers, ascending and apart [L1]", () => {
  holds(
    fc.property(changes, (list) => {
      const { set, model } = build(list);
      equal(set.spans().length, members(model).filter((n) => !model.has(n - 1)).length);
      const bounds = set.spans().flat();
      for (let i = 2; i < bounds.length; i += 2) {
        equal((bounds[i] ?? 0) > (bounds[i - 1] ?? 0) + 1, true, `a gap before ${bounds[i]}`);
      }
    }),
    400,
  );
});

test("IntervalSet.gapless is how far one can count from 1 [L2]", () => {
  holds(
    fc.property(changes, (list) => {
      const { set, model } = build(list);
      let end = 0;
      while (model.has(end + 1)) end++;
      equal(set.gapless, end);
    }),
    400,
  );
});

test("IntervalSet.lacks() and covers() are the difference of two sets", () => {
  holds(
    fc.property(changes, changes, (list, others) => {
      const mine = build(list);
      const theirs = build(others);
      const missing = members(theirs.model).filter((n) => !mine.model.has(n));
      deepEqual(numbers(mine.set.lacks(theirs.set)), missing);
      equal(mine.set.covers(theirs.set), missing.length === 0);
    }),
    600,
  );
});

test("IntervalSet.addAll() of a clone is the union, and leaves the first alone", () => {
  holds(
    fc.property(changes, changes, (list, others) => {
      const mine = build(list);
      const theirs = build(others);
      const union = mine.set.clone();
      union.addAll(theirs.set);
      deepEqual(numbers(union.spans()), members(new Set([...mine.model, ...theirs.model])));
      deepEqual(numbers(mine.set.spans()), members(mine.model));
    }),
    300,
  );
});

test("IntervalSet keeps its books at the largest safe number", () => {
  const { MAX_SAFE_INTEGER: max } = Number;
  const top = fc.nat(6).map((n) => max - n);
  holds(
    fc.property(fc.array(top, { maxLength: 8 }), (list) => {
      const set = new IntervalSet();
      for (const n of list) set.add(n);
      deepEqual(
        [0, 1, 2, 3, 4, 5, 6, 7].map((n) => set.has(max - n)),
        [0, 1, 2, 3, 4, 5, 6, 7].map((n) => list.includes(max - n)),
      );
    }),
    200,
  );
});
