/** Messages in columns: packed and unpacked alike, found by a stretch of time, and summed up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TYPES_MAX } from "../../../../../lib/workbench/report/columns/columns.ts";
import { columnsOf } from "../../../../../lib/workbench/report/columns/columns_of.ts";
import { Messages } from "../../../../../lib/workbench/report/columns/messages.ts";
import { pack, unpack } from "../../../../../lib/workbench/report/columns/packed.ts";
import { byNode, byType, matrixOf, overTime } from "../../../../../lib/workbench/report/columns/traffic.ts";
import { fatesOf } from "../../../../../lib/workbench/report/values/fates.ts";
import { someRun } from "../../../../shared/some_run.ts";
import { brings, Story } from "./story.ts";

const nodes = ["n0", "n1", "n2"];
const nemesis = ["partition", "kill"] as const;
const settings = { nemesis, latencyMs: 20, nemesisIntervalS: 2, timeLimitS: 6, recoveryS: 1 };

test("columns come out of the page as they went in", () => {
  const run = someRun({ settings });
  const columns = columnsOf(run, fatesOf(run));
  assert.ok(columns.values.lost.length > 0 && columns.values.had.includes(-1), "something was lost");
  assert.deepEqual(unpack(pack(columns)), JSON.parse(JSON.stringify(columns)));
});

test("the messages of a stretch of time are those that were under way in it, also the slowest", () => {
  const { messages } = new Story()
    .sends("n0", "n1", [10, 20], brings())
    .sends("n0", "n1", [0, 100], brings())
    .sends("n0", "n1", [30, 40], brings())
    .sends("n0", "n1", [50, 60], brings()).told(nodes);
  const inView = (from: number, to: number) => {
    const [first, end] = messages.range({ from, to });
    return Array.from({ length: end - first }, (_, i) => messages.sentAt[first + i]);
  };
  assert.deepEqual(inView(25, 45), [0, 10, 30]);
  assert.deepEqual(inView(101, 200), [10, 30, 50], "the slowest takes 100 ms");
  assert.deepEqual(inView(-50, 0), []);
});

test("the sums over the messages are those of the results", () => {
  const run = someRun({ settings });
  const columns = columnsOf(run, fatesOf(run));
  const messages = new Messages(columns);
  const counted = Object.fromEntries(
    byType(messages, 3).map(({ type, count }) => [columns.types[type], count]),
  );
  const said = Object.entries(run.results.net["servers-by-type"]).map((
    [type, flow],
  ) => [type, flow["send-count"]]);
  // A message that is on its way in the end is over for nobody.
  for (const [type, count] of said) {
    assert.ok(Math.abs((counted[String(type)] ?? 0) - Number(count)) <= 8, String(type));
  }
  const total = (numbers: Iterable<number>) => [...numbers].reduce((sum, n) => sum + n, 0);
  assert.equal(total(matrixOf(messages, 5).counts), messages.count);
  assert.equal(total(byNode(messages, 5).map(({ sent }) => sent.bytes)), total(messages.bytes));
});

test("messages are counted by time, by node and by pair of nodes", () => {
  const { messages } = new Story()
    .sends("n0", "n1", [10, 20], brings("a"))
    .sends("n0", "n1", [60, 70], brings("a"), "partition")
    .sends("n1", "n2", [99, 100], brings("a")).told(nodes);
  assert.deepEqual(overTime(messages, 1, 100, 2), [[1, 2]]);
  assert.deepEqual([...matrixOf(messages, 3).counts], [0, 2, 0, 0, 0, 1, 0, 0, 0]);
  const loads = byNode(messages, 3).map(({ node, sent, received }) => [node, sent.count, received.count]);
  assert.deepEqual(loads, [[0, 2, 0], [1, 1, 1], [2, 0, 1]]);
});

test("types beyond TYPES_MAX are one", () => {
  const story = new Story();
  for (let i = 0; i < TYPES_MAX + 5; i++) story.sends("n0", "n1", [i, i], { type: `t${i}` });
  const { columns, messages } = story.told(nodes);
  assert.deepEqual([columns.types.length, columns.types.at(-1)], [TYPES_MAX, "other"]);
  assert.equal(byType(messages, TYPES_MAX).at(-1)?.count, 6);
});
