/** How a machine of two cores starts many nodes at once: one after the other is there, and slow while others still start. */
import type { Random } from "../../core/random.ts";

/** So long it takes to start the nodes, for each of them, ms: 25 processes of hearsay took 0.5 to 1.1 s on two cores. */
export const START_MS_PER_NODE = 40;
/** More nodes than fit in this are taken to have more cores, ms. */
export const START_MS_MAX = 1_000;
/** While others start, a node gets no processor for up to this at a time, ms (first round trips of 200 ms took up to 300). */
export const STALL_MS_MAX = 100;
/** It runs for up to this in between, ms (a guess). */
export const RUN_MS_MAX = 50;

/** A stretch of time in which a node does nothing, ms since all nodes were started. */
export interface Stall {
  readonly from: number;
  readonly to: number;
}

/** Over how long so many nodes start, ms. */
export function startUpMsOf(nodeCount: number): number {
  return Math.min(START_MS_PER_NODE * nodeCount, START_MS_MAX);
}

/**
 * The stalls of the node that is there at `readyMs`: one until then, and more that begin before all are there, at
 * `startUpMs`.
 */
export function startUpStalls(readyMs: number, startUpMs: number, random: Random): Stall[] {
  const stalls: Stall[] = [];
  let from = 0;
  for (let to = readyMs; from < startUpMs; to = from + STALL_MS_MAX * random.next()) {
    stalls.push({ from, to });
    from = to + RUN_MS_MAX * random.next();
  }
  return stalls;
}
