/** Runs a property so that a run is the same every time, and a failure says how to have it again. */
import process from "node:process";
import fc from "fast-check";

/** Set these to search elsewhere, to go back to one counterexample, or to search longer. */
const { HEARSAY_SEED, HEARSAY_PATH, HEARSAY_RUNS } = process.env;

/** Fails with the smallest counterexample found in `runs` tries, and with the command that finds it at once. */
export function holds<Ts>(property: fc.IRawProperty<Ts>, runs: number): void {
  fc.assert(property, {
    seed: Number(HEARSAY_SEED ?? 1),
    numRuns: runs * Number(HEARSAY_RUNS ?? 1),
    ...(HEARSAY_PATH === undefined ? {} : { path: HEARSAY_PATH }),
    reporter: report,
  });
}

function report<Ts>(run: fc.RunDetails<Ts>): void {
  if (!run.failed) return;
  const again = `HEARSAY_SEED=${run.seed} HEARSAY_PATH=${run.counterexamplePath ?? ""}`;
  const cause = run.errorInstance instanceof Error ? run.errorInstance : undefined;
  throw new Error(`${fc.defaultReportMessage(run)}\nAgain: ${again} before the command of this test file`, {
    cause,
  });
}
