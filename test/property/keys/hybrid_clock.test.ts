/** Stamps grow, overwrite what was seen, and follow other clocks only so far. */
import { ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CLOCK_AHEAD_MAX_MS, HybridClock, STAMPS_PER_MS } from "../../../lib/core/keys/hybrid_clock.ts";
import { holds } from "../holds.ts";

test("a stamp is above all that this clock gave and above what it overwrites, and follows others only so far", () => {
  const now = fc.integer({ min: 1_000_000, max: 1_000_000 + 3 * CLOCK_AHEAD_MAX_MS });
  const act = fc.record({
    now,
    stamp: fc.integer({ min: 1, max: 2_000_000 * STAMPS_PER_MS }),
    kind: fc.nat(2),
  });
  holds(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const clock = new HybridClock();
      let [largest, given] = [0, 0];
      for (const { now, stamp, kind } of acts) {
        largest = Math.max(largest, now);
        if (kind === 0) clock.saw(stamp, now);
        else {
          const next = clock.next(now, kind === 1 ? 0 : stamp) ?? 0;
          ok(next >= now * STAMPS_PER_MS);
          if (kind === 2) ok(next > stamp);
          else {
            ok(next > given);
            ok(next <= (largest + CLOCK_AHEAD_MAX_MS) * STAMPS_PER_MS + acts.length);
            given = next;
          }
        }
      }
    }),
    300,
  );
});
