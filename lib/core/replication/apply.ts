/** Takes what a message brings into the log [L2] [E1]. */
import type { Entry, Log } from "../log/log.ts";
import type { Push } from "../message.ts";
import type { Progress } from "./progress.ts";

/** Takes in entries, but none of the origin `own`, and returns those that are new. The peer that brought them holds them. */
export function applyRuns(log: Log, own: string, runs: Push["runs"] = [], peer?: Progress): Entry[] {
  const fresh: Entry[] = [];
  for (const [origin, seq, values] of runs) {
    const last = seq + values.length - 1;
    // Nobody knows more of this node's own entries than itself, and nobody counts that far.
    if (origin === own || values.length === 0 || last >= Number.MAX_SAFE_INTEGER) continue;
    fresh.push(...log.addRun({ origin, seq, values }));
    const held = log.held(origin);
    if (held?.hasSpan(seq, last)) peer?.holdings.add(origin, [seq, last]);
    // A value too deep was not taken.
    else for (let n = seq; n <= last; n++) if (held?.has(n)) peer?.holdings.add(origin, [n, n]);
  }
  return fresh;
}
