/** Says what a hunt has come to: a live line, what was found and how to see it again, and the same as JSON. */
import { type Case, faultsIn, operationsIn } from "../../workbench/hunt/case.ts";
import type { HuntOutcome, HuntProgress } from "../../workbench/hunt/options.ts";
import { printAction, printScript } from "../../workbench/script/script.ts";
import type { Paint } from "../terminal/io.ts";
import { type JudgedRun, reasons } from "../exam/report.ts";

export function huntLine({ phase, elapsedMs, runs, aim, smallest }: HuntProgress, budgetS: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  if (phase === "hunting") return `${seconds} of ${budgetS} s  run ${runs + 1}: ${aim}`;
  if (phase === "confirming" || smallest === undefined) {
    return `${seconds} s  run ${runs}: does it fail again?`;
  }
  return `${seconds} s  run ${runs}: making it smaller: ${sizeOf(smallest)}`;
}

export function foundLines(outcome: HuntOutcome, run: JudgedRun | undefined, paint: Paint): string[] {
  const { found, runs, huntMs, shrinkMs } = outcome;
  if (found === undefined || run === undefined) {
    return [`${paint.good("PASS")}  Nothing found in ${seconds(huntMs)} and ${runs} runs.`];
  }
  const made = found.case === found.first
    ? "It could not be made smaller"
    : `Made smaller in ${seconds(shrinkMs)}, from ${sizeOf(found.first)}`;
  return [
    `${paint.bad("FAIL")}  Found in ${seconds(huntMs)} by ${found.aim}. ${made}. ${runs} runs.`,
    "",
    `${capital(sizeOf(found.case))}: ${
      found.of === 1 ? "fails always" : `fails ${found.failed} of ${found.of} times`
    }.`,
    ...found.case.script.map((action) => `  ${printAction(action)}`),
    "",
    ...reasons(run).map((reason) => `- ${reason.replaceAll("\n", "\n  ")}`),
    "",
    "Run it again:",
    `  ${run.replay}`,
  ];
}

export function huntJson(outcome: HuntOutcome, run: JudgedRun | undefined): unknown {
  const { found, rounds, runs, huntMs, shrinkMs } = outcome;
  const spent = { rounds, runs, "hunt-ms": Math.round(huntMs), "shrink-ms": Math.round(shrinkMs) };
  if (found === undefined || run === undefined) return { found: false, ...spent };
  return {
    found: true,
    ...spent,
    aim: found.aim,
    ...caseJson(found.case),
    first: caseJson(found.first),
    "failed-count": found.failed,
    "of-count": found.of,
    failures: reasons(run),
    command: run.replay,
    results: found.results,
  };
}

function caseJson(each: Case): Record<string, unknown> {
  return {
    "node-count": each.nodeCount,
    "operation-count": operationsIn(each),
    "fault-count": faultsIn(each),
    "latency-ms": each.latencyMs,
    script: printScript(each.script),
  };
}

/** "2 nodes, 3 operations, 1 fault" */
function sizeOf(each: Case): string {
  const counted = [[each.nodeCount, "node"], [operationsIn(each), "operation"], [
    faultsIn(each),
    "fault",
  ]] as const;
  return counted.map(([count, what]) => `${count} ${what}${count === 1 ? "" : "s"}`).join(", ");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
