/** Runs as the test cases of whoever reads JUnit's XML or GitHub's annotations: each run that decides is one. */
import { fail, type Io } from "../terminal/io.ts";
import { annotations, junitXml, type TestCase } from "../terminal/junit.ts";
import { OutputFile } from "../terminal/output_file.ts";
import { headline, type JudgedRun, reasons } from "./report.ts";

export interface TestCasesOptions {
  /** "hearsay sim" */
  readonly suite: string;
  /** The file; absent where nobody asks for one. */
  readonly junit: string | undefined;
  /** Standard output is for JSON alone. */
  readonly json: boolean;
}

/** Takes each case once it is over. */
export type OnCase = (over: TestCase) => void;

/** Examines, then writes the file and the annotations; resolves to the exit status. */
export async function withTestCases(
  { suite, junit, json }: TestCasesOptions,
  io: Io,
  examine: (onCase: OnCase) => Promise<number>,
): Promise<number> {
  const cases: TestCase[] = [];
  let file: OutputFile | undefined;
  try {
    // Before the run, so that nobody waits for a run that cannot be written.
    file = junit === undefined ? undefined : await OutputFile.open(junit);
    const status = await examine((over) => void cases.push(over));
    await file?.write(junitXml(suite, cases));
    if (io.env["GITHUB_ACTIONS"] === "true") {
      // GitHub reads both.
      for (const line of annotations(suite, cases)) (json ? io.err : io.out)(`${line}\n`);
    }
    return status;
  } catch (error) {
    return fail(io, error);
  } finally {
    await file?.close();
  }
}

/** "5 nodes, …, simulated nodes, seed 3"; `command` runs it again, by default what gives the same. */
export function caseOf(run: JudgedRun, command = run.replay): TestCase {
  const { subject, exam, results } = run;
  const name = headline(subject, exam, `, seed ${results.seed}`, results.watched).replace(/\.$/, "");
  return { name, timeMs: results["time-ms"], reasons: reasons(run), command };
}
