/** Backoff: anywhere between the base and a ceiling that doubles up to the cap. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { backoffMs, JITTER, jittered } from "../../../lib/core/backoff.ts";
import { type Random, seeded } from "../../../lib/core/random.ts";

function always(value: number): Random {
  return { next: () => value };
}

test("jittered() spans the wait and JITTER more [T6]", () => {
  equal(jittered(always(0), 200), 200);
  equal(jittered(always(1), 200), 200 + 200 * JITTER);
});

test("backoffMs() spans base to base * 2^attempt, at most the cap [E8] [D11]", () => {
  const highest = [0, 1, 2, 3, 4, 5].map((attempt) => backoffMs(always(1), attempt, 100, 1000));
  deepEqual(highest, [100, 200, 400, 800, 1000, 1000]);
  const lowest = [0, 1, 5].map((attempt) => backoffMs(always(0), attempt, 100, 1000));
  deepEqual(lowest, [100, 100, 100]);
});

test("backoffMs() is the base where that is over the cap, and stays finite for any attempt [D11]", () => {
  equal(backoffMs(always(0.9), 3, 5000, 2000), 5000);
  equal(backoffMs(always(1), 1e9, 1, 2000), 2000);
  equal(backoffMs(always(1), 1e9, 0, 2000), 0);
});

test("backoffMs() spreads nodes that lost sight at one moment over all of the span [D11]", () => {
  const random = seeded(1);
  const tenths = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const ms = backoffMs(random, 3, 100, 1000);
    ok(ms >= 100 && ms < 800);
    tenths.add(Math.floor((ms - 100) / 70));
  }
  equal(tenths.size, 10);
});
