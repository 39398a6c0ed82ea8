/** Whole numbers as bits against the plainest model there is: a set. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { WholeNumbers } from "../../../lib/core/log/whole_numbers.ts";
import { seeded } from "../../../lib/core/random.ts";
import { holds } from "../holds.ts";

/** Close together, far apart, and those that are alike but for the leading bits. */
const numbers = fc.oneof(
  fc.integer({ min: -70, max: 70 }),
  fc.maxSafeInteger(),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -0),
  fc.tuple(fc.integer({ min: -2, max: 2 }), fc.constantFrom(2 ** 31, 2 ** 36, 2 ** 37, 2 ** 52)).map((
    [n, one],
  ) => Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, n * one))),
);

test("WholeNumbers takes each number once, holds what was added and not deleted, and gives its memory back", () => {
  const changes = fc.array(fc.record({ number: numbers, isGone: fc.boolean() }), {
    maxLength: 200,
    size: "max",
  });
  holds(
    fc.property(changes, (all) => {
      const set = new WholeNumbers();
      const model = new Set<number>();
      for (const { number, isGone } of all) {
        equal(set.has(number), model.has(number));
        if (isGone) equal(set.delete(number), model.delete(number));
        else {
          equal(set.add(number), !model.has(number));
          model.add(number);
        }
        equal(set.size, model.size);
      }
      for (const { number } of all) equal(set.has(number), model.has(number));
      for (const number of model) equal(set.delete(number), true);
      equal(set.bytes, 0);
    }),
    300,
  );
});

test("a million numbers in WholeNumbers take less than a byte each when they are dense", () => {
  const set = new WholeNumbers();
  let added = 0;
  for (let i = 0; i < 1_000_000; i++) if (set.add(i)) added++;
  equal(added, 1_000_000);
  equal(set.has(999_999) && !set.has(1_000_000), true);
  equal(set.bytes < set.size, true, `${set.bytes / set.size} bytes each`);
});

test("numbers far apart take less than 24 bytes each in WholeNumbers", () => {
  const random = seeded(1);
  const set = new WholeNumbers();
  while (set.size < 100_000) set.add(Math.floor((random.next() - 0.5) * 2 ** 53));
  equal(set.bytes < 24 * set.size, true, `${set.bytes / set.size} bytes each`);
});
