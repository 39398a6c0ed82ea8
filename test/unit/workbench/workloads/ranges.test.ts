/** The sums of additions that may have happened or not. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { isWithin, sums } from "../../../../lib/workbench/workloads/ranges.ts";
import { below, seeded } from "../../../../lib/core/random.ts";

test("sums(): what is sure alone, with one that may be, and ranges that grow together", () => {
  deepEqual(sums(5, []), [[5, 5]]);
  deepEqual(sums(5, [0]), [[5, 5]]);
  deepEqual(sums(5, [1]), [[5, 6]]);
  deepEqual(sums(5, [3]), [[5, 5], [8, 8]]);
  deepEqual(sums(5, [3, -3]), [[2, 2], [5, 5], [8, 8]]);
  deepEqual(sums(0, [2, 2, 1]), [[0, 5]]);
});

test("sums(): they are those of every choice, whichever they are", () => {
  const random = seeded(1);
  for (let round = 0; round < 200; round++) {
    const possible = Array.from({ length: below(random, 8) }, () => below(random, 41) - 20);
    const ranges = sums(7, possible);
    const all = new Set<number>();
    for (let chosen = 0; chosen < 1 << possible.length; chosen++) {
      all.add(possible.reduce((sum, delta, i) => chosen >> i & 1 ? sum + delta : sum, 7));
    }
    for (let sum = -200; sum <= 200; sum++) equal(isWithin(ranges, sum), all.has(sum));
  }
});
