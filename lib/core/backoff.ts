/** How long to wait before trying again. */
import type { Random } from "./random.ts";

/** Waits for an answer are longer by up to this part. */
export const JITTER = 1 / 8;

/** A wait in ms between ms and (1 + JITTER) ms: nodes that ask at one moment do not all ask again at another. */
export function jittered(random: Random, ms: number): number {
  return ms * (1 + JITTER * random.next());
}

/** A delay in ms for the attempt-th try (from 0), uniform from baseMs to min(capMs, baseMs * 2^attempt): not on all nodes at once. */
export function backoffMs(random: Random, attempt: number, baseMs: number, capMs: number): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return baseMs + random.next() * Math.max(0, ceiling - baseMs);
}
