/** What the mechanisms are switched off in: the rows of the challenges, and what these do not show. */
import {
  type Challenge,
  challenges,
  type Figure,
  type Row,
  rows,
  rowSettings,
} from "../../../lib/commands/exam/targets.ts";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";

/** A figure of a row; the messages that the busiest node sends and receives, a second; bytes between nodes an operation. */
export type AblatedFigure = Figure | "busiest" | "bytes-per-op";

export interface Scene {
  readonly title: string;
  readonly settings: (seed: number) => Settings;
  readonly deliveryBudgetMs?: number;
  readonly figures: readonly AblatedFigure[];
}

/** What it costs, and how fast it is. */
const costs: readonly AblatedFigure[] = ["msgs-per-op", "bytes-per-op", "busiest"];
const calm: readonly AblatedFigure[] = ["median", "true-max"];
const inCuts: readonly AblatedFigure[] = ["heal", "cut-median", "cut-max"];

/** A node alone needs no protocol; and of the nodes to cut off the first relay is the one that matters. */
const isTelling = ({ challenge, eachNodeCutOff }: Row) => challenge !== "3a" && !eachNodeCutOff;

const challengeScenes = rows.filter(isTelling).map((row): Scene => {
  const { deliveryBudgetMs }: Challenge = challenges[row.challenge];
  return {
    title: row.title,
    settings: (seed) => rowSettings(row, seed),
    ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
    figures: figuresFor(rowSettings(row, 1)),
  };
});

const more: readonly (readonly [title: string, Partial<Settings>])[] = [
  ["25 nodes, killed and restarted", {
    ...{ nodeCount: 25, rate: 50, latencyMs: 50, timeLimitS: 15 },
    ...{ nemesis: ["kill"], nemesisIntervalS: 2 },
  }],
  ["9 nodes, rolled back", {
    ...{ nodeCount: 9, rate: 20, latencyMs: 20, nemesis: ["rollback"], nemesisIntervalS: 2 },
  }],
  ["25 nodes, one way cut", {
    ...{
      nodeCount: 25,
      rate: 50,
      latencyMs: 50,
      nemesis: ["partition"],
      nemesisIntervalS: 5,
      grudge: "one-way",
    },
  }],
  ["25 nodes, few values, cut in halves", {
    ...{ nodeCount: 25, rate: 1, latencyMs: 50, timeLimitS: 40, nemesis: ["partition"], grudge: "majority" },
    ...{ nemesisIntervalS: 5 },
  }],
  ["10 nodes at 64 kbit/s a link, cut in halves", {
    ...{ nodeCount: 10, rate: 100, latencyMs: 20, bandwidthBps: 64_000, nemesis: ["partition"] },
    ...{ nemesisIntervalS: 6, grudge: "majority" },
  }],
  ["100 nodes, cut in halves", {
    ...{ nodeCount: 100, rate: 20, latencyMs: 20, timeLimitS: 8, nemesis: ["partition"], cutsS: [4] },
    grudge: "majority",
  }],
  ["200 nodes", { nodeCount: 200, rate: 20, latencyMs: 20, timeLimitS: 8 }],
  ["300 nodes, cut in halves", {
    ...{ nodeCount: 300, rate: 10, latencyMs: 20, timeLimitS: 4, nemesis: ["partition"], cutsS: [2] },
    grudge: "majority",
  }],
];

export const scenes: readonly Scene[] = [
  ...challengeScenes,
  ...more.map(([title, settings]): Scene => ({
    title,
    settings: (seed) => ({ ...defaults, ...settings, seed }),
    figures: figuresFor({ ...defaults, ...settings }),
  })),
];

function figuresFor({ nemesis }: Settings): readonly AblatedFigure[] {
  // How long a value took that had to wait for a heal says how long the cut was.
  if (nemesis.includes("partition")) return [...costs, ...inCuts];
  return nemesis.length > 0 ? [...costs, ...calm, "heal"] : [...costs, ...calm];
}
