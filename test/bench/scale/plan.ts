/** What is run: nodes under one of four loads, each for as long as it takes to see enough values. */
import type { Settings } from "../../../lib/workbench/settings.ts";
import { defaults } from "../../../lib/workbench/settings.ts";

/** A row is long enough for so many values at least: virtual time costs little where values are rare. */
const VALUES_MIN = 50;

/** How much of --seconds the partition lasts; it begins with the load. */
const CUT_SHARE = 0.25;

export interface Plan {
  readonly scenario: string;
  readonly nodes: number;
  /** Values broadcast per second, over all nodes. */
  readonly rate: number;
  /** Virtual, of load. */
  readonly seconds: number;
  readonly latencyMs: number;
  /** For how long two random halves are cut from each other, from the beginning on; undefined for never. */
  readonly cutS?: number;
}

export interface Scenario {
  readonly key: string;
  readonly perNode: boolean;
  readonly cut: boolean;
}

export const scenarios: readonly Scenario[] = [
  { key: "total", perNode: false, cut: false },
  { key: "per-node", perNode: true, cut: false },
  { key: "total-cut", perNode: false, cut: true },
  { key: "per-node-cut", perNode: true, cut: true },
];

export interface Rates {
  readonly totalRate: number;
  readonly ratePerNode: number;
  readonly seconds: number;
  readonly latencyMs: number;
}

/** "20 values/s in total, cut in half for 5 s" */
export function titleOf({ perNode, cut }: Scenario, { totalRate, ratePerNode, seconds }: Rates): string {
  const rate = perNode ? `${ratePerNode} values/s per node` : `${totalRate} values/s in total`;
  return cut ? `${rate}, cut in half for ${CUT_SHARE * seconds} s` : rate;
}

export function planOf({ key, perNode, cut }: Scenario, nodes: number, rates: Rates): Plan {
  const { totalRate, ratePerNode, seconds, latencyMs } = rates;
  const rate = perNode ? ratePerNode * nodes : totalRate;
  return {
    scenario: key,
    nodes,
    rate,
    seconds: Math.max(seconds, VALUES_MIN / rate),
    latencyMs,
    ...cut && { cutS: CUT_SHARE * seconds },
  };
}

/** Only broadcasts and the last reads: what clients read costs the nodes nothing that grows with their number. */
export function settingsOf({ nodes, rate, seconds, latencyMs, cutS }: Plan): Settings {
  return {
    ...defaults,
    nodeCount: nodes,
    rate,
    readShare: 0,
    timeLimitS: seconds,
    latencyMs,
    ...cutS !== undefined && { nemesis: ["partition"], grudge: "majority", cutsS: [cutS] },
  };
}
