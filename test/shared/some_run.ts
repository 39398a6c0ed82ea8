/** A run of the simulator as a report takes it. */
import { Recorder } from "../../lib/workbench/report/recording.ts";
import type { About, Run } from "../../lib/workbench/report/run.ts";
import { defaults, type Settings } from "../../lib/workbench/settings.ts";
import { type SimHosts, simulate } from "../../lib/workbench/world/sim.ts";

export interface SomeRun {
  readonly settings?: Partial<Settings>;
  readonly hosts?: SimHosts;
  readonly about?: Partial<About>;
}

export function someRun({ settings = {}, hosts, about = {} }: SomeRun = {}): Run {
  const recorder = new Recorder();
  const whole = { ...defaults, ...settings };
  const results = simulate(whole, { recorder }, hosts);
  return {
    about: {
      world: "sim",
      headline: `${whole.nodeCount} nodes, simulated.`,
      verdict: results.valid ? "Valid: every value is everywhere." : "Not valid.",
      passed: results.valid,
      reasons: results.failures,
      nodes: Array.from({ length: whole.nodeCount }, (_, i) => `n${i}`),
      command: `hearsay sim --seed ${whole.seed}`,
      limits: [],
      ...about,
    },
    recording: recorder.recording,
    results,
  };
}
