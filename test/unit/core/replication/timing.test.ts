/** How long things take: what the round trips that were measured say, and when a value leaves for its relay. */
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Rtt } from "../../../../lib/core/replication/round_trips/rtt.ts";
import {
  ANSWER_SLACK_MS,
  REORDER_SLACK_MS,
  SAMPLES_PER_PLACE,
  STRETCH,
  Timing,
  WINDOW_MIN_MS,
  WINDOW_RTTS,
} from "../../../../lib/core/replication/round_trips/timing.ts";

const sample = (mean: number, deviation = 0): Rtt => ({ mean, deviation, isBound: false });
const bound = (mean: number): Rtt => ({ mean, deviation: 0, isBound: true });

/** A timing that has measured peers of these round trips so many times, one after the other. */
function measured(rtts: readonly Rtt[], times = 1): Timing {
  const timing = new Timing(undefined);
  const peers = rtts.map((rtt) => ({ rtt }));
  for (let i = 0; i < times; i++) for (const peer of peers) timing.measured(peer);
  return timing;
}

test("Timing: of few samples the shortest is typical, of many the median [T5]", () => {
  const rtts = [300, 250, 200, 280, 260].map((mean) => sample(mean));
  equal(measured(rtts.slice(0, 3)).typicalMs, 200);
  equal(measured(rtts, SAMPLES_PER_PLACE).typicalMs, 260);
});

test("Timing: a bound is typical only where there is no sample, and then the least of them [T2] [T5]", () => {
  equal(measured([bound(700), bound(450)]).typicalMs, 450);
  equal(measured([bound(100), sample(200)]).typicalMs, 200);
});

test("Timing: the window that is announced is shorter while few samples are known [V1] [V2] [V4] [V11]", () => {
  const full = WINDOW_RTTS[0] * 200;
  const [once, often] = [measured([sample(200)]), measured([sample(200)], 99)];
  equal(once.windowMs, full);
  equal(once.nextWindowMs(false), full / 2);
  ok(often.nextWindowMs(false) >= 0.98 * full);
  equal(measured([bound(200)]).nextWindowMs(false), 0, "no sample, no window");
  equal(measured([sample(WINDOW_MIN_MS / WINDOW_RTTS[0])]).nextWindowMs(false), 0, "under WINDOW_MIN_MS");
  equal(once.nextWindowMs(true), STRETCH * full / 2, "links stay down");
});

test("Timing: with a delivery budget the window is nine tenths of it, less a round trip a level, whether links are down or not [V1] [V11]", () => {
  const timing = new Timing(1_000);
  const rtt = sample(200, 10);
  for (let i = 0; i < 999; i++) timing.measured({ rtt });
  for (const levels of [1, 2]) {
    timing.levels = levels;
    equal(timing.windowMs, 900 - levels * 200 - 2 * 10);
    equal(timing.nextWindowMs(true), 0.999 * timing.windowMs);
  }
});

test("Timing: an answer is overdue after the mean, four deviations, ANSWER_SLACK_MS, and what the line takes [T6]", () => {
  const peer = { ...relay(sample(200, 10)), misses: 1, pacing: { waitMs: (misses: number) => 7 * misses } };
  equal(new Timing(undefined).replyTimeoutMs(peer), 200 + 4 * 10 + ANSWER_SLACK_MS + 7);
});

/** A relay that flushed at 1,000 and gathers for 320 ms, 200 ms away there and back. */
function relay(rtt: Rtt, periodic = true) {
  return { rtt, heard: { flushes: { windowMs: 320, at: 1_000, periodic } } };
}

const LAST_AT = 1_000 + 320 - 200;
const MARGIN = REORDER_SLACK_MS + 320 / 16;

test("Timing.holdUntil(): a value waits at home for the last moment that makes the relay's flush [V6] [V7]", () => {
  const holdUntil = (now: number) => new Timing(undefined).holdUntil(relay(sample(200)), now);
  equal(holdUntil(1_010), LAST_AT - MARGIN);
  for (const now of [LAST_AT - MARGIN, LAST_AT, LAST_AT + MARGIN]) {
    equal(holdUntil(now), now, "it may make it");
  }
  equal(holdUntil(LAST_AT + MARGIN + 1), LAST_AT + 320 - MARGIN, "it waits for the flush after");
});

test("Timing.holdUntil(): where the flush after cannot be foretold, a value that is late leaves at once [V7]", () => {
  const now = LAST_AT + MARGIN + 1;
  equal(new Timing(undefined).holdUntil(relay(sample(200), false), now), now);
  // A first round trip may be as wrong as half of it, so that no flush is surely missed.
  equal(new Timing(undefined).holdUntil(relay(bound(200)), now), now);
});
