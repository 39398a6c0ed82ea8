/** The challenges: the flags that each sets, what its rules demand, and the figures that we hold ourselves to. */
import { defaults, type ProtocolName, type Settings } from "../../workbench/settings.ts";

export const challengeNames = ["3a", "3b", "3c", "3d", "3e"] as const;
export type ChallengeName = typeof challengeNames[number];

/** A figure that a bound is about; read out of the results by figures.ts. */
export type Figure = "msgs-per-op" | "median" | "max" | "true-max" | "heal" | "cut-median" | "cut-max";

/** `most`: the figure may reach the limit; `below`: it may not. Milliseconds, except for msgs-per-op. */
export interface Bound {
  readonly figure: Figure;
  readonly kind: "most" | "below";
  readonly limit: number;
}

export interface Challenge {
  readonly name: ChallengeName;
  readonly settings: Partial<Settings>;
  readonly deliveryBudgetMs?: number;
  /** The demands of the published rules beside a valid result; these decide. */
  readonly must: readonly Bound[];
}

/** One row of the table of figures: a challenge with more flags, and our own bounds for it. */
export interface Row {
  readonly title: string;
  readonly challenge: ChallengeName;
  readonly settings: Partial<Settings>;
  /** In the simulator. */
  readonly sim: readonly Bound[];
  /** Bounds that hold today, where `sim` is not reached. */
  readonly reached?: readonly Bound[];
  /** With real processes; absent where only the simulator can say. */
  readonly test?: readonly Bound[];
  /** First solutions of others, to be shown beside. */
  readonly first?: readonly ProtocolName[];
  /** Cut off one node after the other, another one with each seed, at least once each. */
  readonly eachNodeCutOff?: true;
}

const most = (figure: Figure, limit: number): Bound => ({ figure, kind: "most", limit });
const under = (figure: Figure, limit: number): Bound => ({ figure, kind: "below", limit });

const small: Partial<Settings> = { nodeCount: 5, timeLimitS: 20, rate: 10 };
const large: Partial<Settings> = { nodeCount: 25, timeLimitS: 20, rate: 100, latencyMs: 100 };

/** https://fly.io/dist-sys/3a/ to 3e: flags and rules as published there. */
export const challenges: Readonly<Record<ChallengeName, Challenge>> = {
  "3a": { name: "3a", settings: { ...small, nodeCount: 1 }, must: [] },
  "3b": { name: "3b", settings: small, must: [] },
  "3c": { name: "3c", settings: { ...small, nemesis: ["partition"] }, must: [] },
  "3d": {
    name: "3d",
    settings: large,
    must: [under("msgs-per-op", 30), under("median", 400), under("max", 600)],
  },
  "3e": {
    name: "3e",
    settings: large,
    deliveryBudgetMs: 2000,
    must: [under("msgs-per-op", 20), under("median", 1000), under("max", 2000)],
  },
};

const partition: Partial<Settings> = { nemesis: ["partition"] };
const quick = [under("median", 400), under("max", 600)];

export const rows: readonly Row[] = [
  {
    title: "3a",
    challenge: "3a",
    settings: {},
    sim: [most("msgs-per-op", 0)],
    test: [most("msgs-per-op", 0)],
  },
  {
    title: "3b",
    challenge: "3b",
    first: ["flood", "first-forwarder"],
    settings: {},
    sim: [most("msgs-per-op", 2.6), most("median", 0), most("max", 5)],
    test: [most("msgs-per-op", 2.6), most("median", 0), most("max", 30)],
  },
  {
    title: "3c",
    challenge: "3c",
    first: ["flood-retry", "neighbours-retry"],
    settings: {},
    sim: [most("msgs-per-op", 3.2), most("heal", 1000)],
    test: [most("msgs-per-op", 3.2), most("heal", 1000)],
  },
  ...["majorities-ring", "bridge"].map((grudge): Row => ({
    title: `3c, ${grudge}`,
    challenge: "3c",
    settings: { grudge },
    sim: [most("true-max", 1000)],
    test: [most("true-max", 1000)],
  })),
  {
    title: "3d",
    challenge: "3d",
    first: ["first-forwarder", "neighbours-retry"],
    settings: {},
    sim: [most("msgs-per-op", 1.3), ...quick, most("true-max", 520)],
    reached: [most("msgs-per-op", 1.3), ...quick, most("true-max", 560)],
    test: [most("msgs-per-op", 1.4), ...quick],
  },
  {
    title: "3d, exponential latencies",
    challenge: "3d",
    settings: { latencyDist: "exponential" },
    sim: [most("msgs-per-op", 2), under("median", 400)],
  },
  {
    title: "3e, delivery budget 2000",
    challenge: "3e",
    first: ["first-forwarder"],
    settings: {},
    sim: [most("msgs-per-op", 0.48), under("median", 1000), under("max", 2000)],
    test: [most("msgs-per-op", 0.55), under("median", 1000), under("max", 2000)],
  },
  {
    title: "3d + partition",
    challenge: "3d",
    first: ["neighbours-retry"],
    settings: partition,
    sim: [most("msgs-per-op", 1.6), most("heal", 1500)],
    test: [most("msgs-per-op", 1.6), most("heal", 1500)],
  },
  {
    title: "3d, any one node cut off",
    challenge: "3d",
    settings: partition,
    sim: [under("cut-median", 500), under("cut-max", 1500)],
    eachNodeCutOff: true,
  },
  {
    title: "3d, the first relay cut off",
    challenge: "3d",
    settings: { ...partition, grudge: "n0|rest" },
    sim: [under("cut-median", 500), under("cut-max", 1500)],
    reached: [under("cut-median", 600), under("cut-max", 1900)],
  },
  {
    title: "3d + loss 10 %",
    challenge: "3d",
    settings: { nemesis: ["loss"], lossShare: 0.1 },
    sim: [most("msgs-per-op", 3)],
  },
];

/** The settings of a row; a seed of its own decides everything else that chance decides. */
export function rowSettings(row: Row, seed: number): Settings {
  const settings = { ...defaults, ...challenges[row.challenge].settings, ...row.settings, seed };
  // Seeds count from 1.
  const cut = (seed + settings.nodeCount - 1) % settings.nodeCount;
  return row.eachNodeCutOff ? { ...settings, grudge: `n${cut}|rest` } : settings;
}

/** The row that has these settings, whatever the seed, if there is one. */
export function rowOf(settings: Settings, deliveryBudgetMs: number | undefined): Row | undefined {
  return rows.find((row) =>
    challenges[row.challenge].deliveryBudgetMs === deliveryBudgetMs &&
    sameSettings(rowSettings(row, settings.seed), settings)
  );
}

function sameSettings(a: Settings, b: Settings): boolean {
  const sorted = (settings: Settings) => JSON.stringify(Object.entries(settings).sort());
  return sorted(a) === sorted(b);
}

/** Nobody published rules for other faults, latencies or loads than those of the challenge. */
export function isAsPublished(challenge: Challenge, settings: Settings): boolean {
  const published: Settings = { ...defaults, ...challenge.settings };
  const weighty = [
    "nodeCount",
    "rate",
    "latencyMs",
    "latencyDist",
    "bandwidthBps",
    "durable",
    "script",
  ] as const;
  return weighty.every((name) => settings[name] === published[name]) &&
    settings.nemesis.join() === published.nemesis.join();
}

export function meets(bound: Bound, value: number | undefined): boolean {
  if (value === undefined) return false;
  return bound.kind === "most" ? value <= bound.limit : value < bound.limit;
}

export function boundText(bound: Bound): string {
  return `${bound.kind === "most" ? "≤" : "<"} ${bound.limit}`;
}
