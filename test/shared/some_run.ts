/** A run of the simulator as a report takes it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { EventsReader } from "../../lib/workbench/report/events/read.ts";
import { Recorder } from "../../lib/workbench/report/recording.ts";
import type { About, Run } from "../../lib/workbench/report/run.ts";
import type { Results } from "../../lib/workbench/verdict/results.ts";
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
  return { about: { ...aboutOf(whole, results), ...about }, recording: recorder.recording, results };
}

export function aboutOf(settings: Settings, results: Results): About {
  const { nodeCount, seed } = settings;
  return {
    world: "sim",
    headline: `${nodeCount} nodes, simulated.`,
    verdict: results.valid ? "Valid: every value is everywhere." : "Not valid.",
    passed: results.valid,
    reasons: results.failures,
    nodes: Array.from({ length: nodeCount }, (_, i) => `n${i}`),
    command: `hearsay sim --seed ${seed}`,
    limits: [],
  };
}

/** The run of a file of events. */
export function runIn(path: string): Run {
  const reader = new EventsReader();
  for (const line of readFileSync(path, "utf8").trimEnd().split("\n")) reader.take(line);
  const outcome = reader.end();
  assert(outcome.ok, "the file can be read");
  return outcome.run;
}
