/** Entries as tests write them, one by one and with their values as JSON. */
import { Log } from "../../lib/core/log/log.ts";
import { MemoryEntries } from "../../lib/core/log/memory_entries.ts";
import { type Run, runOf, valuesOf } from "../../lib/core/log/runs.ts";
import type { Json } from "../../lib/core/message.ts";
import type { Effect } from "../../lib/core/node.ts";

export interface Entry {
  readonly origin: string;
  readonly seq: number;
  readonly value: Json;
  /** Then the value is a record. */
  readonly topic?: string;
}

/** Returns whether it is new. */
export function add(log: Log, { origin, seq, value }: Entry, now = 0): boolean {
  return log.addRun(runOf(origin, seq, value), now).length > 0;
}

export function logOf(entries: readonly Entry[]): Log {
  return new Log(keeping(entries));
}

/** Where these are kept. */
export function keeping(entries: Iterable<Entry>): MemoryEntries {
  const kept = new MemoryEntries();
  for (const { origin, seq, value } of entries) kept.put(runOf(origin, seq, value), 0);
  return kept;
}

export function entriesOf(runs: readonly Run[]): Entry[] {
  return runs.flatMap((run) =>
    valuesOf(run).map((value, i) => ({
      origin: run.origin,
      seq: run.seq + i,
      value,
      ...run.topic !== undefined && { topic: run.topic },
    }))
  );
}

/** The values of the entries from..to. */
export function valuesIn(log: Log, origin: string, from: number, to: number): Json[] {
  return [...log.taken({ origin, seq: from, count: to - from + 1 })].flatMap(valuesOf);
}

/** All that is read. */
export function readOf(log: Log): Json[] {
  return JSON.parse(log.read(Infinity) ?? "");
}

/** An effect as tests look at it: entries one by one, and messages as JSON. */
export type Told =
  | { readonly kind: "persist"; readonly own: boolean; readonly entries: readonly Entry[] }
  | { readonly kind: "deliver"; readonly entries: readonly Entry[] }
  | Exclude<Effect, { kind: "persist" | "deliver" }>;

export function told(effect: Effect): Told {
  if (effect.kind === "persist") {
    return { kind: effect.kind, own: effect.own, entries: entriesOf(effect.runs) };
  }
  if (effect.kind === "deliver") return { kind: effect.kind, entries: entriesOf(effect.runs) };
  if (effect.kind !== "send") return effect;
  const { envelope } = effect;
  return { kind: "send", envelope: { ...envelope, body: JSON.parse(JSON.stringify(envelope.body)) } };
}

/** One entry as the effects of a node have it. */
export function runsOf(...entries: readonly Entry[]): Run[] {
  return entries.map(({ origin, seq, value }) => runOf(origin, seq, value));
}
