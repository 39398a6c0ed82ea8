/** Where each value is and since when. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Propagation } from "../../../../lib/workbench/verdict/propagation.ts";

const all = (ms: number) => ({ "0": ms, "0.5": ms, "0.95": ms, "0.99": ms, "1": ms });

test("Propagation: the true latency of a value runs from its broadcast to the last node that gets it", () => {
  const propagation = new Propagation(["n0", "n1", "n2"]);
  propagation.broadcast(1, 100, undefined);
  propagation.holds("n0", [1], 100);
  propagation.holds("n2", [1], 350.26);
  assert.equal(propagation.trueLatencies, null);
  propagation.holds("n1", [1, 99], 200);
  propagation.holds("n1", [1], 900);
  assert.deepEqual(propagation.trueLatencies, all(100));
  propagation.broadcast(2, 0, undefined);
  assert.deepEqual(propagation.trueLatencies, all(100));
});

test("Propagation: after a heal counts until the last value that was acknowledged by then is everywhere", () => {
  const propagation = new Propagation(["n0", "n1"]);
  for (const value of [1, 2, 3]) {
    propagation.broadcast(value, 0, undefined);
    propagation.holds("n0", [value], 0);
  }
  propagation.acknowledged(1, "n0");
  propagation.acknowledged(2, "n0");
  propagation.healed("partition", 1000, false);
  propagation.holds("n1", [1], 1200);
  propagation.healed("partition", 1250, true);
  assert.deepEqual(propagation.healTimes([]).map(({ ms }) => ms), [null, null]);
  assert.deepEqual(propagation.healTimes([2]).map(({ ms }) => ms), [200, 0]);
  propagation.holds("n1", [2], 1300);
  propagation.interrupted();
  propagation.healed("partition", 2000, false);
  assert.deepEqual(propagation.healTimes([]), [
    { "at-ms": 1000, fault: "partition", ms: 300, disturbed: false },
    { "at-ms": 1250, fault: "partition", ms: 50, disturbed: true },
    { "at-ms": 2000, fault: "partition", ms: 0, disturbed: false },
  ]);
});

test("Propagation: a fault that begins before everything is everywhere disturbs the heal time", () => {
  const propagation = new Propagation(["n0", "n1"]);
  propagation.broadcast(1, 0, undefined);
  propagation.acknowledged(1, "n0");
  propagation.healed("partition", 10, false);
  propagation.interrupted();
  assert.deepEqual(propagation.healTimes([]), [{
    "at-ms": 10,
    fault: "partition",
    ms: null,
    disturbed: true,
  }]);
});

test("Propagation: a node that forgets must get everything again before the heal is over", () => {
  const propagation = new Propagation(["n0", "n1"]);
  propagation.broadcast(1, 0, undefined);
  propagation.holds("n0", [1], 0);
  propagation.holds("n1", [1], 10);
  propagation.acknowledged(1, "n0");
  propagation.forgets("n1");
  propagation.healed("kill", 100, false);
  propagation.holds("n1", [1], 140);
  assert.deepEqual(propagation.healTimes([]).map(({ ms }) => ms), [40]);
  assert.deepEqual(propagation.trueLatencies, all(10));
});

test("Propagation: during a cut a value's reach counts apart, and a lone node's value has none", () => {
  const propagation = new Propagation(["n0", "n1", "n2"]);
  propagation.broadcast(1, 0, new Set(["n1", "n2"]));
  propagation.broadcast(2, 0, new Set(["n0"]));
  propagation.broadcast(3, 0, new Set(["n1", "n2"]));
  propagation.broadcast(4, 0, undefined);
  for (const [value, node] of [[1, "n1"], [2, "n0"], [3, "n1"], [4, "n2"]] as const) {
    propagation.acknowledged(value, node);
  }
  propagation.holds("n1", [1], 0);
  propagation.holds("n2", [1], 30);
  propagation.holds("n0", [1], 5000);
  assert.deepEqual(propagation.duringCuts, {
    count: 3,
    "acknowledged-by": { n0: 1, n1: 2, n2: 0 },
    everywhere: all(5000),
    reachable: all(30),
    "reachable-count": 2,
    "never-reachable-count": 1,
    "disturbed-count": 0,
  });
  propagation.interrupted();
  propagation.holds("n2", [3], 8_000);
  const { reachable, ...counts } = propagation.duringCuts;
  assert.deepEqual(
    reachable,
    all(30),
    "a value that was on its way when another cut began says nothing of the nodes",
  );
  assert.deepEqual([counts["reachable-count"], counts["never-reachable-count"], counts["disturbed-count"]], [
    1,
    0,
    1,
  ]);
});

test("Propagation: only members count, those that come and not those that have gone", () => {
  const propagation = new Propagation(["n0", "n1", "n2"], ["n0", "n1"]);
  const tell = (value: number) => {
    propagation.broadcast(value, 0, undefined);
    propagation.acknowledged(value, "n0");
    propagation.holds("n0", [value], 0);
  };
  tell(1);
  propagation.holds("n2", [1], 5);
  propagation.holds("n1", [1], 10);
  propagation.arrives("n2");
  tell(2);
  propagation.healed("partition", 15, false);
  propagation.holds("n1", [2], 20);
  assert.equal(propagation.healTimes([])[0]?.ms, null);
  propagation.departs("n2", 40);
  assert.deepEqual([propagation.trueLatencies?.["0"], propagation.trueLatencies?.["1"]], [10, 40]);
  assert.equal(propagation.healTimes([])[0]?.ms, 25);
});
