/** Where the time of all values of a run went, and whether that adds up to what the examiner measured. */
import type { Mechanism } from "../../../lib/core/node.ts";
import { rows, rowSettings } from "../../../lib/commands/exam/targets.ts";
import { Recorder } from "../../../lib/workbench/report/recording.ts";
import type { Cause } from "../../../lib/workbench/report/why/causes.ts";
import { Facts } from "../../../lib/workbench/report/why/facts.ts";
import { whyOf } from "../../../lib/workbench/report/why/why.ts";
import type { Settings } from "../../../lib/workbench/settings.ts";
import { type Quantiles, quantiles } from "../../../lib/workbench/verdict/quantiles.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";

export interface Account {
  readonly values: number;
  /** Of all values together. */
  readonly ms: number;
  readonly byCause: ReadonlyMap<Cause, number>;
  /** By how much the parts of one value differ from its latency, at most. */
  readonly errorMs: number;
  /** By how much the quantiles of the latencies differ from the examiner's, at most; it rounds to a tenth. */
  readonly offMs: number;
}

export function accountOf(
  title: string,
  seed: number,
  changes: Partial<Settings> = {},
  without: readonly Mechanism[] = [],
): Account {
  const row = rows.find((each) => each.title === title);
  if (row === undefined) throw new Error(`there is no row ${title}`);
  const settings = { ...rowSettings(row, seed), ...changes };
  const recorder = new Recorder();
  const results = simulate(settings, { recorder, without });
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
    offMs: distance(quantiles(latencies), results["true-latencies"]),
  };
}

function distance(some: Quantiles | undefined, others: Quantiles | null): number {
  if (some === undefined || others === null) return NaN;
  const names = ["0", "0.5", "0.95", "0.99", "1"] as const;
  return Math.max(...names.map((name) => Math.abs(some[name] - others[name])));
}
