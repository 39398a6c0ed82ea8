/** What readers get of an entry: its value as a text, and in topics what belongs to it. */
import { isSame } from "../core/log/canonical.ts";
import { scan } from "../core/log/scan.ts";
import type { Run } from "../core/log/runs.ts";
import { DEFAULT_TOPIC } from "../core/keys/names.ts";
import { readRecord, type RecordParts } from "../core/keys/record.ts";

export interface Item extends RecordParts {
  readonly topic: string;
  /** Equal where items may be the same; undefined where each is one of its own, as what is put under a key without an id. */
  readonly hash?: number | undefined;
}

/** Undefined where something is no record that should be one. */
export function itemsOf({ texts, topic }: Run): readonly Item[] | undefined {
  if (texts.length === 0) return [];
  const { hashes } = texts.scanned;
  const hashAt = (i: number, salt = 0) => hashOf(hashes[2 * i] ?? 0, hashes[2 * i + 1] ?? 0, salt);
  if (topic === undefined) {
    return Array.from(texts, (text, i) => ({ text, topic: DEFAULT_TOPIC, hash: hashAt(i) }));
  }
  const salt = scan(JSON.stringify(topic))?.hashes[0] ?? 0;
  const items: Item[] = [];
  for (const [i, text] of [...texts].entries()) {
    const record = readRecord(text);
    if (record === undefined) return undefined;
    const { idHashes, ...parts } = record;
    const ofId = idHashes && hashOf(...idHashes, ~salt);
    items.push({ ...parts, topic, hash: ofId ?? (parts.key === undefined ? hashAt(i, salt) : undefined) });
  }
  return items;
}

/** Whether they are one entry, though under different numbers: by their ids, or else by their values. */
export function areSame(one: Item, other: Item): boolean {
  if (one.topic !== other.topic || one.id !== other.id) return false;
  return one.id !== undefined || isSame(one.text, other.text);
}

/** As many of the bits as a number can hold exactly. */
function hashOf(high: number, low: number, salt: number): number {
  return ((high ^ salt) & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
}
