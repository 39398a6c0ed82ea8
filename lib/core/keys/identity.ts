/** When two entries are one [L3] [H2]: by their ids where the client gave some, and otherwise by all that they say. */
import { at } from "../assert.ts";
import { readRecord } from "./record.ts";
import { isSame } from "../log/canonical.ts";
import type { Block } from "../log/entry_store.ts";
import type { Texts } from "../log/texts.ts";

/** An id is hashed as what it is: a value may spell the same. */
const ID = 4;
/** As in FNV-1a. */
const [STEP, SEED] = [0x01000193, 0x811c9dc5];

/** Two hashes of 32 bits that are equal for entries that are one, and for few others. */
export function hashesOf(
  texts: Texts,
  i: number,
  topic: string | undefined,
): readonly [high: number, low: number] {
  const { hashes } = texts.scanned;
  const [high, low] = [at(hashes, 2 * i), at(hashes, 2 * i + 1)];
  if (topic === undefined) return [high, low];
  const ofTopic = hashOf(topic);
  const [idHigh, idLow] = readRecord(texts.at(i))?.idHashes ?? [];
  if (idHigh === undefined || idLow === undefined) return [high ^ ofTopic, Math.imul(low ^ ofTopic, STEP)];
  return [idHigh ^ ofTopic ^ ID, Math.imul(idLow ^ ofTopic ^ ID, STEP)];
}

/**
 * The first of the entries from..to - 1 of a block, counted from 0, which is one with the i-th of `texts`; undefined where none
 * is. The block has the same topic.
 */
export function sameIn(
  { texts: kept, topic }: Block,
  from: number,
  to: number,
  texts: Texts,
  i: number,
): number | undefined {
  const id = topic === undefined ? undefined : readRecord(texts.at(i))?.id;
  if (id !== undefined) return sameIdIn(kept, from, to, id);
  const { hashes } = texts.scanned;
  const theirs = kept.scanned.hashes;
  for (let k = from; k < to; k++) {
    if (theirs[2 * k] !== hashes[2 * i] || theirs[2 * k + 1] !== hashes[2 * i + 1]) continue;
    if (isSame(kept.at(k), texts.at(i))) return k;
  }
  return undefined;
}

/** An id is looked for as it is spelled, which takes a fraction of the time that reading all records would. */
function sameIdIn(kept: Texts, from: number, to: number, id: string): number | undefined {
  const { text, scanned: { ends } } = kept;
  const spelled = `,${JSON.stringify(id)}`;
  let k = from;
  for (let found = text.indexOf(spelled, k === 0 ? 0 : at(ends, k - 1)); found >= 0;) {
    while (k < to && at(ends, k) <= found) k++;
    if (k >= to) return undefined;
    if (readRecord(kept.at(k))?.id === id) return k;
    found = text.indexOf(spelled, found + 1);
  }
  return undefined;
}

function hashOf(topic: string): number {
  let hash = SEED;
  for (let i = 0; i < topic.length; i++) hash = Math.imul(hash ^ topic.charCodeAt(i), STEP);
  return hash;
}
