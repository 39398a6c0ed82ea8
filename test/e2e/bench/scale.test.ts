/** Rows of the bench of growth, each in a process of its own: measured, refused, and ended when they take too much. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "../../bench/scale/plan.ts";
import { runRow } from "../../bench/scale/row.ts";

const plan: Plan = { scenario: "total", nodes: 3, rate: 10, seconds: 5, latencyMs: 20 };
/** Far more than can be done within any of the limits. */
const endless: Plan = { ...plan, nodes: 500, seconds: 100_000 };
const limits = { seconds: 100, memoryMb: 4_000 };

test("runRow(): gives the figures of a row, and keeps its plan", async () => {
  const { plan: kept, figures, failure } = await runRow(plan, limits);
  assert.deepEqual([kept, failure], [plan, undefined]);
  assert.ok(figures !== undefined);
  assert.deepEqual(figures.failures, []);
  assert.ok(figures.values > 30 && figures.messagesPerValue > 2 && figures.peakMb > 10);
});

test("runRow(): a row that cannot be run says why", async () => {
  const { figures, failure } = await runRow({ ...plan, nodes: 2.5 }, limits);
  assert.deepEqual([figures, failure], [undefined, "it failed: the settings count the nodes"]);
});

test("runRow(): a row that runs over its time is ended, and says so", async () => {
  assert.equal((await runRow(endless, { ...limits, seconds: 0.5 })).failure, "it ran over 0.5 s");
});

test("runRow(): a row that takes over its memory is ended, and says so", async () => {
  assert.equal((await runRow(endless, { ...limits, memoryMb: 20 })).failure, "it took over 20 MB");
});
