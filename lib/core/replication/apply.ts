/** Takes what a message brings into the log [L2] [E1]. */
import { utf8Length } from "../keys/names.ts";
import type { Log } from "../log/log.ts";
import type { Run, Runs } from "../log/runs.ts";
import type { Texts } from "../log/texts.ts";
import type { Progress } from "./progress.ts";

/** A value, with an id, a key and a stamp, all of whose characters are escaped. A line of the carriers may have no room for what is longer. */
export const ENTRY_BYTES_MAX = 266_240;

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
    if (holdsTooLong(texts)) continue;
    for (const each of log.addRun(run, now)) fresh.push(each);
    peer?.holdings.add(origin, [seq, last]);
  }
  return fresh;
}

/** All together are seldom longer than one may be. */
function holdsTooLong(texts: Texts): boolean {
  if (texts.bytes <= ENTRY_BYTES_MAX) return false;
  for (let i = 0; i < texts.length; i++) if (utf8Length(texts.at(i)) > ENTRY_BYTES_MAX) return true;
  return false;
}
