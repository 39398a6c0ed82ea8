/** One scene for one seed without one mechanism, and the figures that come of it. */
import assert from "node:assert/strict";
import { figureOf } from "../../../lib/commands/exam/figures.ts";
import type { Mechanism } from "../../../lib/core/node.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";
import { type AblatedFigure, scenes } from "./scenes.ts";

export interface Order {
  readonly scene: number;
  readonly seed: number;
  readonly without?: Mechanism | undefined;
}

export interface Answer {
  readonly valid: boolean;
  /** In the order of the scene's figures; null where a run gave none, "never" where something never came. */
  readonly figures: readonly (number | "never" | null)[];
}

export function run({ scene: index, seed, without }: Order): Answer {
  const scene = scenes[index];
  assert(scene !== undefined, "an order names a scene by its place");
  const { deliveryBudgetMs } = scene;
  const results = simulate(scene.settings(seed), {
    loads: true,
    without: without === undefined ? [] : [without],
    ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
  });
  return {
    valid: results.valid,
    figures: scene.figures.map((figure) => {
      const value = valueOf(results, figure) ?? null;
      return value === Infinity ? "never" : value;
    }),
  };
}

function valueOf(results: Results, figure: AblatedFigure): number | undefined {
  const loads = Object.values(results.net["by-node"] ?? {});
  if (figure === "busiest") {
    const most = Math.max(0, ...loads.map((load) => load["send-count"] + load["recv-count"]));
    return most / results.settings.timeLimitS;
  }
  if (figure !== "bytes-per-op") return figureOf(results, figure);
  return loads.reduce((sum, load) => sum + load["send-bytes"], 0) / results.stats.count;
}
