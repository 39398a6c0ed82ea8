/** `hearsay compare`: hearsay beside first solutions of others in the simulator, each with the same seeds. */
import {
  type Compared,
  type ComparedRun,
  type Comparison,
  tableOf,
} from "../workbench/report/comparison/comparison.ts";
import { comparisonHtml } from "../workbench/report/comparison/page.ts";
import { protocols as described } from "../workbench/reference/protocols.ts";
import type { ProtocolName } from "../workbench/settings.ts";
import { simulate } from "../workbench/world/sim.ts";
import { type CompareConfig, parseCompare } from "./config/exam/compare.ts";
import type { Exam } from "./config/exam/exam.ts";
import { compareCommand, replayCommand } from "./exam/describe.ts";
import { figureOf } from "./exam/figures.ts";
import { judgedRun, statusOf } from "./exam/outcome.ts";
import { headline, type JudgedRun, passed, reasons } from "./exam/report.ts";
import { caseOf, type OnCase, withTestCases } from "./exam/test_cases.ts";
import { columnsOf, type Io, printLines, refuse, yieldToEvents } from "./terminal/io.ts";
import { OutputFile } from "./terminal/output_file.ts";
import { type ProgressLine, progressOn, silent } from "./terminal/progress.ts";
import { table } from "./terminal/table.ts";

interface Row {
  readonly protocol: ProtocolName;
  /** One for each seed. */
  readonly runs: readonly JudgedRun[];
}

/** The exit status is that of hearsay's own row: the others are here to fail. */
export async function compare(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseCompare(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const { junit, json } = config;
  return await withTestCases(
    { suite: "hearsay compare", junit, json },
    io,
    (onCase) => compared(config, io, onCase),
  );
}

async function compared(config: CompareConfig, io: Io, onCase: OnCase): Promise<number> {
  const { report, json } = config;
  // Before the runs, so that nobody waits for a comparison that cannot be written.
  const file = report === undefined ? undefined : await OutputFile.open(report);
  try {
    const rows = await examinedAll(config, json ? silent : progressOn(io, () => performance.now()));
    const comparison = comparisonOf(rows, config);
    if (json) io.out(`${JSON.stringify(jsonOf(comparison, config))}\n`);
    else printLines(io, linesOf(comparison, rows, columnsOf(io)));
    await file?.write([comparisonHtml(comparison)]);
    if (file !== undefined) io.err(`Wrote ${report}: the comparison.\n`);
    const own = rows.at(-1)?.runs ?? [];
    for (const run of own) onCase(caseOf(run));
    return statusOf(own);
  } finally {
    await file?.close();
  }
}

async function examinedAll(config: CompareConfig, progress: ProgressLine): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [i, protocol] of config.protocols.entries()) {
    rows.push(await examined(protocol, config, `${i + 1} of ${config.protocols.length}`, progress));
  }
  progress.end();
  return rows;
}

async function examined(
  protocol: ProtocolName,
  { exam, seeds }: CompareConfig,
  which: string,
  progress: ProgressLine,
): Promise<Row> {
  const runs: JudgedRun[] = [];
  for (let i = 0; i < seeds; i++) {
    progress.update(`${protocol} (${which}): seed ${i + 1} of ${seeds}`);
    const seeded = examFor(protocol, exam, exam.settings.seed + i);
    const { settings, deliveryBudgetMs } = seeded;
    const results = simulate(settings, deliveryBudgetMs === undefined ? {} : { deliveryBudgetMs });
    const replay = replayCommand(seeded, settings.seed, []);
    runs.push(judgedRun({ subject: protocol, exam: seeded, results, replay }, "sim"));
    await yieldToEvents();
  }
  return { protocol, runs };
}

/** Hearsay alone can be told of a budget. */
function examFor(protocol: ProtocolName, exam: Exam, seed: number): Exam {
  const { deliveryBudgetMs: _, ...others } = exam;
  return protocol === "hearsay"
    ? { ...exam, settings: { ...exam.settings, seed } }
    : { ...others, settings: { ...exam.settings, protocol, seed } };
}

function comparisonOf(rows: readonly Row[], config: CompareConfig): Comparison {
  const { exam, seeds } = config;
  const { seed } = exam.settings;
  const which = seeds === 1 ? `, seed ${seed}` : `, seeds ${seed} to ${seed + seeds - 1}`;
  return {
    headline: headline("simulated nodes", exam, which),
    failures: rows.at(-1)?.runs.flatMap((run) => passed(run) ? [] : reasons(run).slice(0, 1)) ?? [],
    command: compareCommand(exam, config.protocols, seeds),
    protocols: rows.map(({ protocol, runs }): Compared => ({
      name: protocol,
      about: described[protocol].about,
      runs: runs.map(comparedOf),
    })),
  };
}

function comparedOf({ results }: JudgedRun): ComparedRun {
  const { seed, valid, failures, stats, net, workload } = results;
  const heals = results["everywhere-after-heal-ms"].length;
  return {
    ...{ seed, valid, why: failures[0] },
    ...{ operations: stats.count, answered: stats["ok-count"] },
    messagesPerOp: net.servers["msgs-per-op"],
    messagesPerValue: net["msgs-per-value"],
    ...{ stable: workload["stable-latencies"], trues: results["true-latencies"] },
    lost: workload["not-in-final-read-count"],
    afterHealsMs: heals === 0 ? undefined : figureOf(results, "heal"),
  };
}

function linesOf(
  { headline, failures, protocols }: Comparison,
  rows: readonly Row[],
  columns: number,
): string[] {
  const invalid = rows.flatMap(({ runs }) => runs).find(({ results }) => !results.valid);
  const isRange = rows.some(({ runs }) => runs.length > 1);
  return [
    ...[headline, "", ...table(tableOf(protocols), columns), ""],
    ...isRange ? ["Each figure is that of the middle seed; in brackets, the least and the most of all."] : [],
    "stable ms, true ms: median · maximum of the values that got everywhere.",
    "lost: acknowledged values that a node lacks at the end.",
    ...invalid === undefined ? [] : [`Why a run is not valid, as the first one: ${invalid.replay}`],
    ...failures.length === 0 ? [] : ["", "hearsay fails:", ...failures.map((why) => `  - ${why}`)],
  ];
}

/** For programs: every figure of every seed. What was never reached is null. */
function jsonOf({ protocols }: Comparison, { exam: { challenge, settings } }: CompareConfig): unknown {
  return { challenge: challenge?.name, settings, protocols: protocols.map(jsonOfProtocol) };
}

function jsonOfProtocol({ name: protocol, runs }: Compared): unknown {
  return {
    protocol,
    runs: runs.map((run) => ({
      ...{ seed: run.seed, valid: run.valid, why: run.why },
      ...{ operations: run.operations, "ok-count": run.answered },
      ...{ "msgs-per-op": run.messagesPerOp, "msgs-per-value": run.messagesPerValue },
      ...{ "stable-latencies": run.stable, "true-latencies": run.trues },
      ...{ "not-in-final-read-count": run.lost, "after-heals-ms": run.afterHealsMs },
    })),
  };
}
