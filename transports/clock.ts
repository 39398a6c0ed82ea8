/** The clock, the timer and the chance of this machine, for code that is not handed others. */
import { type Random, seeded } from "../lib/core/random.ts";

/** Runs once after that many milliseconds, which may be a fraction; returns a cancel. */
export type Timer = (ms: number, run: () => void) => () => void;

/**
 * Milliseconds since the epoch that never decrease while the process lives, and grow over restarts as long as the
 * machine's own clock does.
 */
export function monotonicClock(): () => number {
  let last = 0;
  return () => last = Math.max(last, performance.timeOrigin + performance.now());
}

/** The timer of the runtime, which counts whole milliseconds. */
export function runtimeTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.ceil(ms));
  return () => clearTimeout(timer);
}

/** Resolves with the promise, or after so many milliseconds if that is sooner; rejects where the promise does. */
export async function within(ms: number, promise: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const cancel = runtimeTimer(ms, resolve);
  try {
    await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}

/** A source of random numbers whose seed nobody knows. */
export function unpredictable(): Random {
  return seeded(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
}
