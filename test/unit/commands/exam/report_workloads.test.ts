/** What people read of a run that is no broadcast. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSim } from "../../../../lib/commands/config/exam/exam.ts";
import { judgedRun } from "../../../../lib/commands/exam/outcome.ts";
import { reportLines } from "../../../../lib/commands/exam/report.ts";
import { paintFor } from "../../../../lib/commands/terminal/io.ts";
import { simulate } from "../../../../lib/workbench/world/sim.ts";
import type { SimHosts } from "../../../../lib/workbench/world/sim.ts";
import { listen } from "../../../shared/io.ts";
import { configOf } from "../config/parsed.ts";
import { eventNodes } from "../../../sim/workloads/event_nodes.ts";
import { keyNodes } from "../../../sim/workloads/key_nodes.ts";
import { counters, echoes, generators } from "../../../sim/workloads/nodes.ts";

const plain = paintFor(listen().io);

/** Of two nodes that run for 3 s: the lines that begin so, and the verdict. */
function report(
  workload: string,
  beginnings: readonly string[],
  hosts?: SimHosts,
  ...more: string[]
): string[] {
  const few = ["--node-count", "2", "--time-limit", "3", "--recovery", "2"];
  const [exam] = configOf(parseSim(["-w", workload, ...few, ...more], {})).exams;
  assert.ok(exam);
  const results = simulate(exam.settings, {}, hosts);
  const lines = reportLines(judgedRun({ subject: "simulated nodes", exam, results }, "sim"), plain);
  const said = ["Workload ", ...beginnings.map((label) => `  ${label} `), "PASS", "FAIL", "  - "];
  return lines.filter((line) => said.some((start) => line.startsWith(start)));
}

test("a report says which workload it was, counts its operations, and why it is valid", () => {
  const labels = ["operations", "values", "echoes", "ids", "sum"];
  const head = (workload: string) =>
    `Workload ${workload}: 2 nodes, 10 operations a second for 3 s, no latency, no faults, simulated nodes.`;
  assert.deepEqual(report("echo", labels), [
    head("echo"),
    "  operations        29 (29 echoes): 29 answered",
    "  echoes            29 asked, 29 came back as they were",
    "PASS  Valid: every echo is what was asked.",
  ]);
  assert.deepEqual(report("unique-ids", labels), [
    head("unique-ids"),
    "  operations        35 (35 ids): 35 answered",
    "  ids               35 asked, 35 given, all different",
    "PASS  Valid: no id was given twice.",
  ]);
  assert.deepEqual(report("g-set", labels), [
    head("g-set"),
    "  operations        32 (16 additions, 16 reads): 32 answered",
    "  values            16 added, 16 acknowledged, 16 stable",
    "PASS  Valid: every acknowledged value is read once at every node, and no other.",
  ]);
  assert.deepEqual(report("pn-counter", labels), [
    head("pn-counter"),
    "  operations        31 (14 additions, 17 reads): 31 answered",
    "  sum               -10 in the final reads, -10 possible",
    "PASS  Valid: all final reads are one sum, which the additions make.",
  ]);
});

test("only values have latencies, heals and times during cuts", () => {
  const labels = ["stable latency", "true latency", "during cuts", "after heals"];
  assert.equal(report("g-set", labels, undefined, "--nemesis", "partition").length, 2 + labels.length);
  assert.equal(report("g-counter", labels, undefined, "--nemesis", "partition").length, 2);
});

test("a report says what is wrong with the run of each workload", () => {
  const last = (lines: readonly string[]) => lines.slice(1);
  assert.deepEqual(last(report("unique-ids", ["ids"], generators["null to everybody"])), [
    "  ids               35 asked, 35 given, 1 of them more than once",
    "FAIL  Not valid:",
    "  - Repeated: 1 id was given more than once: null (35 times, by n0, n1).",
  ]);
  const [echo] = last(report("echo", ["echoes"], echoes["answers what was asked before"]));
  assert.equal(echo, "  echoes            29 asked, 0 came back as they were, 29 did not");
  const [sum] = last(report("g-counter", ["sum"], counters["keeps the largest sum"]));
  assert.match(sum ?? "", /^ {2}sum {15}\d+ in the final reads, \d+ possible$/);
});

test("a report of topics and keys counts what was told, and what is wrong with it", () => {
  const labels = ["operations", "events", "keys"];
  assert.deepEqual(report("events", labels, eventNodes.right).slice(1), [
    "  operations        35 (17 events, 18 reads): 35 answered",
    "  events            13 told, 13 acknowledged, 4 times once more",
    "PASS  Valid: every acknowledged event is read once at every node, in its topic alone.",
  ]);
  assert.deepEqual(report("keys", labels, keyNodes.right, "--rate", "50").slice(1), [
    "  operations        152 (62 puts, 15 deletions, 75 gets): 152 answered",
    "  keys              53 put, 15 deleted, 68 acknowledged",
    "PASS  Valid: all nodes give the same for every key, which nothing overwrote.",
  ]);
  const [, , mixed] = report("events", labels, eventNodes["has no topics"]);
  assert.match(mixed ?? "", /, 4 times once more, \d+ messages repeated, \d+ messages astray$/);
  const [, , last, , ...reasons] = report("keys", labels, keyNodes["the last to arrive"], "--rate", "50");
  assert.match(
    last ?? "",
    /, 3 keys on which nodes disagree, 3 overwritten values in the end, \d+ steps back$/,
  );
  assert.match(
    reasons[1] ?? "",
    /exam\/a is 60 at n1, 5\.0 s, which \{"n":61\} overwrote; .* a deletion overwrote/,
  );
});
