/** `hearsay test`: real processes of any Maelstrom broadcast node, or nodes that run already, in real time. */
import { Examination, type Progress as Snapshot } from "../workbench/examination.ts";
import { itself, processHosts, type ProcessOptions } from "../workbench/world/process.ts";
import type { Results } from "../workbench/verdict/results.ts";
import { RealScheduler } from "../workbench/world/scheduler.ts";
import type { Settings } from "../workbench/settings.ts";
import type { Exam } from "./config/exam.ts";
import { parseTest, type TestConfig } from "./config/real.ts";
import { type Io, refuse } from "./terminal/io.ts";
import { fail } from "./partition.ts";
import { judgedRun, printChallenges, printJson, printReport, statusOf } from "./exam/outcome.ts";
import { type Progress, progressOn, silent } from "./terminal/progress.ts";
import type { Run } from "./exam/report.ts";
import { runRunning } from "./exam/running.ts";

export async function test(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseTest(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const progress = config.json ? silent : progressOn(io, () => performance.now());
  const runs: Run[] = [];
  for (const exam of config.exams) {
    const results = await resultsOf(exam, config, progress, io).catch((error: unknown) => fail(io, error));
    progress.end();
    if (typeof results === "number") return results;
    runs.push(judgedRun({ subject: subject(config), exam, results }, "test"));
  }
  print(runs, config, io);
  return statusOf(runs);
}

function resultsOf(exam: Exam, config: TestConfig, progress: Progress, io: Io): Promise<Results> {
  const { settings, challenge } = exam;
  if (config.reach === undefined) {
    return runReal(settings, programOf(exam, config, io), progress, challenge?.name);
  }
  const onProgress = (snapshot: Snapshot) => progress.update(liveLine(snapshot, undefined));
  const onHealed = () => {
    progress.end();
    io.err("Healed.\n");
    return io.errDrained();
  };
  return runRunning(settings, config.reach, onProgress, onHealed);
}

/** One examination in real time; resolves when every process is gone. */
export async function runReal(
  settings: Settings,
  program: ProcessOptions,
  progress: Progress,
  name?: string,
): Promise<Results> {
  const hosts = processHosts(program);
  const onProgress = (snapshot: Snapshot) => progress.update(liveLine(snapshot, name));
  const scheduler = new RealScheduler();
  const results = await new Promise<Results>((resolve) => {
    new Examination({ settings, scheduler, hosts, seesInside: false, onProgress }).start(resolve);
  });
  scheduler.close();
  await hosts.stopped();
  return results;
}

/** Our own node, told of a budget if there is one. */
export function ownProgram(
  deliveryBudgetMs: number | undefined,
  args: readonly string[] = [],
): ProcessOptions {
  const { bin, args: first } = itself();
  const budget = deliveryBudgetMs === undefined ? [] : ["--delivery-budget", String(deliveryBudgetMs)];
  return { bin, args: [...first, ...budget, ...args] };
}

function programOf(exam: Exam, { bin, args, logStderr }: TestConfig, io: Io): ProcessOptions {
  const program = bin === undefined ? ownProgram(exam.deliveryBudgetMs, args) : { bin, args };
  return { ...program, ...logStderr && { onStderr: (line) => io.err(`${line}\n`) } };
}

function print(runs: readonly Run[], config: TestConfig, io: Io): void {
  const [first, ...more] = runs;
  if (config.json) printJson(io, runs);
  else if (more.length > 0) printChallenges(io, runs.map((run) => [run]));
  else if (first !== undefined) printReport(io, first);
}

function subject({ bin, reach }: TestConfig): string {
  if (reach !== undefined) return `the running nodes ${[...reach.cluster.keys()].join(", ")}`;
  return `processes of ${bin ?? "hearsay"}`;
}

function liveLine(snapshot: Snapshot, name: string | undefined): string {
  const { phase, elapsedS, totalS, ops, acknowledged, messages, faults } = snapshot;
  const head = name === undefined ? "" : `${name}  `;
  // The clock of a test begins when all nodes are up.
  if (phase === "setup") return `${head}${phaseWords.setup}`;
  const time = `${Math.min(elapsedS, totalS).toFixed(0).padStart(2)} of ${totalS} s`;
  const now = faults.length > 0 ? faults.join(" and ") : phaseWords[phase];
  return `${head}${time}  ${now}: ${ops} operations, ${acknowledged} values, ${messages} messages`;
}

const phaseWords: Readonly<Record<Snapshot["phase"], string>> = {
  setup: "bringing up the nodes",
  main: "no fault",
  recovery: "resting",
  final: "last reads",
  done: "done",
};
