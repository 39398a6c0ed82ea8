/** Stories of thin lines: much is to be caught up with, and that takes the line's own time and bytes, and loses nobody. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Story, tell } from "./thin_line.ts";

const K = 1_000;
const M = 1_000 * K;

const stories: readonly (readonly [string, Story])[] = [
  ["512 kbit/s, 2 MB", { bandwidthBps: 512 * K, backlogBytes: 2 * M }],
  ["2 Mbit/s, 6 MB", { bandwidthBps: 2 * M, backlogBytes: 6 * M }],
  ["2 Mbit/s, 6 MB, and each node goes on", {
    bandwidthBps: 2 * M,
    backlogBytes: 6 * M,
    fresh: { hz: 5, bytes: 500 },
  }],
  ["50 Mbit/s, 20 MB", { bandwidthBps: 50 * M, backlogBytes: 20 * M }],
  ["50 Mbit/s, 20 MB, 50 ms away", { bandwidthBps: 50 * M, backlogBytes: 20 * M, latencyMs: 50 }],
  ["1 Mbit/s, 400 kB, a heal after 20 s", { bandwidthBps: M, backlogBytes: 400 * K, heals: true }],
  ["2 Mbit/s, 400 kB, a heal after 20 s", { bandwidthBps: 2 * M, backlogBytes: 400 * K, heals: true }],
  ["2 Mbit/s, 1 MB of small values", { bandwidthBps: 2 * M, backlogBytes: M, valueBytes: 100 }],
  ["512 kbit/s, 1 MB of the largest values", {
    bandwidthBps: 512 * K,
    backlogBytes: 4 * 250 * K,
    valueBytes: 250 * K,
  }],
  ["512 kbit/s, 1 MB of the largest values, and each node goes on", {
    bandwidthBps: 512 * K,
    backlogBytes: 4 * 250 * K,
    valueBytes: 250 * K,
    fresh: { hz: 1, bytes: 500 },
  }],
  ["five nodes, 2 Mbit/s, 2 MB, and each goes on", {
    nodeCount: 5,
    bandwidthBps: 2 * M,
    backlogBytes: 2 * M,
    heals: true,
    fresh: { hz: 4, bytes: 300 },
  }],
];

for (const [title, story] of stories) {
  test(`a thin line: ${title} [F1]`, () => {
    const outcome = tell(story);
    const said = JSON.stringify(outcome);
    assert.ok(outcome.timeRatio <= 1.3, said);
    assert.ok(outcome.bytesRatio <= 1.15, said);
    assert.equal(outcome.losses, 0, said);
    if (story.bandwidthBps >= 2 * M) assert.ok(outcome.latestMs <= 2_000, said);
  });
}

test("a thin line without pacing: it is taken for a dead one, and the same goes over it again and again [F1] [F5] [T6]", () => {
  const outcome = tell({ bandwidthBps: M, backlogBytes: M, heals: true, without: ["pacing"] });
  assert.ok(outcome.losses > 3 && outcome.bytesRatio > 2, JSON.stringify(outcome));
});
