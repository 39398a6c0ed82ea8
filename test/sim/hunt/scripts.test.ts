/** Scripts in the simulator: what they say happens, then, and is told; and in the end all is mended. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import { Recorder } from "../../../lib/workbench/report/recording.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";
import { broken } from "../broken.ts";

const quiet: Settings = { ...defaults, nodeCount: 3, rate: 0, timeLimitS: 5, startUpMs: 0 };

function run(script: string, settings: Partial<Settings> = {}, recorder?: Recorder): Results {
  return simulate({ ...quiet, ...settings, script }, { ...recorder && { recorder } });
}

/** "1000 start partition n0 | n1,n2" */
function told({ nemesis }: Results): string[] {
  return nemesis.map(({ "at-ms": at, what, fault, detail }) => `${at} ${what} ${fault} ${detail}`);
}

test("a script's operations happen when it says, and no others", () => {
  const recorder = new Recorder();
  const { stats, workload, valid } = run(
    '100 broadcast n0 17; 250.5 broadcast n1 {"a":1}; 400 read n2',
    {},
    recorder,
  );
  assert.ok(valid);
  // The last reads are three more.
  assert.deepEqual([stats["by-f"].broadcast.count, stats["by-f"].read.count], [2, 4]);
  assert.equal(workload["stable-count"], 2);
  const [first, second] = recorder.recording.told;
  assert.deepEqual([first?.node, first?.values, second?.node, second?.values], ["n0", [17], "n1", [{
    a: 1,
  }]]);
  assert.equal((second?.at ?? 0) - (first?.at ?? 0), 150.5);
});

test("nothing disturbs what a script heals, unless another fault is on", () => {
  const heals = (script: string) =>
    run(script)["everywhere-after-heal-ms"].map(({ fault, disturbed }) => `${fault} ${disturbed}`);
  assert.deepEqual(heals("100 cut n0|rest; 150 broadcast n0 1; 200 heal"), ["partition false"]);
  assert.deepEqual(heals("100 cut n0|rest; 150 broadcast n0 1; 160 pause n1; 200 heal; 300 resume n1"), [
    ...["partition true", "pause false"],
  ]);
});

test("a script's faults come and go when it says, and are told as those of the nemesis", () => {
  const results = run(
    "100 cut n0|rest; 200 heal; 300 pause n1; 400 resume n1; 500 kill n2; 600 start n2; 700 slow n0 50; 800 slow n0 0;" +
      "900 loss 0.5; 1000 loss 0; 1100 duplicate 0.25; 1200 duplicate 0; 1300 broadcast n0 1",
  );
  assert.deepEqual(results.failures, []);
  assert.deepEqual(told(results), [
    "100 start partition n0 | n1,n2",
    "200 stop partition healed",
    "300 start pause n1",
    "400 stop pause n1",
    "500 start kill n2",
    "600 stop kill n2",
    "700 start slow n0 by 50 ms",
    "800 stop slow n0",
    "900 start loss 50 %",
    "1000 stop loss none",
    "1100 start duplicate 25 %",
    "1200 stop duplicate none",
  ]);
});

test("what a script leaves broken is mended when the load ends, and what does not apply is passed over", () => {
  const results = run(
    "100 start n0; 100 resume n0; 100 heal; 200 cut n0-n1; 300 pause n1; 400 kill n1; 400 pause n1; 500 kill n2;" +
      "600 slow n0 10; 700 loss 0.1; 1000 broadcast n0 1",
  );
  assert.deepEqual(results.failures, []);
  assert.deepEqual(
    told(results).slice(-7),
    [
      "700 start loss 10 %",
      "5000 stop partition healed",
      "5000 stop kill n1",
      "5000 stop kill n2",
      "5000 stop slow n0",
      "5000 stop loss none",
    ].toSpliced(0, 0, "600 start slow n0 by 10 ms"),
  );
  assert.ok(told(results).includes("400 stop pause n1"));
});

test("the last action happens, though the load ends with it", () => {
  const results = run("100 broadcast n0 1; 300 kill n0", { timeLimitS: 0.3 });
  assert.deepEqual(told(results), ["300 start kill n0", "300 stop kill n0"]);
});

test("a cut keeps values apart until the heal, a cut of one link does not", () => {
  const apart = run("0 cut n0|rest; 100 broadcast n0 1; 2000 heal");
  assert.ok((apart["true-latencies"]?.[1] ?? 0) >= 1900);
  const round = run("0 cut n0-n1; 100 broadcast n0 1");
  assert.ok((round["true-latencies"]?.[1] ?? Infinity) < 1900);
});

test("a slow node is late to all others, and nobody else is", () => {
  const last = (script: string) => run(script, { latencyMs: 10 })["true-latencies"]?.[1] ?? Infinity;
  assert.ok(last("1000 broadcast n0 1") < 50);
  const one = last("0 slow n2 400; 1000 broadcast n0 1");
  assert.ok(one >= 410 && one < 450);
  const both = last("0 slow n1 300; 0 slow n2 400; 1000 broadcast n1 1");
  assert.ok(both >= 710);
  assert.ok(last("0 slow n2 400; 500 slow n2 0; 1000 broadcast n0 1") < 50);
});

test("a value that is told twice is one value", () => {
  const { failures, ...results } = run("100 broadcast n0 1; 200 broadcast n1 1; 300 pause n2; 400 resume n2");
  assert.deepEqual(failures, []);
  assert.equal(results.workload["attempt-count"], 1);
  assert.ok(results["everywhere-after-heal-ms"].every(({ ms }) => ms === 0));
});

test("beside random load and faults, a script's values are its own", () => {
  const { failures, workload, nemesis } = run("100 broadcast n0 7; 150 broadcast n1 9; 1000 cut n0|rest", {
    rate: 20,
    nemesis: ["kill"],
    nemesisIntervalS: 1,
  });
  assert.deepEqual(failures, []);
  assert.ok(workload["attempt-count"] > 20);
  const kinds = new Set(nemesis.map(({ fault }) => fault));
  assert.deepEqual(kinds, new Set(["kill", "partition"]));
});

test("an operation at a node that is down surely did not happen, and one that a kill interrupts may have", () => {
  const { stats, failures } = run("100 broadcast n0 1; 500 kill n1; 600 broadcast n1 2; 700 start n1");
  assert.deepEqual(failures, []);
  assert.equal(stats["fail-count"], 1);
});

test("a script finds what is broken, and the same script finds it again", () => {
  const find = () =>
    simulate({ ...quiet, script: "100 broadcast n1 3; 500 read n0" }, {}, broken("forgets-one"));
  const found = find();
  assert.ok(found.failures.some((failure) => failure.startsWith("Partial: 1 value")));
  assert.equal(JSON.stringify(find()), JSON.stringify(found));
});
