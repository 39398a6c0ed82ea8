/**
 * Records: how the log and the wire spell entries that have more than a value: `[value, id|null, key|null, stamp, true]`, where
 * trailing parts that are absent are left off.
 */
import { at } from "../assert.ts";
import { idFault, keyFault } from "./names.ts";
import { isStamp } from "./hybrid_clock.ts";
import { scan } from "../log/scan.ts";

/** The parts of an entry in a topic. */
export interface RecordParts {
  /** The value as its JSON text; "null" for a deletion. */
  readonly text: string;
  /** Given by the client: entries of one topic with equal ids are one. */
  readonly id?: string | undefined;
  /** Whose latest entry counts; with it comes the stamp, by which that is decided [HybridClock]. */
  readonly key?: string | undefined;
  readonly stamp?: number | undefined;
  /** The key is deleted as of this entry. */
  readonly deleted?: boolean;
}

/** What a text says, and two hashes of 32 bits that are equal for equal ids. */
export interface ReadRecord extends RecordParts {
  readonly idHashes?: readonly [number, number];
}

export function recordText({ text, id, key, stamp, deleted = false }: RecordParts): string {
  if (key === undefined) return id === undefined ? `[${text}]` : `[${text},${JSON.stringify(id)}]`;
  const named = `${id === undefined ? "null" : JSON.stringify(id)},${JSON.stringify(key)},${stamp}`;
  return deleted ? `[null,${named},true]` : `[${text},${named}]`;
}

/** The parts of a record; undefined where the text, which is JSON, spells none. The value is cut out and not parsed. */
export function readRecord(text: string): ReadRecord | undefined {
  const found = text.startsWith("[") ? scan(text, 1) : undefined;
  if (found === undefined || found.end !== text.length - 1) return undefined;
  const { count, ends, hashes } = found;
  const part = (i: number) => text.slice(i === 0 ? 1 : at(ends, i - 1) + 2, at(ends, i) + 1);
  const value = { text: part(0) };
  if (count === 1) return value;
  const id = part(1) === "null" ? undefined : nameIn(part(1), idFault);
  if (id === undefined && (part(1) !== "null" || count === 2)) return undefined;
  const named = id === undefined
    ? value
    : { ...value, id, idHashes: [at(hashes, 2), at(hashes, 3)] as const };
  if (count === 2) return named;
  if (count !== 4 && count !== 5) return undefined;
  const key = nameIn(part(2), keyFault);
  const stamp = Number(part(3));
  if (key === undefined || !isStamp(stamp) || part(3) !== String(stamp)) return undefined;
  if (count === 4) return { ...named, key, stamp };
  return part(4) === "true" && value.text === "null" ? { ...named, key, stamp, deleted: true } : undefined;
}

/** The string that a JSON text spells; undefined where it spells something else, or one with a fault. */
function nameIn(
  text: string,
  faultOf: (field: string, name: string) => string | undefined,
): string | undefined {
  if (!text.startsWith('"')) return undefined;
  const name = text.includes("\\") ? String(JSON.parse(text)) : text.slice(1, -1);
  return faultOf("", name) === undefined ? name : undefined;
}
