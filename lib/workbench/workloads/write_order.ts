/** Which writes of a key overwrite which, as far as clients can know: what a node had before it took a write is older than that. */
import type { Json } from "../../core/message.ts";

/** A put or a deletion of one key. */
export interface Write {
  /** What was put; undefined: a deletion. */
  readonly value: Json | undefined;
  /** Where and when it was acknowledged first. */
  acked: { readonly node: string; readonly time: number } | undefined;
  /** Of the times it was told, those that did not surely fail. */
  attempts: number;
  /** It was told again, so it may have entered again later: it is older or newer than nothing. */
  isRepeated: boolean;
  /** The largest hybrid time under which it was shown, where nodes tell it. */
  stamp: number | undefined;
  /** These surely overwrite it. */
  readonly newer: Set<Write>;
}

export function writeOf(value: Json | undefined): Write {
  return { value, acked: undefined, attempts: 0, isRepeated: false, stamp: undefined, newer: new Set() };
}

/** Whether `newer` surely overwrites `older`, directly or by others in between. */
export function overwrites(newer: Write, older: Write): boolean {
  return !newer.isRepeated && newerThan(older).has(newer);
}

/** All writes that surely overwrite this one. */
export function newerThan(write: Write): ReadonlySet<Write> {
  const found = new Set<Write>();
  const open = write.isRepeated ? [] : [write];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const newer of next.newer) {
      if (newer.isRepeated || found.has(newer)) continue;
      found.add(newer);
      open.push(newer);
    }
  }
  return found;
}

/** Notes an order, unless the opposite is sure: then nothing is changed, and it is false. */
export function noteOrder(older: Write, newer: Write): boolean {
  if (older === newer || older.isRepeated || newer.isRepeated) return true;
  if (overwrites(older, newer)) return false;
  older.newer.add(newer);
  return true;
}
