/** A small set of numbers, full and emptied. */
import { equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { FewNumbers } from "../../../../lib/core/log/kept/few_numbers.ts";

test("each number is new once until all are forgotten, also where all would have one slot", () => {
  const numbers = new FewNumbers(8);
  const alike = Array.from({ length: 8 }, (_, i) => i * 2 ** 32 + 7);
  for (let round = 0; round < 3; round++) {
    for (const each of alike) equal(numbers.add(each), true);
    for (const each of alike) equal(numbers.add(each), false);
    numbers.clear();
  }
  for (const each of [0, -1, 0.5, 1e15]) equal(numbers.add(each), true);
  equal(numbers.add(-0), false);
});

test("no more than were said are taken", () => {
  const numbers = new FewNumbers(2);
  numbers.add(1);
  numbers.add(2);
  equal(numbers.add(2), false);
  throws(() => numbers.add(3), /free slot/);
});
