/** The simulator is held to what others printed of real Maelstrom: the same protocols, the same challenges, the same figures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChallengeName, challenges } from "../../../lib/commands/exam/targets.ts";
import {
  defaults,
  type ProtocolName,
  protocolNames,
  type Settings,
} from "../../../lib/workbench/settings.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
/** Where chance has no say, as a share. */
const TOLERANCE = 0.05;

function runs(protocol: ProtocolName, challenge: ChallengeName, seeds = SEEDS, more: Partial<Settings> = {}) {
  const settings = { ...defaults, ...challenges[challenge].settings, ...more, protocol };
  return seeds.map((seed) => simulate({ ...settings, seed }));
}

/** The messages between nodes, per value broadcast. */
function perValue({ net, workload }: Results, count: "send-count" | "recv-count"): number {
  return net.servers[count] / workload["attempt-count"];
}

function latency({ workload }: Results, quantile: "0.5" | "0.95" | "1"): number {
  return workload["stable-latencies"]?.[quantile] ?? Infinity;
}

function assertNear(found: number, printed: number): void {
  assert.ok(Math.abs(found / printed - 1) < TOLERANCE, `${found} is not within 5 % of ${printed}`);
}

/** What was printed of one run, in which chance cut the nodes apart, is between the least and the most of the seeds. */
function assertWithin(found: readonly number[], printed: number): void {
  const [least, most] = [Math.min(...found), Math.max(...found)];
  assert.ok(least <= printed && printed <= most, `${printed} is not in ${least} to ${most}`);
}

test("flood, 3b: 4,400 messages for 110 broadcasts and 93 reads, 21.67 an operation, all at once", () => {
  for (const run of runs("flood", "3b", [1, 2, 3])) {
    assert.equal(run.valid, true);
    assert.equal(perValue(run, "send-count"), 40);
    assertNear(perValue(run, "send-count") * 110 / (110 + 93), 21.674877);
    assert.deepEqual([latency(run, "0.5"), latency(run, "1")], [0, 0]);
  }
});

test("flood-retry, 3c: 40.26 messages an operation in one run, 25 to 38 in others, and 0 ms where there was a way round", () => {
  const all = runs("flood-retry", "3c");
  assert.ok(all.every(({ valid }) => valid));
  for (const printed of [25, 38, 40.26]) {
    assertWithin(all.map(({ net }) => net.servers["msgs-per-op"]), printed);
  }
  const ring = runs("flood-retry", "3c", SEEDS, { grudge: "majorities-ring" });
  assertWithin(ring.map(({ net }) => net.servers["msgs-per-op"]), 40.26);
  assert.deepEqual(ring.filter((run) => latency(run, "1") > 0), []);
  // Of 7,689 messages for 97 broadcasts 3,880 were received: a cut swallows requests and answers alike.
  for (const run of [...all, ...ring]) assertNear(perValue(run, "recv-count"), 3_880 / 97);
});

test("first-forwarder-retry, 3c: median 1,022, 95 % 10,504, maximum 12,205 ms in one run", () => {
  const all = runs("first-forwarder-retry", "3c");
  assert.ok(all.every(({ valid }) => valid));
  for (const [quantile, printed] of [["0.5", 1_022], ["0.95", 10_504], ["1", 12_205]] as const) {
    assertWithin(all.map((run) => latency(run, quantile)), printed);
  }
});

test("reforward-retry, 3c: 0 ms at the median and 3 at the most, wherever a cut leaves a way round and nowhere else", () => {
  for (const run of runs("reforward-retry", "3c", [1, 2, 3], { grudge: "majorities-ring" })) {
    assert.equal(latency(run, "1"), 0);
  }
  const late = runs("reforward-retry", "3c", [1, 2, 3], { grudge: "minority-third", cutsS: [15] });
  for (const run of late) assert.ok(latency(run, "1") > 10_000, `${latency(run, "1")}`);
});

test("reforward-retry, 3b: 393 messages an operation, as nothing ever ends a repetition", () => {
  for (const run of runs("reforward-retry", "3b", [1, 2, 3])) {
    // Of a run of 20 s and 10 s of rest, a value sees 20 s on average, and 20 ways carry it twice a second.
    assertNear(perValue(run, "send-count"), 20 * 20 * 2);
    assertNear(perValue(run, "send-count") / 2, 393);
  }
});

test("send-without-ack, 3c: 47 values lost in one run", () => {
  const all = runs("send-without-ack", "3c");
  assert.ok(all.every(({ valid }) => !valid));
  assertWithin(all.map(({ workload }) => workload["lost-count"]), 47);
});

test("neighbours-retry: 6.1 messages an operation and up to 489 ms in 3b; 11 to 15 in 3c; 53.3, 1,934 and 2,594 ms in 3d", () => {
  for (const run of runs("neighbours-retry", "3b", [1, 2, 3])) {
    // Six neighbours hear of it and answer.
    assertNear(perValue(run, "send-count"), 12);
    assertNear(latency(run, "1"), 489);
  }
  const cut = runs("neighbours-retry", "3c").map(({ net }) => net.servers["msgs-per-op"]);
  for (const printed of [11, 15]) assertWithin(cut, printed);
  const [large] = runs("neighbours-retry", "3d", [1]);
  assert.ok(large !== undefined);
  assertNear(large.net.servers["msgs-per-op"], 53.3);
  assertNear(latency(large, "0.5"), 1_934);
  assertNear(latency(large, "1"), 2_594);
});

test("no-ack-for-duplicates, 3c: not valid, as no client is ever answered", () => {
  for (const run of runs("no-ack-for-duplicates", "3c", [1, 2, 3])) {
    assert.equal(run.stats["by-f"].broadcast["ok-count"], 0);
    assert.ok(run.failures.includes("Nothing proven: no broadcast succeeded."));
  }
});

test("retry-without-pause, 3c: the count alone tells, as a simulated network carries whatever it is given", () => {
  const seeds = [1, 2, 3];
  const [spinning, waiting] = (["retry-without-pause", "neighbours-retry"] as const).map((name) =>
    runs(name, "3c", seeds)
  );
  for (const [i, run] of (spinning ?? []).entries()) {
    assert.equal(run.valid, true);
    assert.ok(run.net.servers["send-count"] > 8 * (waiting?.[i]?.net.servers["send-count"] ?? Infinity));
  }
});

test("of all protocols only those that send a value once, or make a mistake, are not valid in 3c", () => {
  const invalid = protocolNames.filter((name) => runs(name, "3c", [1]).some(({ valid }) => !valid));
  assert.deepEqual(invalid, [
    ...["single", "flood", "first-forwarder", "send-without-ack", "no-ack-for-duplicates"],
  ]);
});

test("nodes that are killed come back empty, and a repetition brings back what others were told", () => {
  for (const run of runs("reforward-retry", "3b", [1, 2, 3], { nemesis: ["kill"] })) {
    assert.deepEqual(run.failures, []);
  }
});
