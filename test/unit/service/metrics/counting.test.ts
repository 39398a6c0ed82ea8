/** What is counted for the metrics, each by itself: durations, requests, commits, and how late timers are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Distribution } from "../../../../lib/service/metrics/distribution.ts";
import { LOOP_LOOK_MS, LoopDelay } from "../../../../lib/service/metrics/loop_delay.ts";
import { Metrics } from "../../../../lib/service/metrics/metrics.ts";
import { RequestCounts } from "../../../../lib/service/metrics/request_counts.ts";
import { Traffic } from "../../../../transports/tcp/traffic.ts";

test("a distribution counts what is at most its bounds, and all of it", () => {
  const distribution = new Distribution([0.1, 1]);
  for (const seconds of [0, 0.1, 0.11, 1, 1.5, 100]) distribution.observe(seconds);
  assert.deepEqual(distribution.cumulated, [2, 4]);
  assert.equal(distribution.count, 6);
  assert.ok(Math.abs(distribution.sum - 102.71) < 1e-9);
});

test("requests are counted by what was asked and what came of it; what watchers are told later is none", () => {
  const requests = new RequestCounts();
  requests.answered("", { type: "broadcast_ok" });
  requests.answered("watch", { type: "watch_ok" });
  for (let i = 0; i < 5; i++) requests.answered("watch", { type: "values" });
  requests.answered("broadcast", { type: "error", code: 11 });
  requests.answered("made up 1", { type: "error", code: 10 });
  requests.answered("made up 2", { type: "error", code: 10 });
  requests.answered("get", { type: "error", code: 999 });
  requests.unanswered("broadcast");
  assert.deepEqual(requests.counts.toSorted(), [
    [1, "broadcast", "ok"],
    [1, "broadcast", "unanswered"],
    [1, "broadcast", "unavailable"],
    [1, "get", "error"],
    [1, "watch", "ok"],
    [2, "other", "unsupported"],
  ]);
});

test("the event loop's delay is by how much a timer is late, never less than none", () => {
  let now = 0;
  let ring: () => void = () => assert.fail("no timer was set");
  const delay = new Distribution([0.01]);
  const loop = new LoopDelay(delay, () => now, (ms, run) => {
    assert.equal(ms, LOOP_LOOK_MS);
    ring = () => void run();
    return () => void (ring = () => assert.fail("it was stopped"));
  });
  loop.start();
  for (const lateMs of [0, 40, -1]) {
    now += LOOP_LOOK_MS + lateMs;
    ring();
  }
  assert.deepEqual([delay.count, delay.cumulated], [3, [2]]);
  assert.ok(Math.abs(delay.sum - 0.04) < 1e-9);
  loop.stop();
  assert.throws(ring, /it was stopped/);
});

test("commits are timed, and one that fails is counted and fails as before", () => {
  const faults: Error[] = [];
  const commits: unknown[] = [];
  const store = {
    ...{ bytes: 0, incarnation: 7, revert() {}, check() {}, maintain: () => true },
    commit(origins?: ReadonlySet<string>) {
      commits.push(origins);
      for (const fault of faults) throw fault;
    },
  };
  const metrics = new Metrics({
    ...{ id: "n1", store, traffic: new Traffic(), neighbours: () => [], clock: () => 0 },
    ...{ status: () => assert.fail(), isReady: () => true },
  });
  const timed = metrics.timed(store);
  const origins = new Set(["n1.7"]);
  timed.commit();
  timed.commit(origins);
  assert.deepEqual(commits, [undefined, origins]);
  faults.push(new Error("the disk is full"));
  assert.throws(() => timed.commit(), /the disk is full/);
  assert.deepEqual([timed.incarnation, timed.maintain()], [7, true]);
  assert.deepEqual([metrics.commits.count, metrics.commitFailures], [2, 1]);
});
