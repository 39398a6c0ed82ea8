/** Draws the flags of one random run of `hearsay sim`; the seed decides everything. */
import assert from "node:assert/strict";
import { below, fork, pick, type Random, shuffle } from "../../../lib/core/random.ts";
import { STAR_MAX } from "../../../lib/core/topology/layout.ts";
import { grudgeNames } from "../../../lib/workbench/faults/grudge.ts";
import {
  type Fault,
  faultsOfGiven,
  type LatencyDist,
  latencyDists,
  topologyNames,
} from "../../../lib/workbench/settings.ts";
import { BANDWIDTH_BPS_MIN, START_UP_MS_MAX } from "../../../lib/commands/config/exam/limits.ts";

/** The most that a run may cost: its operations by its nodes. Larger clusters get fewer operations. */
const WORK_MAX = 3_000;
/** With fewer it would happen that none of them is a broadcast that succeeds. */
const OPERATIONS_MIN = 25;
const OPERATIONS_MAX = 250;
/** Nodes that keep a number of entries. */
const COUNTING_MAX = 25;

/**
 * A client waits behind the message that its node takes in, as under Maelstrom, and after 5 s no more: hardly any may be
 * under way for so long.
 */
const LATENCY_MS_MAX: Readonly<Record<LatencyDist, number>> = {
  constant: 1_500,
  uniform: 1_500,
  exponential: 300,
};

interface Size {
  readonly share: number;
  readonly nodes: readonly [least: number, most: number];
  readonly seconds: readonly [least: number, most: number];
}

const sizes: readonly Size[] = [
  { share: 0.297, nodes: [1, 5], seconds: [1, 30] },
  { share: 0.45, nodes: [6, 25], seconds: [1, 20] },
  { share: 0.2, nodes: [26, 50], seconds: [1, 10] },
  { share: 0.05, nodes: [51, 100], seconds: [1, 5] },
  // Two levels.
  { share: 0.003, nodes: [STAR_MAX + 1, 200], seconds: [1, 3] },
];

/** Fewer nodes, or one less with logs, may all forget what they held or refuse all that is new: that proves nothing. */
const nodesMin: Partial<Record<Fault, number>> = { kill: 2, rollback: 4, disk: 3 };

const BUDGET = "--delivery-budget";

/** The flags beside `--seed`, which is the same. */
export function drawFlags(seed: number): string[] {
  const random = fork(seed, "soak");
  const { nodes: [fewest, most], seconds: [shortest, longest] } = drawSize(random);
  const nodes = fewest + below(random, most - fewest + 1);
  const seconds = rounded(logUniform(random, shortest, longest), 1);
  const operations = logUniform(random, OPERATIONS_MIN, Math.min(OPERATIONS_MAX, WORK_MAX / nodes));
  const latencyDist = pick(random, latencyDists) ?? "constant";
  const latencyMs = chance(random, 0.2) ? 0 : rounded(logUniform(random, 1, LATENCY_MS_MAX[latencyDist]), 0);
  const data = chance(random, 0.3);
  const nemesis = drawFaults(random, data ? nodes + 1 : nodes);
  // A cluster of so few may be down as a whole, and must not be so until the end.
  const intervalS = rounded(seconds * logUniform(random, 0.02, nodes <= 3 ? 0.1 : 0.6) + 0.1, 2);
  const flags = [
    ...["--seed", `${seed}`, "--node-count", `${nodes}`, "--time-limit", `${seconds}`],
    ...["--rate", `${rounded(operations / seconds, 2)}`],
    ...["--latency", `${latencyMs}`, "--latency-dist", latencyDist],
    ...["--topology", pick(random, topologyNames) ?? "grid"],
    ...maybe(random, 0.2, () => ["--bandwidth", `${rounded(drawBandwidth(random, nodes), 0)}`]),
    ...maybe(
      random,
      0.5,
      () => ["--start-up", `${chance(random, 0.4) ? 0 : below(random, START_UP_MS_MAX)}`],
    ),
    ...maybe(random, 0.3, () => [BUDGET, `${rounded(logUniform(random, 20, 10_000), 0)}`]),
    ...data ? ["--data"] : [],
    ...nemesis.length === 0 ? [] : ["--nemesis", nemesis.join(","), "--nemesis-interval", `${intervalS}`],
    ...nemesis.includes("partition") ? drawPartition(random, nodes, seconds, intervalS) : [],
    ...nemesis.includes("loss") ? ["--loss", `${rounded(random.next() * 0.6, 2)}`] : [],
    ...nemesis.includes("duplicate") ? ["--duplicate", `${rounded(random.next(), 2)}`] : [],
  ];
  const budgetMs = flags.includes(BUDGET) ? Number(flags[flags.indexOf(BUDGET) + 1]) : 0;
  const recoveryS = restS(latencyMs, budgetMs);
  const run = { nodes, seconds, operations, intervalS, nemesis, recoveryS };
  return [...flags, "--recovery", `${recoveryS}`, ...drawKept(fork(seed, "soak:kept"), run)];
}

/** What was drawn of a run, on which it depends what else may be. */
interface Drawn {
  readonly nodes: number;
  readonly seconds: number;
  readonly operations: number;
  readonly intervalS: number;
  readonly nemesis: readonly Fault[];
  readonly recoveryS: number;
}

/** Topics and keys, what is kept of them, and how long nodes are away meanwhile. */
function drawKept(random: Random, run: Drawn): string[] {
  const { nodes, seconds, intervalS, nemesis } = run;
  const outages = nemesis.includes("kill") && nodes > 3 && chance(random, 0.5)
    ? drawCuts(random, seconds, intervalS)
    : [];
  return [
    ...maybe(random, 0.25, () => ["--workload", pick(random, ["events", "keys"]) ?? "events"]),
    ...maybe(random, 0.3, () => ["--retain", drawLimit(random, run)]),
    ...outages.length === 0 ? [] : ["--outages", outages.join(",")],
  ];
}

/** Some is gone in the end, if the run is long enough, and the last values are there, even if a client waits 5 s for an answer. */
function drawLimit(random: Random, { nodes, seconds, operations, recoveryS }: Drawn): string {
  // Of few entries some are gone before they arrive, and then all nodes ask each other for them: many would ask long.
  if (nodes <= COUNTING_MAX && chance(random, 0.5)) {
    return `${Math.ceil(operations * (0.1 + 0.3 * random.next()))}`;
  }
  return `${Math.ceil(recoveryS + 6 + random.next() * seconds)}s`;
}

/**
 * What was on its way at the end comes, and what was lost is asked for: so many one-way trips, and so many times as long as a
 * value may take.
 */
function restS(latencyMs: number, budgetMs: number): number {
  return 10 + Math.ceil((latencyMs * 30 + budgetMs * 3) / 1000);
}

function drawSize(random: Random): Size {
  let at = random.next();
  const size = sizes.find(({ share }) => (at -= share) < 0);
  assert(size !== undefined, "the shares add up to 1");
  return size;
}

/** None, one alone, or any together. */
function drawFaults(random: Random, nodes: number): Fault[] {
  const some = faultsOfGiven.filter((fault) => nodes >= (nodesMin[fault] ?? 1));
  const at = random.next();
  if (at < 0.1) return [];
  if (at < 0.4) return [pick(random, some) ?? "partition"];
  return some.filter(() => chance(random, 0.5));
}

/** What many nodes say of each other is to fit on the line. */
function drawBandwidth(random: Random, nodes: number): number {
  return logUniform(random, BANDWIDTH_BPS_MIN * Math.max(32, 8 * nodes), 100_000_000);
}

function drawPartition(random: Random, nodes: number, seconds: number, intervalS: number): string[] {
  const grudge = drawGrudge(random, nodes);
  const cuts = chance(random, 0.3) ? drawCuts(random, seconds, intervalS) : [];
  return [
    ...grudge === undefined ? [] : ["--grudge", grudge],
    ...cuts.length === 0 ? [] : ["--cuts", cuts.join(",")],
  ];
}

function drawGrudge(random: Random, nodes: number): string | undefined {
  const at = random.next();
  if (at < 0.25) return undefined;
  if (at < 0.7 || nodes < 2) return pick(random, grudgeNames);
  const ids = shuffle(random, Array.from({ length: nodes }, (_, i) => `n${i}`));
  if (at < 0.8) return shuffle(random, [ids.slice(1 + below(random, nodes - 1)).join(","), "rest"]).join(">");
  return components(random, ids).join("|");
}

/** Two to four sides, of which the last is the rest. */
function components(random: Random, ids: readonly string[]): string[] {
  const sides: string[] = [];
  let left = ids;
  for (let more = 1 + below(random, 3); more > 0 && left.length > 1; more--) {
    const many = 1 + below(random, left.length - 1);
    sides.push(left.slice(0, many).join(","));
    left = left.slice(many);
  }
  return [...sides, "rest"];
}

/** They are over, with the pauses between them, when the load ends. */
function drawCuts(random: Random, seconds: number, intervalS: number): number[] {
  const count = 1 + below(random, 3);
  const longest = (seconds - (count - 1) * intervalS) / count;
  if (longest < 0.2) return [];
  return Array.from({ length: count }, () => 0.1 + Math.floor(random.next() * (longest - 0.1) * 10) / 10)
    .map((cutS) => rounded(cutS, 1));
}

function maybe(random: Random, share: number, flags: () => string[]): string[] {
  return chance(random, share) ? flags() : [];
}

function chance(random: Random, share: number): boolean {
  return random.next() < share;
}

/** As often between 1 and 10 as between 10 and 100. */
function logUniform(random: Random, least: number, most: number): number {
  return least * (Math.max(most, least) / least) ** random.next();
}

function rounded(value: number, places: number): number {
  return Number(value.toFixed(places));
}
