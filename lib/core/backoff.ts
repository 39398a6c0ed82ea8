/** How long to wait before trying again: exponential, capped, with full jitter. */
import type { Random } from "./random.ts";

/**
 * A delay in ms for the attempt-th try (from 0): uniform between baseMs and min(capMs, baseMs * 2^attempt), so that
 * nodes that lost sight of a peer at one moment do not all call it at another.
 */
export function backoffMs(random: Random, attempt: number, baseMs: number, capMs: number): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return baseMs + random.next() * Math.max(0, ceiling - baseMs);
}
