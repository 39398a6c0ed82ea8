/** What readers get of an entry: its value as a text, and in topics what belongs to it. */
import { isSame } from "../core/log/canonical.ts";
import type { Run } from "../core/log/runs.ts";
import { hashesOf } from "../core/keys/identity.ts";
import { DEFAULT_TOPIC } from "../core/keys/names.ts";
import { readRecord, type RecordParts } from "../core/keys/record.ts";

export interface Item extends RecordParts {
  readonly topic: string;
  /** Equal where items may be the same; undefined where each is one of its own, as what is put under a key without an id. */
  readonly hash?: number | undefined;
}

/** Undefined where something is no record that should be one. */
export function itemsOf(run: Run): readonly Item[] | undefined {
  const { texts, topic } = run;
  const items: Item[] = [];
  for (const [i, text] of [...texts].entries()) {
    const record = topic === undefined ? { text } : readRecord(text);
    if (record === undefined) return undefined;
    const isOne = record.key === undefined || record.id !== undefined;
    const hash = isOne ? hashOf(...hashesOf(run, i, record.id)) : undefined;
    items.push({ ...record, topic: topic ?? DEFAULT_TOPIC, hash });
  }
  return items;
}

/** Whether they are one entry, though under different numbers: by their ids, or else by their values. */
export function areSame(one: Item, other: Item): boolean {
  if (one.topic !== other.topic || one.id !== other.id) return false;
  return one.id !== undefined || isSame(one.text, other.text);
}

/** As many of the bits as a number can hold exactly. */
function hashOf(high: number, low: number): number {
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
}
