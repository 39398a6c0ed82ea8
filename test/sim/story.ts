/** What the story of a mechanism measures: a figure of a small cluster, with the mechanism and without. */
import { figureOf } from "../../lib/commands/exam/figures.ts";
import type { Figure } from "../../lib/commands/exam/targets.ts";
import type { Mechanism } from "../../lib/core/mechanisms.ts";
import { defaults, type Settings } from "../../lib/workbench/settings.ts";
import type { Results } from "../../lib/workbench/verdict/results.ts";
import { type SimOptions, simulate } from "../../lib/workbench/world/sim.ts";
import { Cluster } from "../transcripts/cluster.ts";
import { type Story as ThinLine, tell } from "./thin_line.ts";

export interface Story {
  readonly tells: string;
  /** What the figure is, and its unit, for people. */
  readonly unit: string;
  /** With every mechanism but these; the worst of a few seeds. */
  readonly figure: (without: readonly Mechanism[]) => number;
  /** What the figure may come to; without the mechanism it comes to more. */
  readonly most: number;
}

interface RunOptions extends SimOptions {
  readonly seeds?: readonly number[];
}

type FigureOf = Figure | ((results: Results) => number);

/** The worst that a few runs of the simulator come to. */
export function worst(
  settings: Partial<Settings>,
  figure: FigureOf,
  options: RunOptions = {},
): Story["figure"] {
  return (without) => Math.max(...figures(settings, figure, { ...options, without }));
}

/** What they come to on average, where chance decides much. */
export function mean(
  settings: Partial<Settings>,
  figure: FigureOf,
  options: RunOptions = {},
): Story["figure"] {
  return (without) => {
    const all = figures(settings, figure, { ...options, without });
    return all.reduce((sum, each) => sum + each, 0) / all.length;
  };
}

function figures(
  settings: Partial<Settings>,
  figure: FigureOf,
  { seeds = first(3), ...options }: RunOptions,
): number[] {
  return seeds.map((seed) => {
    const results = simulate({ ...defaults, ...settings, seed }, options);
    return typeof figure === "string" ? figureOf(results, figure) ?? Infinity : figure(results);
  });
}

export function first(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

export function cut(grudge: string, cutS: number): Partial<Settings> {
  return { nemesis: ["partition"], grudge, cutsS: [cutS] };
}

export function invalid({ valid }: Results): number {
  return valid ? 0 : 1;
}

export function trueMedian(results: Results): number {
  return results["true-latencies"]?.["0.5"] ?? Infinity;
}

/** Messages that the busiest node sends and receives, a second. */
export function busiest({ net, settings }: Results): number {
  const loads = Object.values(net["by-node"] ?? {});
  return Math.max(...loads.map((load) => load["send-count"] + load["recv-count"])) / settings.timeLimitS;
}

export function bytesPerOp({ net, stats }: Results): number {
  return Object.values(net["by-node"] ?? {}).reduce((sum, load) => sum + load["send-bytes"], 0) / stats.count;
}

export function onThinLine(story: ThinLine, figure: "losses" | "latestMs" | "timeRatio"): Story["figure"] {
  return (without) => tell({ ...story, without })[figure];
}

/** From the heal, of which the carriers hear, until the node that was cut off has the value that it lacks, ms. */
export function linkedAgain(nodeCount: number): Story["figure"] {
  return (without) => {
    const ids = Array.from({ length: nodeCount }, (_, i) => `n${i}`);
    const [last = "", ...others] = ids.toReversed();
    let deliveredAt = Infinity;
    const cluster = new Cluster(ids, 20, new Set(), (happening, at) => {
      const isHere = happening.kind === "effect" && happening.id === last;
      if (isHere && happening.effect.kind === "deliver") deliveredAt = at;
    }, without);
    const both = (say: (from: string, to: string) => void) => {
      for (const other of others) {
        for (const [from, to] of [[other, last], [last, other]] as const) say(from, to);
      }
    };
    cluster.run(2_000);
    both((from, to) => cluster.cut(from, to));
    cluster.ask("n0", { type: "broadcast", message: 1 });
    cluster.run(8_000);
    cluster.heal();
    both((from, to) => cluster.linked(from, to));
    cluster.run(20_000);
    return deliveredAt - 10_000;
  };
}
