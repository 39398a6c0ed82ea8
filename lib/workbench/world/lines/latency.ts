/** How long a message between two nodes takes: Maelstrom's three distributions. */
import { below, type Random } from "../../../core/random.ts";
import type { LatencyDist } from "../../settings.ts";

/** Draws one-way latencies in ms with the given mean. */
export function latency(dist: LatencyDist, meanMs: number, random: Random): () => number {
  switch (dist) {
    case "constant":
      return () => meanMs;
    case "uniform":
      return () => below(random, Math.floor(2 * meanMs) + 1);
    case "exponential":
      // Whole milliseconds, as Maelstrom's; that also hides the last bit in which the logarithms of runtimes differ.
      return () => Math.floor(-Math.log(1 - random.next()) * meanMs);
  }
}
