/** The chance of this machine, for code that is not handed another. */
import { type Random, seeded } from "../lib/core/random.ts";

/** A source of random numbers whose seed nobody knows. */
export function unpredictable(): Random {
  return seeded(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
}
