/** `hearsay sim`: nodes in this process on a simulated network, for one seed or many. */
import { type SimOptions, simulate } from "../workbench/world/sim.ts";
import { type Exam, parseSim, type SimConfig } from "./config/exam/exam.ts";
import { replayCommand } from "./exam/describe.ts";
import { netLogTo, printLog } from "./exam/net_log.ts";
import { type RunFiles, withFiles } from "./exam/recorded.ts";
import { caseOf, type OnCase, withTestCases } from "./exam/test_cases.ts";
import { type Io, printLines, refuse, yieldToEvents } from "./terminal/io.ts";
import {
  judgedRun,
  printChallenges,
  printJson,
  printReport,
  printSeedLine,
  printSeeds,
  statusOf,
} from "./exam/outcome.ts";
import { headline, type JudgedRun } from "./exam/report.ts";

/** The listeners that are told of each run. */
interface Told {
  readonly files: RunFiles;
  readonly onCase: OnCase;
}

export async function sim(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseSim(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const cases = { suite: "hearsay sim", junit: config.wanted.junit, json: config.json };
  return await withTestCases(
    cases,
    io,
    (onCase) => withFiles(config.wanted, io, (files) => examined(config, io, { files, onCase })),
  );
}

async function examined(config: SimConfig, io: Io, told: Told): Promise<number> {
  if (config.exams.length > 1 || config.json) return await many(config, io, told);
  const [exam] = config.exams;
  if (exam === undefined) return statusOf([]);
  if (config.seeds > 1) return await seeds(exam, config, io, told);
  const run = await recorded(exam, exam.settings.seed, config, io, told);
  printReport(io, { ...run, ...intact(exam, exam.settings.seed, config) });
  return statusOf([run]);
}

async function seeds(exam: Exam, config: SimConfig, io: Io, told: Told): Promise<number> {
  const runs: JudgedRun[] = [];
  printLines(io, [headline(subject(exam, config), exam, `, ${config.seeds} seeds`), ""]);
  for (const seed of seedsFrom(exam, config)) {
    const run = await recorded(exam, seed, config, io, told);
    printSeedLine(io, run);
    runs.push({ ...run, ...intact(exam, seed, config) });
    await yieldToEvents();
  }
  printSeeds(io, runs);
  return statusOf(runs);
}

async function many(config: SimConfig, io: Io, told: Told): Promise<number> {
  const groups: JudgedRun[][] = [];
  for (const exam of config.exams) {
    const runs: JudgedRun[] = [];
    for (const seed of seedsFrom(exam, config)) {
      runs.push(await recorded(exam, seed, config, io, told));
      await yieldToEvents();
    }
    groups.push(runs);
  }
  if (config.json) printJson(io, groups.flat());
  else printChallenges(io, groups);
  return statusOf(groups.flat());
}

async function recorded(
  exam: Exam,
  seed: number,
  config: SimConfig,
  io: Io,
  told: Told,
): Promise<JudgedRun> {
  const recorder = told.files.recorder();
  const log: string[] = [];
  const netLog = netLogTo((line) => void log.push(line), config.wanted);
  const run = simulated(exam, seed, config, { recorder, netLog });
  await printLog(log, io);
  told.files.offer({ run, world: "sim", recorder });
  told.onCase(caseOf(run));
  return run;
}

export function simulated(
  exam: Exam,
  seed: number,
  config: Pick<SimConfig, "without">,
  watching: Pick<SimOptions, "recorder" | "netLog"> = {},
): JudgedRun {
  const seeded: Exam = { ...exam, settings: { ...exam.settings, seed } };
  const budget = exam.deliveryBudgetMs === undefined ? {} : { deliveryBudgetMs: exam.deliveryBudgetMs };
  const results = simulate(seeded.settings, { ...budget, ...watching, without: config.without });
  const replay = replayCommand(seeded, seed, config.without);
  return judgedRun({ subject: subject(exam, config), exam: seeded, results, replay }, "sim");
}

/** The same run with nothing switched off, where something is. */
function intact(exam: Exam, seed: number, config: SimConfig): Pick<JudgedRun, "intact"> {
  return config.without.length === 0
    ? {}
    : { intact: simulated(exam, seed, { ...config, without: [] }).results };
}

function subject({ settings: { protocol } }: Exam, { without }: Pick<SimConfig, "without">): string {
  const nodes = protocol === undefined ? "simulated nodes" : `simulated nodes that run ${protocol}`;
  return without.length === 0 ? nodes : `${nodes} without ${without.join(", ")}`;
}

function seedsFrom(exam: Exam, { seeds }: SimConfig): number[] {
  return Array.from({ length: seeds }, (_, i) => exam.settings.seed + i);
}
