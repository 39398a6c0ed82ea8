/** `hearsay test`: real processes of any Maelstrom broadcast node, or nodes that run already, in real time. */
import type { Results } from "../workbench/verdict/results.ts";
import type { ExaminationProgress } from "../workbench/progress.ts";
import type { Recorder } from "../workbench/report/recording.ts";
import type { ProcessOptions } from "../workbench/world/process.ts";
import type { Exam } from "./config/exam/exam.ts";
import { parseTest, type TestConfig } from "./config/exam/real.ts";
import { fail, type Io, refuse } from "./terminal/io.ts";
import { liveLine } from "./exam/live_line.ts";
import { judgedRun, printChallenges, printJson, printReport, statusOf } from "./exam/outcome.ts";
import { type ProgressLine, progressOn, silent } from "./terminal/progress.ts";
import { repeatCommand } from "./exam/describe.ts";
import { examineProcesses, ownProgram } from "./exam/processes.ts";
import { netLogTo } from "./exam/net_log.ts";
import { type Recorded, type RunFiles, withFiles } from "./exam/recorded.ts";
import { caseOf, type OnCase, withTestCases } from "./exam/test_cases.ts";
import type { JudgedRun } from "./exam/report.ts";
import { examineRunning } from "./exam/running.ts";

export async function test(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseTest(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const cases = { suite: "hearsay test", junit: config.wanted.junit, json: config.json };
  return await withTestCases(
    cases,
    io,
    (onCase) => withFiles(config.wanted, io, (files) => examined(config, io, files, onCase)),
  );
}

async function examined(config: TestConfig, io: Io, files: RunFiles, onCase: OnCase): Promise<number> {
  const progress = config.json ? silent : progressOn(io, () => performance.now());
  const runs: JudgedRun[] = [];
  for (const exam of config.exams) {
    const recorder = files.recorder();
    const command = repeatCommand(exam, config);
    const begun = { exam, subject: subject(exam, config), ...worldOf(config), command, recorder };
    const release = files.whileRunning(begun, io);
    const results = await resultsOf(exam, config, progress, io, recorder)
      .catch((error: unknown) => fail(io, error));
    release();
    progress.end();
    if (typeof results === "number") return results;
    const run = judgedRun({ subject: begun.subject, exam, results }, "test");
    files.offer({ ...begun, run });
    onCase(caseOf(run, command));
    runs.push(run);
  }
  print(runs, config, io);
  return statusOf(runs);
}

function worldOf({ running }: TestConfig): Pick<Recorded, "world" | "nodes"> {
  return running === undefined ? { world: "test" } : { world: "cluster", nodes: [...running.cluster.keys()] };
}

function resultsOf(
  exam: Exam,
  config: TestConfig,
  progress: ProgressLine,
  io: Io,
  recorder: Recorder | undefined,
): Promise<Results> {
  const { settings, challenge } = exam;
  if (config.running === undefined) {
    const onProgress = (now: ExaminationProgress) => progress.update(liveLine(now, challenge?.name));
    const netLog = netLogTo(io.err, config.wanted);
    return examineProcesses({ settings, program: programOf(exam, config, io), onProgress, recorder, netLog });
  }
  const onHealed = () => {
    progress.end();
    io.err("Healed.\n");
    return io.errDrained();
  };
  const onProgress = (now: ExaminationProgress) => progress.update(liveLine(now));
  return examineRunning({ settings, running: config.running, onProgress, recorder }, onHealed);
}

function programOf(exam: Exam, { bin, args, logStderr }: TestConfig, io: Io): ProcessOptions {
  const program = bin === undefined ? ownProgram(exam, args) : { bin, args };
  return { ...program, ...logStderr && { onStderr: (line) => io.err(`${line}\n`) } };
}

function print(runs: readonly JudgedRun[], config: TestConfig, io: Io): void {
  const [first, ...more] = runs;
  if (config.json) printJson(io, runs);
  else if (more.length > 0) printChallenges(io, runs.map((run) => [run]));
  else if (first !== undefined) printReport(io, first);
}

function subject({ settings: { protocol } }: Exam, { bin, running }: TestConfig): string {
  if (running !== undefined) return `the running nodes ${[...running.cluster.keys()].join(", ")}`;
  return `processes of ${bin ?? "hearsay"}${protocol === undefined ? "" : ` that run ${protocol}`}`;
}
