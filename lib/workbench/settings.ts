/** The settings of one examination: Maelstrom's flags where it has them, and ours. commands/config/exam.ts reads them. */
import type { Rule } from "../core/retention/rules.ts";
import type { ExaminedWorkload } from "./workloads/names.ts";

export const latencyDists = ["constant", "uniform", "exponential"] as const;
export type LatencyDist = typeof latencyDists[number];

export const topologyNames = ["line", "grid", "tree", "tree2", "tree3", "tree4", "total"] as const;
export type TopologyName = typeof topologyNames[number];

export const faults = [
  "partition",
  "kill",
  "pause",
  "rollback",
  "disk",
  "stall",
  "membership",
  "loss",
  "duplicate",
] as const;
export type Fault = typeof faults[number];

/** Those that there are where members are given, once and for all. */
export const faultsOfGiven: readonly Fault[] = faults.filter((fault) => fault !== "membership");

/** What nodes can run, in the order of help; reference/protocols.ts says what each one is. */
export const protocolNames = [
  ...["hearsay", "single", "flood", "first-forwarder", "flood-retry", "reforward-retry"],
  ...["first-forwarder-retry", "neighbours-retry", "send-without-ack", "retry-without-pause"],
  ...["no-ack-for-duplicates", "exponential-backoff"],
] as const;
export type ProtocolName = typeof protocolNames[number];

/** Faults that only simulated nodes can have. */
const simulatedFaults = ["rollback", "disk", "stall", "membership"] as const satisfies readonly Fault[];
type RealFault = Exclude<Fault, typeof simulatedFaults[number]>;

/** Faults that the examiner can bring about in real processes. */
export const realFaults = faults.filter((fault): fault is RealFault =>
  !simulatedFaults.some((simulated) => simulated === fault)
);

export interface Settings {
  /** What the nodes run that the examiner makes itself; by default hearsay. */
  readonly protocol?: ProtocolName;
  /** What clients ask of the nodes; by default broadcast. */
  readonly workload?: ExaminedWorkload;
  /** How many nodes there are, or are at first. */
  readonly nodeCount: number;
  /** Operations per second over all clients. */
  readonly rate: number;
  /** Share of the operations that are reads, 0 to 1; the last reads come on top. By default READ_SHARE. */
  readonly readShare?: number;
  /** How long the load lasts, s. */
  readonly timeLimitS: number;
  /** Mean one-way latency between nodes, ms; clients have none. */
  readonly latencyMs: number;
  /** How latencies are distributed about that mean. */
  readonly latencyDist: LatencyDist;
  /** How much each link between two nodes carries each way, bits a second. By default it carries any amount at once. */
  readonly bandwidthBps?: number;
  /** Which neighbours nodes are advised to talk to. */
  readonly topology: TopologyName;
  /** Faults that come and go. */
  readonly nemesis: readonly Fault[];
  /** Mean time between nemesis operations, s. */
  readonly nemesisIntervalS: number;
  /** "one", "minority-third", "majority", "majorities-ring", "bridge", "one-way", or the sides by name ("n0|rest", "n0,n1|n2|rest"); by default one of Jepsen's at random each time. */
  readonly grudge?: string;
  /** How long each partition lasts, s; the interval lies between them. By default chance decides how many there are and how long they last. */
  readonly cutsS?: readonly number[];
  /** How long the nodes of each kill are away, s; the interval lies between them. By default chance decides likewise. */
  readonly outagesS?: readonly number[];
  /** Members come and go, and so many nodes may join beside those that there are at first; by default as many, with the fault "membership". */
  readonly spares?: number;
  /** Share of messages between nodes that the "loss" and "duplicate" faults touch, 0 to 1. */
  readonly lossShare: number;
  readonly duplicateShare: number;
  /** Simulated nodes make safe what they hold, as with `serve --data`, and come back with it; else they come back empty. */
  readonly durable?: boolean;
  /** What nodes keep of which topics; by default everything. */
  readonly retain?: readonly Rule[];
  /** Rest after the last heal and before the final reads, s. */
  readonly recoveryS: number;
  /** Over how long simulated nodes start, and are slow for as long again, ms; by default as a machine of two cores takes. */
  readonly startUpMs?: number;
  /** What happens when, in ms, beside the random load and faults: "500 broadcast n0 17; 1000 cut n0|rest; 2000 heal". */
  readonly script?: string;
  /** Of all random choices. */
  readonly seed: number;
}

/** Maelstrom's: every other operation is a read. */
export const READ_SHARE = 0.5;

export const defaults: Settings = {
  nodeCount: 5,
  rate: 10,
  timeLimitS: 20,
  latencyMs: 0,
  latencyDist: "constant",
  topology: "grid",
  nemesis: [],
  nemesisIntervalS: 10,
  lossShare: 0.1,
  duplicateShare: 0.1,
  recoveryS: 10,
  seed: 1,
};

/** n0, n1, … */
export function nodeIds(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `n${i}`);
}

/** Whether members come and go. */
export function isOpen({ nemesis, spares }: Pick<Settings, "nemesis" | "spares">): boolean {
  return nemesis.includes("membership") || spares !== undefined;
}

/** All nodes that may ever be there; the first ones are there from the beginning. */
export function placesOf(settings: Settings): string[] {
  const { nodeCount, spares = nodeCount } = settings;
  return nodeIds(isOpen(settings) ? nodeCount + spares : nodeCount);
}

/** Whether nodes keep what they hold when they are killed: where nothing lasts, no disk can fail or go back. */
export function isDurable({ durable = false, nemesis }: Settings): boolean {
  return durable || nemesis.includes("rollback") || nemesis.includes("disk");
}
