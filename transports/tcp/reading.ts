/** For how long all connections together are read in one turn of the event loop [S14]. */
import { atNextTurn } from "../next_turn.ts";
import { TURN_READ_MS_MAX } from "./limits.ts";

let readMs = 0;

/** Reading has taken so long. Returns whether that was all for this turn: who reads on does so in the next one. */
export function isTurnRead(ms: number): boolean {
  const before = readMs;
  readMs += ms;
  if (readMs < TURN_READ_MS_MAX) return false;
  // Before anybody who reads on.
  if (before < TURN_READ_MS_MAX) atNextTurn(() => readMs = 0);
  return true;
}
