/** Reads the figures that targets are about out of results, and judges them. */
import type { Results } from "../../workbench/verdict/results.ts";
import type { HealTime } from "../../workbench/verdict/propagation.ts";
import { type Bound, type Figure, meets } from "./targets.ts";

export interface Judgement {
  readonly bound: Bound;
  /** Absent where the run gave no such figure; that meets no bound. */
  readonly value: number | undefined;
  readonly met: boolean;
}

/** The name of a figure in a sentence, and its unit. */
export const figureNames: Readonly<Record<Figure, readonly [name: string, unit: string]>> = {
  "msgs-per-op": ["messages per operation", ""],
  "median": ["median stable latency", " ms"],
  "max": ["maximum stable latency", " ms"],
  "true-max": ["longest true time to the last node", " ms"],
  "heal": ["longest time from a heal until everything was everywhere", " ms"],
  "cut-median": ["median time to all nodes in reach during a cut", " ms"],
  "cut-max": ["longest time to all nodes in reach during a cut", " ms"],
};

export function figureOf(results: Results, figure: Figure): number | undefined {
  const { net, workload } = results;
  switch (figure) {
    case "msgs-per-op":
      return net.servers["msgs-per-op"];
    case "median":
      return workload["stable-latencies"]?.["0.5"];
    case "max":
      return workload["stable-latencies"]?.["1"];
    case "true-max":
      return results["true-latencies"]?.["1"];
    case "heal":
      return longestHeal(results["everywhere-after-heal-ms"]);
    case "cut-median":
      return results["during-cuts"].reachable?.["0.5"];
    case "cut-max":
      return results["during-cuts"]["never-reachable-count"] > 0
        ? Infinity
        : results["during-cuts"].reachable?.["1"];
  }
}

/** A heal that another fault disturbed says nothing about the nodes. */
function longestHeal(heals: readonly HealTime[]): number {
  const undisturbed = heals.filter((heal) => !heal.disturbed);
  return Math.max(0, ...undisturbed.map((heal) => heal.ms ?? Infinity));
}

export function judge(results: Results, bounds: readonly Bound[]): Judgement[] {
  return bounds.map((bound) => {
    const value = figureOf(results, bound.figure);
    return { bound, value, met: meets(bound, value) };
  });
}

/** The worst of several runs, figure by figure; a figure that one run lacks is lacking. */
export function worst(runs: readonly Results[], figure: Figure): number | undefined {
  const values = runs.map((results) => figureOf(results, figure));
  return values.some((value) => value === undefined)
    ? undefined
    : Math.max(...values.map((value) => value ?? 0));
}

/** A figure as people read it: two places for a ratio, whole milliseconds with one place below ten. */
export function figureText(figure: Figure, value: number | undefined): string {
  if (value === undefined) return "–";
  if (value === Infinity) return "never";
  return figure === "msgs-per-op" ? value.toFixed(2) : milliseconds(value);
}

/** A figure that is lacking, or that was never reached, has no unit. */
export function figureWithUnit(figure: Figure, value: number | undefined): string {
  const [, unit] = figureNames[figure];
  return figureText(figure, value) + (Number.isFinite(value) ? unit : "");
}

export function milliseconds(value: number): string {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : value.toFixed(0);
}
