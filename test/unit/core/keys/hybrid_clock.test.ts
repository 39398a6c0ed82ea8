/** The hybrid clock: what was seen is overwritten, and a clock that is far ahead pulls nobody along. */
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import {
  CLOCK_AHEAD_MAX_MS,
  HybridClock,
  isStamp,
  msOf,
  STAMP_MAX,
  STAMPS_PER_MS,
} from "../../../../lib/core/keys/hybrid_clock.ts";

const NOW = Date.UTC(2026, 0, 1);

test("a stamp tells the time of day, and those of one ms follow each other", () => {
  const clock = new HybridClock();
  equal(clock.next(NOW), NOW * STAMPS_PER_MS);
  equal(clock.next(NOW), NOW * STAMPS_PER_MS + 1);
  equal(clock.next(NOW + 0.9), NOW * STAMPS_PER_MS + 2);
  equal(clock.next(NOW + 1), (NOW + 1) * STAMPS_PER_MS);
  equal(msOf((NOW + 1) * STAMPS_PER_MS), NOW + 1);
});

test("a clock that goes back does not make stamps go back", () => {
  const clock = new HybridClock();
  const before = clock.next(NOW) ?? 0;
  equal(clock.next(NOW - 5_000), before + 1);
});

test("what was seen of a clock that is a little ahead is followed", () => {
  const clock = new HybridClock();
  const ahead = (NOW + CLOCK_AHEAD_MAX_MS) * STAMPS_PER_MS;
  clock.saw(ahead, NOW);
  equal(clock.next(NOW), ahead + 1);
});

test("a clock that is further ahead than CLOCK_AHEAD_MAX_MS is followed for its key only", () => {
  const clock = new HybridClock();
  const ahead = (NOW + CLOCK_AHEAD_MAX_MS) * STAMPS_PER_MS + 1;
  clock.saw(ahead, NOW);
  equal(clock.next(NOW), NOW * STAMPS_PER_MS);
  equal(clock.next(NOW, ahead), ahead + 1);
  equal(clock.next(NOW), NOW * STAMPS_PER_MS + 2, "and what it wrote itself pulls it no further");
  equal(clock.next(NOW, ahead + 1), ahead + 2);
});

test("no stamp is above STAMP_MAX, and none of that form breaks anything", () => {
  const clock = new HybridClock();
  clock.saw(STAMP_MAX, NOW);
  equal(clock.next(NOW, STAMP_MAX - 1), STAMP_MAX);
  equal(clock.next(NOW, STAMP_MAX), undefined);
  equal(clock.next(NOW), NOW * STAMPS_PER_MS + 1);
  equal(clock.next(STAMP_MAX), undefined, "a clock beyond all stamps gives none");
  throws(() => clock.next(NOW, STAMP_MAX + 1));
  deepEqual([0, 1, STAMP_MAX, STAMP_MAX + 1, 1.5, -1, "1", null].map(isStamp), [
    ...[false, true, true, false, false, false, false, false],
  ]);
  ok(Number.isSafeInteger(STAMP_MAX + 1));
});
