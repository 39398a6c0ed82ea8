/** Results by hand, and a run that had them, for whoever reports them. */
import assert from "node:assert/strict";
import { parseSim } from "../../../../lib/commands/config/exam/exam.ts";
import { judgedRun } from "../../../../lib/commands/exam/outcome.ts";
import type { JudgedRun } from "../../../../lib/commands/exam/report.ts";
import type { Results } from "../../../../lib/workbench/verdict/results.ts";
import { defaults } from "../../../../lib/workbench/settings.ts";

function flow(count: number, perOp = 0) {
  return { "send-count": count, "recv-count": count, "msg-count": count, "msgs-per-op": perOp };
}

const counts = { count: 10, "ok-count": 9, "fail-count": 0, "info-count": 1 };
export const spread = { "0": 0, "0.5": 1, "0.95": 2.25, "0.99": 3, "1": 450 };

/** Results as an examination gives them, by hand. */
export function results(changes: Partial<Results> = {}): Results {
  return {
    valid: true,
    failures: [],
    stats: { ...counts, valid: true, "by-f": { broadcast: counts, read: counts } },
    availability: { valid: true, "ok-fraction": 0.9 },
    net: {
      all: flow(40, 4),
      clients: flow(20),
      servers: flow(20, 2),
      "msgs-per-value": 4,
      "servers-by-type": { ack: flow(5, 0.5), delta: flow(15, 1.5) },
      mishaps: {},
      observer: flow(0),
      "late-replies": 0,
    },
    workload: {
      valid: true,
      "attempt-count": 5,
      "acknowledged-count": 4,
      "stable-count": 5,
      "stale-count": 1,
      stale: [3],
      "worst-stale": [],
      "lost-count": 0,
      lost: [],
      "never-read-count": 0,
      "never-read": [],
      "duplicated-count": 0,
      duplicated: [],
      "stable-latencies": spread,
      "lost-latencies": null,
      "phantom-count": 0,
      phantom: [],
      "partial-count": 0,
      partial: [],
      "not-in-final-read-count": 0,
      "not-in-final-read": [],
      "no-final-read": [],
      unanswered: [],
      "at-risk-count": 0,
      "forgiven-count": 0,
      forgiven: [],
      "rolled-back-count": 0,
      "rolled-back": [],
      disagreeing: [],
      "violation-count": 0,
      violations: [],
    },
    "true-latencies": spread,
    "observed-every-ms": 0,
    "everywhere-after-heal-ms": [{ "at-ms": 7300, fault: "partition", ms: 120, disturbed: false }],
    "during-cuts": {
      count: 0,
      "acknowledged-by": {},
      everywhere: null,
      reachable: null,
      "reachable-count": 0,
      "never-reachable-count": 0,
      "disturbed-count": 0,
    },
    nemesis: [
      { "at-ms": 0, fault: "partition", what: "start", detail: "one: n2 | n0,n1" },
      { "at-ms": 7300, fault: "partition", what: "stop", detail: "healed" },
    ],
    settings: defaults,
    seed: 1,
    "examiner-late-ms": 0,
    "time-ms": 30000,
    ...changes,
  };
}

export function runOf(found: Results, args: readonly string[] = [], replay?: string): JudgedRun {
  const parsed = parseSim(args, {});
  const exam = parsed.ok ? parsed.config.exams[0] : undefined;
  assert.ok(exam);
  return judgedRun({
    subject: "simulated nodes",
    exam,
    results: found,
    ...replay !== undefined && { replay },
  }, "sim");
}
