/** Where each value is and since when. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Propagation } from "../../../../lib/workbench/verdict/propagation.ts";

const all = (ms: number) => ({ "0": ms, "0.5": ms, "0.95": ms, "0.99": ms, "1": ms });

test("Spread: the true latency of a value runs from its broadcast to the last node that gets it", () => {
  const spread = new Propagation(["n0", "n1", "n2"]);
  spread.broadcast(1, 100, undefined);
  spread.holds("n0", [1], 100);
  spread.holds("n2", [1], 350.26);
  assert.equal(spread.trueLatencies, null);
  spread.holds("n1", [1, 99], 200);
  spread.holds("n1", [1], 900);
  assert.deepEqual(spread.trueLatencies, all(100));
  spread.broadcast(2, 0, undefined);
  assert.deepEqual(spread.trueLatencies, all(100));
});

test("Spread: after a heal counts until the last value that was acknowledged by then is everywhere", () => {
  const spread = new Propagation(["n0", "n1"]);
  for (const value of [1, 2, 3]) {
    spread.broadcast(value, 0, undefined);
    spread.holds("n0", [value], 0);
  }
  spread.acknowledged(1, "n0");
  spread.acknowledged(2, "n0");
  spread.healed("partition", 1000, false);
  spread.holds("n1", [1], 1200);
  spread.healed("partition", 1250, true);
  assert.deepEqual(spread.healTimes([]).map(({ ms }) => ms), [null, null]);
  assert.deepEqual(spread.healTimes([2]).map(({ ms }) => ms), [200, 0]);
  spread.holds("n1", [2], 1300);
  spread.interrupted();
  spread.healed("partition", 2000, false);
  assert.deepEqual(spread.healTimes([]), [
    { "at-ms": 1000, fault: "partition", ms: 300, disturbed: false },
    { "at-ms": 1250, fault: "partition", ms: 50, disturbed: true },
    { "at-ms": 2000, fault: "partition", ms: 0, disturbed: false },
  ]);
});

test("Spread: a fault that begins before everything is everywhere disturbs the heal time", () => {
  const spread = new Propagation(["n0", "n1"]);
  spread.broadcast(1, 0, undefined);
  spread.acknowledged(1, "n0");
  spread.healed("partition", 10, false);
  spread.interrupted();
  assert.deepEqual(spread.healTimes([]), [{ "at-ms": 10, fault: "partition", ms: null, disturbed: true }]);
});

test("Spread: a node that forgets must get everything again before the heal is over", () => {
  const spread = new Propagation(["n0", "n1"]);
  spread.broadcast(1, 0, undefined);
  spread.holds("n0", [1], 0);
  spread.holds("n1", [1], 10);
  spread.acknowledged(1, "n0");
  spread.forgets("n1");
  spread.healed("kill", 100, false);
  spread.holds("n1", [1], 140);
  assert.deepEqual(spread.healTimes([]).map(({ ms }) => ms), [40]);
  assert.deepEqual(spread.trueLatencies, all(10));
});

test("Spread: during a cut a value's reach counts apart, and a lone node's value has none", () => {
  const spread = new Propagation(["n0", "n1", "n2"]);
  spread.broadcast(1, 0, new Set(["n1", "n2"]));
  spread.broadcast(2, 0, new Set(["n0"]));
  spread.broadcast(3, 0, new Set(["n1", "n2"]));
  spread.broadcast(4, 0, undefined);
  for (const [value, node] of [[1, "n1"], [2, "n0"], [3, "n1"], [4, "n2"]] as const) {
    spread.acknowledged(value, node);
  }
  spread.holds("n1", [1], 0);
  spread.holds("n2", [1], 30);
  spread.holds("n0", [1], 5000);
  assert.deepEqual(spread.duringCuts, {
    count: 3,
    "acknowledged-by": { n0: 1, n1: 2, n2: 0 },
    everywhere: all(5000),
    reachable: all(30),
    "reachable-count": 2,
    "never-reachable-count": 1,
  });
});
