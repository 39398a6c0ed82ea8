/** `hearsay/sim`: what `hearsay sim` does, as a function: nodes on a simulated network, in virtual time; one seed, one result. */
import { type Exam, parseSim } from "../commands/config/exam/exam.ts";
import { judge } from "../commands/exam/figures.ts";
import { isAsPublished } from "../commands/exam/targets.ts";
import { HandlerNode } from "../runtime/handlers/handler_node.ts";
import type { NodeMaker } from "../runtime/handlers/node.ts";
import type { Results } from "../workbench/verdict/results.ts";
import { type SimHosts, simHosts, simulate as simulateNodes } from "../workbench/world/sim.ts";
import { argumentsOf, inSettings, mistakesOfOwnNodes, type SimulationSettings } from "./sim_settings.ts";

export type { SimulationSettings };
export type { Node, NodeMaker } from "../runtime/handlers/node.ts";
export type { Settings } from "../workbench/settings.ts";
export type { Results } from "../workbench/verdict/results.ts";
export type { NetLog } from "../workbench/world/network.ts";

export interface Simulation {
  /** Whether the run is valid, and meets the figures that the challenge demands, if there is one. */
  readonly passed: boolean;
  /** What `hearsay sim --json` prints: `valid`, a sentence for each reason why not, and all figures. */
  readonly results: Results;
}

/** Settings that there are not, that are out of bounds, or that do not go together. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  /** A sentence for each. */
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.mistakes = mistakes;
  }
}

/**
 * Runs to its end before it returns; equal settings give equal results, on every machine. 20 seconds of five nodes take about a
 * tenth of a second. Throws a SettingsError, and whatever a handler of `node` throws that is no MaelstromError.
 */
export function simulate(settings: SimulationSettings = {}): Simulation {
  const { node, without = [], log: netLog } = settings;
  const exam = examOf(settings);
  const { challenge, deliveryBudgetMs } = exam;
  const options = { without, netLog, ...deliveryBudgetMs !== undefined && { deliveryBudgetMs } };
  const results = simulateNodes(exam.settings, options, node && hostsOf(node));
  const must = challenge !== undefined && isAsPublished(challenge, exam.settings) ? challenge.must : [];
  return { passed: results.valid && judge(results, must).every(({ met }) => met), results };
}

function examOf(settings: SimulationSettings): Exam {
  const { args, mistakes } = argumentsOf(settings);
  const parsed = parseSim(args, {});
  const all = [...mistakes, ...parsed.ok ? [] : parsed.mistakes.map(inSettings)];
  const [exam, ...others] = parsed.ok ? parsed.config.exams : [];
  if (others.length > 0) all.push("Cannot simulate as 'challenge' must be one alone");
  if (exam !== undefined && settings.node !== undefined) {
    all.push(...mistakesOfOwnNodes(settings, exam.settings));
  }
  if (exam === undefined || all.length > 0) throw new SettingsError(all);
  return exam;
}

/** Nodes that serve the workload themselves, if they do. */
function hostsOf(make: NodeMaker): SimHosts {
  return (seed, scheduler, { workload: _, ...options }) =>
    simHosts(seed, scheduler, options, ({ random }) => new HandlerNode({ random }, make));
}
