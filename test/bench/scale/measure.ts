/** One row: an examination of simulated nodes, and what it took. */
import process from "node:process";
import type { Load } from "../../../lib/workbench/world/loads.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";
import { memoryOf } from "../throughput/usage.ts";
import { type Plan, settingsOf } from "./plan.ts";

/** How one node's share stands to the others'. */
export interface Share {
  /** What the busiest node sends or receives, whichever is more, per second of load. */
  readonly busiest: number;
  /** What the nodes send in the mean. */
  readonly mean: number;
  readonly ratio: number;
}

export interface Figures {
  readonly values: number;
  /** All that follows from a value counts, until the last reads; what the nodes said before the first does not. */
  readonly messagesPerValue: number;
  readonly bytesPerValue: number;
  /** From the broadcast to the last node, over all values; null where none got so far. */
  readonly medianMs: number | null;
  readonly maxMs: number | null;
  /** From the heal until everything was everywhere; null without a cut. */
  readonly afterHealMs: number | null;
  readonly messages: Share;
  readonly bytes: Share;
  /** Of this process: at most, and what of it came on top with the nodes, for each. */
  readonly peakMb: number;
  readonly kbPerNode: number;
  readonly wallS: number;
  /** What the examiner has against it; none, if it is sound. */
  readonly failures: readonly string[];
}

/** To be run once in a process: the peak of its memory is the row's. */
export function measure(plan: Plan): Figures {
  const { residentMb } = memoryOf(process.pid);
  const startedAt = performance.now();
  const results = simulate(settingsOf(plan), { loads: true });
  const wallS = (performance.now() - startedAt) / 1000;
  const { peakMb } = memoryOf(process.pid);
  return { ...figuresOf(results, plan), peakMb, kbPerNode: (peakMb - residentMb) * 1024 / plan.nodes, wallS };
}

export function figuresOf(results: Results, { nodes, seconds }: Plan) {
  const { count, "fail-count": refused } = results.stats["by-f"].broadcast;
  const values = count - refused;
  const loads = Object.values(results.net["by-node"] ?? {});
  const latencies = results["true-latencies"];
  return {
    values,
    messagesPerValue: sum(loads, (load) => load["send-count"]) / values,
    bytesPerValue: sum(loads, (load) => load["send-bytes"]) / values,
    medianMs: latencies?.["0.5"] ?? null,
    maxMs: latencies?.["1"] ?? null,
    afterHealMs: results["everywhere-after-heal-ms"][0]?.ms ?? null,
    messages: share(loads, (load) => [load["send-count"], load["recv-count"]], nodes, seconds),
    bytes: share(loads, (load) => [load["send-bytes"], load["recv-bytes"]], nodes, seconds),
    failures: results.failures,
  };
}

function share(
  loads: readonly Load[],
  of: (load: Load) => readonly [sent: number, received: number],
  nodes: number,
  seconds: number,
): Share {
  const busiest = loads.reduce((most, load) => Math.max(most, ...of(load)), 0) / seconds;
  const mean = sum(loads, (load) => of(load)[0]) / nodes / seconds;
  return { busiest, mean, ratio: busiest / mean };
}

function sum(loads: readonly Load[], of: (load: Load) => number): number {
  return loads.reduce((total, load) => total + of(load), 0);
}
