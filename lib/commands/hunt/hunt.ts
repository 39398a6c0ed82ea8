/** `hearsay hunt`: aims faults at nodes until a run fails, and makes the failure as small as it gets. */
import { faultsFound } from "../../workbench/hunt/case.ts";
import { Hunt } from "../../workbench/hunt/hunt.ts";
import type { Find } from "../../workbench/hunt/options.ts";
import type { Results } from "../../workbench/verdict/results.ts";
import { type HuntConfig, parseHunt } from "../config/exam/hunt.ts";
import { repeatCommand, replayCommand } from "../exam/describe.ts";
import { judgedRun } from "../exam/outcome.ts";
import { type RunFiles, withFiles } from "../exam/recorded.ts";
import type { JudgedRun } from "../exam/report.ts";
import { caseOf, type OnCase, withTestCases } from "../exam/test_cases.ts";
import { FAILED, type Io, OK, paintFor, printLines, refuse } from "../terminal/io.ts";
import { progressOn, silent } from "../terminal/progress.ts";
import { groundOf, runCase, settingsIn } from "./ground.ts";
import { foundLines, huntJson, huntLine } from "./report.ts";

/** A case that fails now and then is run so often at most, to be recorded while it fails. */
const RECORDED_TRIES = 5;

export async function hunt(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseHunt(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const cases = { suite: "hearsay hunt", junit: config.wanted.junit, json: config.json };
  return await withTestCases(
    cases,
    io,
    (onCase) => withFiles(config.wanted, io, (files) => hunted(config, io, files, onCase)),
  );
}

async function hunted(config: HuntConfig, io: Io, files: RunFiles, onCase: OnCase): Promise<number> {
  const { seed, faults, nodeCount, budgetS, recoveryS } = config;
  const progress = config.json ? silent : progressOn(io, () => performance.now());
  const outcome = await new Hunt({
    ...{ seed, faults, nodeCount, recoveryS, budgetMs: budgetS * 1000, ground: groundOf(config) },
    now: () => performance.now(),
    onProgress: (now) => progress.update(huntLine(now, budgetS)),
  }).run();
  const { found, huntMs, shrinkMs } = outcome;
  if (found !== undefined) await record(found, config, files);
  progress.end();
  const run = found && runOf(found, found.results, config);
  if (config.json) io.out(`${JSON.stringify(huntJson(outcome, run))}\n`);
  else printLines(io, foundLines(outcome, run, paintFor(io)));
  const said = run === undefined ? { reasons: [] } : caseOf(run);
  onCase({ ...said, name: `${subjectOf(config)}, seed ${seed}`, timeMs: huntMs + shrinkMs });
  return run === undefined ? OK : FAILED;
}

/** Runs it once more for the files that are wanted; until it fails, if it does not always. */
async function record(found: Find, config: HuntConfig, files: RunFiles): Promise<void> {
  for (let left = RECORDED_TRIES; left > 0; left--) {
    const recorder = files.recorder();
    if (recorder === undefined) return;
    const results = await runCase(settingsIn(config, found.case), config, recorder);
    const world = config.bin === undefined ? "sim" : "test";
    files.offer({ run: runOf(found, results, config), world, recorder });
    if (faultsFound(results).length > 0) return;
  }
}

/** A run of the smallest case that fails, as if it had been asked for. */
function runOf(found: Find, results: Results, config: HuntConfig): JudgedRun {
  const { bin, args, seed, without, deliveryBudgetMs } = config;
  const settings = settingsIn(config, found.case);
  const exam = { settings, ...deliveryBudgetMs !== undefined && { deliveryBudgetMs } };
  const replay = bin === undefined ? replayCommand(exam, seed, without) : repeatCommand(exam, { bin, args });
  return judgedRun({ subject: subjectOf(config), exam, results, replay }, bin === undefined ? "sim" : "test");
}

function subjectOf({ bin, protocol }: HuntConfig): string {
  if (bin !== undefined) return `processes of ${bin}`;
  return protocol === undefined ? "simulated nodes" : `simulated nodes that run ${protocol}`;
}
