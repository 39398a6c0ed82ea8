/** Where a hunt tries its cases: on simulated nodes, or on processes of a program. */
import { availableParallelism } from "node:os";
import { type Case, settingsOf } from "../../workbench/hunt/case.ts";
import type { Ground } from "../../workbench/hunt/options.ts";
import type { Recorder } from "../../workbench/report/recording.ts";
import type { Settings } from "../../workbench/settings.ts";
import type { Results } from "../../workbench/verdict/results.ts";
import { simulate } from "../../workbench/world/sim.ts";
import type { HuntConfig } from "../config/exam/hunt.ts";
import { examineProcesses } from "../exam/processes.ts";
import { yieldToEvents } from "../terminal/io.ts";

/** Processes at once for each core: nodes mostly wait. A guess. */
const NODES_PER_CORE = 10;

export function groundOf(config: HuntConfig): Ground {
  const run: Ground["run"] = (tried, recoveryS) => runCase(settingsIn(config, tried, recoveryS), config);
  return config.bin === undefined ? { nodesAtOnce: 1, isCertain: true, latenciesMs: [0, 20, 100], run } : {
    nodesAtOnce: NODES_PER_CORE * availableParallelism(),
    isCertain: false,
    latenciesMs: [0, 0, 10, 50],
    run,
  };
}

export function settingsIn(
  { seed, durable, protocol, ...config }: HuntConfig,
  tried: Case,
  recoveryS = config.recoveryS,
): Settings {
  return {
    ...settingsOf(tried, recoveryS, seed),
    ...durable && { durable },
    ...protocol !== undefined && { protocol },
  };
}

export async function runCase(settings: Settings, config: HuntConfig, recorder?: Recorder): Promise<Results> {
  const { bin, args, deliveryBudgetMs, without } = config;
  if (bin !== undefined) {
    const watched = { hurried: true, loads: true, recorder, onProgress: () => {} };
    return await examineProcesses({ settings, program: { bin, args }, ...watched });
  }
  await yieldToEvents();
  const budget = deliveryBudgetMs === undefined ? {} : { deliveryBudgetMs };
  return simulate(settings, { ...budget, without, loads: true, recorder });
}
