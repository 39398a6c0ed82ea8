/** `hearsay hunt`: aims faults at nodes until a run fails, and makes the failure as small as it gets. */
import { availableParallelism } from "node:os";
import type { Case } from "../../workbench/hunt/case.ts";
import { settingsOf } from "../../workbench/hunt/case.ts";
import { type Ground, Hunt, type HuntOutcome } from "../../workbench/hunt/hunt.ts";
import { simulate } from "../../workbench/world/sim.ts";
import { type HuntConfig, parseHunt } from "../config/exam/hunt.ts";
import { repeatCommand, replayCommand } from "../exam/describe.ts";
import { foundLines, huntJson, huntLine } from "./report.ts";
import { judgedRun } from "../exam/outcome.ts";
import { examineProcesses } from "../exam/processes.ts";
import type { JudgedRun } from "../exam/report.ts";
import { fail, FAILED, type Io, OK, paintFor, printLines, refuse, yieldToEvents } from "../terminal/io.ts";
import { progressOn, silent } from "../terminal/progress.ts";

/** Processes at once for each core: nodes mostly wait. A guess. */
const NODES_PER_CORE = 10;

export async function hunt(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseHunt(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const { seed, faults, nodeCount, budgetS, recoveryS } = config;
  const progress = config.json ? silent : progressOn(io, () => performance.now());
  const outcome = await new Hunt({
    ...{ seed, faults, nodeCount, recoveryS, budgetMs: budgetS * 1000, ground: groundOf(config) },
    now: () => performance.now(),
    onProgress: (now) => progress.update(huntLine(now, budgetS)),
  }).run().catch((error: unknown) => fail(io, error));
  progress.end();
  if (typeof outcome === "number") return outcome;
  const run = runOf(outcome, config);
  if (config.json) io.out(`${JSON.stringify(huntJson(outcome, run))}\n`);
  else printLines(io, foundLines(outcome, run, paintFor(io)));
  return run === undefined ? OK : FAILED;
}

function groundOf({ bin, args, ...config }: HuntConfig): Ground {
  if (bin === undefined) return simulated(config);
  return {
    nodesAtOnce: NODES_PER_CORE * availableParallelism(),
    isCertain: false,
    latenciesMs: [0, 0, 10, 50],
    run: (tried, recoveryS) =>
      examineProcesses({
        ...{ settings: settingsOf(tried, recoveryS, config.seed), program: { bin, args } },
        ...{ hurried: true, loads: true },
        onProgress: () => {},
      }),
  };
}

function simulated({ seed, ...config }: Omit<HuntConfig, "bin" | "args">): Ground {
  const { deliveryBudgetMs, without } = config;
  return {
    ...{ nodesAtOnce: 1, isCertain: true, latenciesMs: [0, 20, 100] },
    async run(tried, recoveryS) {
      await yieldToEvents();
      return simulate(
        { ...settingsOf(tried, recoveryS, seed), ...config.durable && { durable: true } },
        { ...deliveryBudgetMs !== undefined && { deliveryBudgetMs }, without, loads: true },
      );
    },
  };
}

/** The smallest run that failed, as if it had been asked for. */
function runOf({ found }: HuntOutcome, config: HuntConfig): JudgedRun | undefined {
  if (found === undefined) return undefined;
  const exam = examOf(found.case, config);
  const { bin, args, seed, without } = config;
  const replay = bin === undefined ? replayCommand(exam, seed, without) : repeatCommand(exam, { bin, args });
  const subject = bin === undefined ? "simulated nodes" : `processes of ${bin}`;
  return judgedRun({ subject, exam, results: found.results, replay }, bin === undefined ? "sim" : "test");
}

function examOf(found: Case, { recoveryS, seed, durable, deliveryBudgetMs }: HuntConfig): JudgedRun["exam"] {
  const settings = { ...settingsOf(found, recoveryS, seed), ...durable && { durable } };
  return { settings, ...deliveryBudgetMs !== undefined && { deliveryBudgetMs } };
}
