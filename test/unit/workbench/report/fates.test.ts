/** What became of each value: the same latencies as the results have, and fates by what the checker found. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fatesOf } from "../../../../lib/workbench/report/values/fates.ts";
import type { Fate } from "../../../../lib/workbench/report/values/words.ts";
import { quantiles } from "../../../../lib/workbench/verdict/quantiles.ts";
import { broken, type Flaw } from "../../../sim/broken.ts";
import { naiveHosts } from "../../../sim/naive.ts";
import { someRun } from "../../../shared/some_run.ts";

const tenths = (ms: number) => Math.round(ms * 10) / 10;

test("the latencies of the values are those of the results", () => {
  const nemesis = ["partition", "kill", "pause"] as const;
  const settings = { nemesis, latencyMs: 20, nemesisIntervalS: 4, rate: 20, timeLimitS: 15, recoveryS: 3 };
  for (const hosts of [undefined, naiveHosts]) {
    const run = someRun({ settings, ...hosts && { hosts } });
    const { values } = fatesOf(run);
    const trues = values.flatMap(({ trueMs }) => trueMs === undefined ? [] : tenths(trueMs));
    assert.deepEqual(quantiles(trues), run.results["true-latencies"]);
    const stables = values.flatMap(({ stableMs }) => stableMs ?? []);
    assert.deepEqual(quantiles(stables), run.results.workload["stable-latencies"]);
    assert.equal(values.length, run.results.workload["attempt-count"]);
    assert.ok(run.recording.lost.length > 0, "a kill cost something");
  }
});

test("a value has the fate that the checker found", () => {
  const fatesBy = (flaw: Flaw) => {
    const { values } = fatesOf(someRun({ settings: { timeLimitS: 5, recoveryS: 1 }, hosts: broken(flaw) }));
    return values.filter(({ fate }) => fate !== "ok");
  };
  const one = (flaw: Flaw): [Fate | undefined, unknown] => {
    const [value, ...more] = fatesBy(flaw);
    assert.equal(more.length, 0, flaw);
    return [value?.fate, value?.value];
  };
  assert.deepEqual(one("forgets-one"), ["missing", 3]);
  assert.deepEqual(one("reads-one-twice"), ["duplicated", 3]);
  assert.deepEqual(one("invents-one"), ["phantom", 1_000_000]);
  const alone = fatesBy("never-forwards").map(({ fate }) => fate);
  assert.deepEqual([...new Set(alone)].sort(), ["lost", "missing"]);
});

test("a value says who saw it twice, and who lacks it in the end", () => {
  const settings = { timeLimitS: 5, recoveryS: 1 };
  const twice = fatesOf(someRun({ settings, hosts: broken("reads-one-twice") })).values[3];
  assert.equal(twice?.sighting?.read.node, "n1");
  const forgotten = fatesOf(someRun({ settings, hosts: broken("forgets-one") })).values[3];
  assert.deepEqual(forgotten?.lacking, ["n1"]);
});

test("what takes many times as long as the quickest is late, unless a limit says when", () => {
  const settings = { nemesis: ["partition"], cutsS: [2], latencyMs: 20, rate: 20, timeLimitS: 10 } as const;
  const run = someRun({ settings });
  const { values, lateMs } = fatesOf(run);
  const late = values.filter(({ fate }) => fate === "late");
  assert.ok(late.length > 5 && late.length < values.length / 2, `${late.length} of ${values.length}`);
  assert.ok(late.every(({ trueMs = 0, stableMs = 0 }) => Math.max(trueMs, stableMs) > lateMs));
  const limit = { name: "maximum", unit: " ms", most: 5_000, value: 1, of: "true-max" } as const;
  const held = fatesOf({ ...run, about: { ...run.about, limits: [limit] } });
  assert.deepEqual([held.lateMs, held.values.filter(({ fate }) => fate === "late").length], [5_000, 0]);
});
