/** Takes what a message brings into the log [L2] [E1]. */
import type { Log } from "../log/log.ts";
import type { Range, Run, Runs } from "../log/runs.ts";
import type { Progress } from "./progress.ts";

/** What was new of a message. */
export interface Applied {
  readonly runs: readonly Run[];
  /** Entries that this node lacked, and that are gone. */
  readonly gaps: readonly Range[];
}

/** Takes in entries and gaps, but none of the origin `own`, and returns those that are new. The peer that brought them holds them. */
export function applyRuns(
  log: Log,
  own: string,
  told: Runs | undefined,
  now: number,
  peer?: Progress,
): Applied {
  const fresh: Run[] = [];
  const gaps: Range[] = [];
  for (const run of told?.runs ?? []) {
    const { origin, seq, texts } = run;
    const last = seq + texts.length - 1;
    // Nobody knows more of this node's own entries than itself, and nobody counts that far.
    if (origin === own || texts.length === 0 || last >= Number.MAX_SAFE_INTEGER) continue;
    fresh.push(...log.addRun(run, now));
    peer?.holdings.add(origin, [seq, last]);
  }
  for (const gap of told?.gaps ?? []) {
    const last = gap.seq + gap.count - 1;
    if (gap.origin === own || last >= Number.MAX_SAFE_INTEGER) continue;
    gaps.push(...log.lose(gap));
    peer?.holdings.add(gap.origin, [gap.seq, last]);
  }
  return { runs: fresh, gaps };
}
