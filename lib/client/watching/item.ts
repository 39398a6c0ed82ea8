/** What readers get of an entry: its value as a text, and in topics what belongs to it. */
import { isSame } from "../../core/log/canonical.ts";
import type { Run } from "../../core/log/runs.ts";
import { hashesOf } from "../../core/keys/identity.ts";
import { DEFAULT_TOPIC } from "../../core/keys/names.ts";
import { readRecord, type RecordParts } from "../../core/keys/record.ts";

/** What an entry says, wherever it has entered. */
export interface Content extends RecordParts {
  readonly topic: string;
  /** Equal where items may be the same; undefined where each is one of its own, as what is put under a key without an id. */
  readonly hash?: number | undefined;
}

export interface Item extends Content {
  /** The node, and the life of it, that took the entry. */
  readonly origin: string;
  /** The number of the entry among those of its origin, from 1 on. */
  readonly seq: number;
}

/** Undefined where something is no record that should be one. */
export function itemsOf(run: Run): readonly Item[] | undefined {
  const { origin, seq, texts, topic } = run;
  const items: Item[] = [];
  for (const [i, text] of [...texts].entries()) {
    const record = topic === undefined ? { text } : readRecord(text);
    if (record === undefined) return undefined;
    const isOne = record.key === undefined || record.id !== undefined;
    const hash = isOne ? hashOf(...hashesOf(run, i, record.id)) : undefined;
    items.push({ ...record, topic: topic ?? DEFAULT_TOPIC, origin, seq: seq + i, hash });
  }
  return items;
}

/** Whether they are one entry, though under different numbers: by their ids, or else by their values. */
export function areSame(one: Content, other: Content): boolean {
  if (one.topic !== other.topic || one.id !== other.id) return false;
  return one.id !== undefined || isSame(one.text, other.text);
}

/** As many of the bits as a number can hold exactly. */
function hashOf(high: number, low: number): number {
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
}
