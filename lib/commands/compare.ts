/** `hearsay compare`: hearsay beside first solutions of others in the simulator, each with the same seeds. */
import type { ProtocolName } from "../workbench/settings.ts";
import type { Results } from "../workbench/verdict/results.ts";
import { simulate } from "../workbench/world/sim.ts";
import { type CompareConfig, parseCompare } from "./config/exam/compare.ts";
import type { Exam } from "./config/exam/exam.ts";
import { replayCommand } from "./exam/describe.ts";
import { figureOf, figureText } from "./exam/figures.ts";
import { judgedRun, statusOf, table } from "./exam/outcome.ts";
import { headline, type JudgedRun, passed, reasons } from "./exam/report.ts";
import type { Figure } from "./exam/targets.ts";
import { type Io, printLines, refuse, yieldToEvents } from "./terminal/io.ts";
import { type ProgressLine, progressOn, silent } from "./terminal/progress.ts";

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
  const progress = config.json ? silent : progressOn(io, () => performance.now());
  const rows: Row[] = [];
  for (const [i, protocol] of config.protocols.entries()) {
    rows.push(await examined(protocol, config, `${i + 1} of ${config.protocols.length}`, progress));
  }
  progress.end();
  if (config.json) io.out(`${JSON.stringify(jsonOf(rows, config))}\n`);
  else printLines(io, linesOf(rows, config));
  return statusOf(rows.at(-1)?.runs ?? []);
}

async function examined(
  protocol: ProtocolName,
  { exam, seeds }: CompareConfig,
  which: string,
  progress: ProgressLine,
): Promise<Row> {
  const runs: JudgedRun[] = [];
  const { settings: { protocol: _, ...settings }, deliveryBudgetMs, ...rest } = exam;
  const budget = deliveryBudgetMs === undefined ? {} : { deliveryBudgetMs };
  for (let i = 0; i < seeds; i++) {
    progress.update(`${protocol} (${which}): seed ${i + 1} of ${seeds}`);
    const own = { ...settings, ...protocol !== "hearsay" && { protocol }, seed: settings.seed + i };
    const seeded: Exam = { ...rest, ...budget, settings: own };
    const replay = replayCommand(seeded, own.seed, []);
    runs.push(judgedRun({ subject: protocol, exam: seeded, results: simulate(own, budget), replay }, "sim"));
    await yieldToEvents();
  }
  return { protocol, runs };
}

function linesOf(rows: readonly Row[], { exam, seeds }: CompareConfig): string[] {
  const { seed } = exam.settings;
  const which = seeds === 1 ? `, seed ${seed}` : `, seeds ${seed} to ${seed + seeds - 1}`;
  const head = [
    "protocol",
    "valid",
    "operations",
    "msgs/op",
    "stable ms",
    "true ms",
    "lost",
    "after heals ms",
  ];
  const failures = rows.at(-1)?.runs.flatMap((run) => passed(run) ? [] : reasons(run).slice(0, 1)) ?? [];
  const invalid = rows.flatMap(({ runs }) => runs).find(({ results }) => !results.valid);
  return [
    headline("simulated nodes", exam, which),
    "",
    ...table([head, ...rows.map(cellsOf)]),
    "",
    ...seeds === 1
      ? []
      : ["Each figure is that of the middle seed; in brackets, the least and the most of all."],
    "stable ms, true ms: median · maximum of the values that got everywhere.",
    "lost: acknowledged values that a node lacks at the end.",
    ...invalid === undefined ? [] : [`Why a run is not valid, as the first one: ${invalid.replay}`],
    ...failures.length === 0 ? [] : ["", "hearsay fails:", ...failures.map((why) => `  - ${why}`)],
  ];
}

function cellsOf({ protocol, runs }: Row): string[] {
  const results = runs.map((run) => run.results);
  const figure = (name: Figure) => middleOf(results, name);
  const trueMedian = middle(results.map((each) => each["true-latencies"]?.["0.5"] ?? Infinity));
  return [
    protocol,
    `${results.filter(({ valid }) => valid).length} of ${runs.length}`,
    rangeText(results.map(({ stats }) => stats.count), String),
    rangeText(results.map(({ net }) => net.servers["msgs-per-op"]), (value) => value.toFixed(2)),
    `${figure("median")} · ${figure("max")}`,
    `${figureText("true-max", trueMedian)} · ${figure("true-max")}`,
    rangeText(results.map(({ workload }) => workload["not-in-final-read-count"]), String),
    results.some((each) => each["everywhere-after-heal-ms"].length > 0) ? figure("heal") : "–",
  ];
}

/** A value that never got so far is late without end. */
function middleOf(results: readonly Results[], figure: Figure): string {
  return figureText(figure, middle(results.map((each) => figureOf(each, figure) ?? Infinity)));
}

function rangeText(values: readonly number[], textOf: (value: number) => string): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const said = textOf(middle(values));
  return least === most ? said : `${said} (${textOf(least)}–${textOf(most)})`;
}

/** As quantiles are taken everywhere: the element behind the first half. */
function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
}

/** For programs: every figure of every seed. What was never reached is null. */
function jsonOf(rows: readonly Row[], { exam: { challenge, settings } }: CompareConfig): unknown {
  return {
    challenge: challenge?.name,
    settings,
    protocols: rows.map(({ protocol, runs }) => ({ protocol, runs: runs.map(jsonOfRun) })),
  };
}

function jsonOfRun({ results }: JudgedRun): unknown {
  const { seed, valid, failures, stats, net, workload } = results;
  return {
    seed,
    valid,
    failures,
    operations: stats.count,
    "ok-count": stats["ok-count"],
    "msgs-per-op": net.servers["msgs-per-op"],
    "msgs-per-value": net["msgs-per-value"],
    "stable-latencies": workload["stable-latencies"],
    "true-latencies": results["true-latencies"],
    "not-in-final-read-count": workload["not-in-final-read-count"],
    "lost-count": workload["lost-count"],
    "after-heals-ms": figureOf(results, "heal"),
  };
}
