/**
 * Records: how the log and the wire spell entries that have more than a value: `[value, id|null, key|null, stamp, true]`, where
 * trailing parts that are absent are left off.
 */
import { idFault, keyFault } from "./names.ts";
import { isStamp } from "./hybrid_clock.ts";

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The parts of an entry in a topic. */
export interface RecordParts {
  /** The value as its JSON text; "null" for a deletion. */
  readonly text: string;
  /** Given by the client: entries of one topic with equal ids are one. */
  readonly id?: string | undefined;
  /** The latest entry of this key counts, and the stamp that comes with it decides which one that is [HybridClock]. */
  readonly key?: string | undefined;
  readonly stamp?: number | undefined;
  /** The key is deleted as of this entry. */
  readonly deleted?: boolean;
}

export function recordText({ text, id, key, stamp, deleted = false }: RecordParts): string {
  if (key === undefined) return id === undefined ? `[${text}]` : `[${text},${JSON.stringify(id)}]`;
  const named = `${id === undefined ? "null" : JSON.stringify(id)},${JSON.stringify(key)},${stamp}`;
  return deleted ? `[null,${named},true]` : `[${text},${named}]`;
}

/** The parts of a record; undefined where the text, which is JSON, spells none. The value is cut out and not parsed. */
export function readRecord(text: string): RecordParts | undefined {
  const last = text.length - 1;
  if (last < 2 || text.charCodeAt(0) !== OPEN || text.charCodeAt(last) !== CLOSE) return undefined;
  let end = endOfPart(text, 1);
  const value = { text: text.slice(1, end) };
  if (end === last) return value;
  const idText = text.slice(end + 1, end = endOfPart(text, end + 1));
  const id = nameIn(idText, idFault);
  if (id === undefined && (idText !== "null" || end === last)) return undefined;
  const named = id === undefined ? value : { ...value, id };
  if (end === last) return named;
  const key = nameIn(text.slice(end + 1, end = endOfPart(text, end + 1)), keyFault);
  if (key === undefined || end === last) return undefined;
  const stampText = text.slice(end + 1, end = endOfPart(text, end + 1));
  const stamp = Number(stampText);
  if (!isStamp(stamp) || stampText !== String(stamp)) return undefined;
  if (end === last) return { ...named, key, stamp };
  return value.text === "null" && text.slice(end) === ",true]"
    ? { ...named, key, stamp, deleted: true }
    : undefined;
}

/** Where the part of an array ends that begins at `from`: at the comma behind it, or at the end of the array. */
function endOfPart(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) i = endOfString(text, i + 1);
    else if (unit === OPEN || unit === OPEN_OBJECT) depth++;
    else if (unit === COMMA && depth === 0) return i;
    else if ((unit === CLOSE || unit === CLOSE_OBJECT) && depth-- === 0) return i;
  }
  return text.length;
}

/** Where the quote is that ends a string. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = end - 1;
    while (text.charCodeAt(escapes) === BACKSLASH) escapes--;
    // Of two backslashes the first escapes the second.
    if ((end - escapes) % 2 === 1) return end;
  }
  return text.length;
}

/** The string that a JSON text spells; undefined where it spells something else, or one with a fault. */
function nameIn(
  text: string,
  faultOf: (field: string, name: string) => string | undefined,
): string | undefined {
  if (text.charCodeAt(0) !== QUOTE) return undefined;
  const name = text.includes("\\") ? String(JSON.parse(text)) : text.slice(1, -1);
  return faultOf("", name) === undefined ? name : undefined;
}
