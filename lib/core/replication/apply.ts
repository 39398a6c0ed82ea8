/** Takes what a message brings into the log [L2] [E1]. */
import type { Log } from "../log/log.ts";
import type { Run, Runs } from "../log/runs.ts";
import type { Progress } from "./progress.ts";

/** Takes in entries, but none of the origin `own`, and returns those that are new. The peer that brought them holds them. */
export function applyRuns(
  log: Log,
  own: string,
  told: Runs | undefined,
  now: number,
  peer?: Progress,
): readonly Run[] {
  const fresh: Run[] = [];
  for (const run of told?.runs ?? []) {
    const { origin, seq, texts } = run;
    const last = seq + texts.length - 1;
    // Nobody knows more of this node's own entries than itself, and nobody counts that far.
    if (
      origin === own || log.retired.covers(origin) || texts.length === 0 || last >= Number.MAX_SAFE_INTEGER
    ) continue;
    fresh.push(...log.addRun(run, now));
    peer?.holdings.add(origin, [seq, last]);
  }
  return fresh;
}
