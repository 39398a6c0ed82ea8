/** Where the time of all values of a run went, and whether that adds up to what the examiner measured. */
import { rows, rowSettings } from "../../../lib/commands/exam/targets.ts";
import { Recorder } from "../../../lib/workbench/report/recording.ts";
import type { Cause } from "../../../lib/workbench/report/why/causes.ts";
import { Facts } from "../../../lib/workbench/report/why/facts.ts";
import { whyOf } from "../../../lib/workbench/report/why/why.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";

export interface Account {
  readonly values: number;
  /** Of all values together. */
  readonly ms: number;
  readonly byCause: ReadonlyMap<Cause, number>;
  /** By how much the parts of one value differ from its latency, at most. */
  readonly errorMs: number;
  /** The slowest value, by these parts and by the examiner. */
  readonly slowestMs: number;
  readonly measuredMs: number;
}

export function accountOf(title: string, seed: number): Account {
  const row = rows.find((each) => each.title === title);
  if (row === undefined) throw new Error(`there is no row ${title}`);
  const settings = rowSettings(row, seed);
  const recorder = new Recorder();
  const results = simulate(settings, { recorder });
  const nodes = Array.from({ length: settings.nodeCount }, (_, i) => `n${i}`);
  const facts = new Facts({ about: { world: "sim", nodes }, recording: recorder.recording });
  const byCause = new Map<Cause, number>();
  const latencies: number[] = [];
  const errors: number[] = [];
  for (const value of facts.values) {
    const why = whyOf(facts, value);
    if (why === undefined || why.missing.length > 0) continue;
    latencies.push(why.ms);
    for (const { cause, ms } of why.parts) byCause.set(cause, (byCause.get(cause) ?? 0) + ms);
    errors.push(Math.abs(why.ms - why.stretches.reduce((sum, { from, to }) => sum + to - from, 0)));
  }
  return {
    values: latencies.length,
    ms: latencies.reduce((sum, ms) => sum + ms, 0),
    byCause,
    errorMs: Math.max(...errors),
    slowestMs: Math.max(...latencies),
    measuredMs: results["true-latencies"]?.["1"] ?? NaN,
  };
}
