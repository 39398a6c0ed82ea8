/** As neighbours-retry, with pauses that grow and differ: a neighbour that is cut off for long is likely to stay so for longer. */
import { backoffMs } from "../../core/backoff.ts";
import { neighboursBut, PAUSE_MS, tellInTurn } from "./in_turn.ts";
import type { Protocol } from "./protocol.ts";

/** The longest pause, ms: after a heal, a value may wait so long on each hop. A guess. */
const PAUSE_MS_MAX = 4_000;

export const exponentialBackoff: Protocol = (node) => (broadcast) => {
  broadcast.answer();
  const { value } = broadcast;
  const pauseMs = (attempt: number) => backoffMs(node.random, attempt, PAUSE_MS, PAUSE_MS_MAX);
  if (node.keep(value)) tellInTurn(node, value, neighboursBut(node, broadcast), pauseMs);
};
