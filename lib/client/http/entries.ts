/** Entries and gaps as they are given to whoever reads over HTTP: what the library over TCP gives, too, as plain objects. */
import { isTooDeep } from "../../core/log/canonical.ts";
import type { Entry as LibraryEntry, Gap as LibraryGap } from "../watching/entries.ts";

/** One entry. Fields that it has not are not there. */
export type Entry = Pick<LibraryEntry, keyof LibraryEntry>;

/** Entries that no node asked still has, as its rules of retention let them go. Of which topic they were is not known. */
export type Gap = Pick<LibraryGap, keyof LibraryGap>;

/** What the data of an event spells, with the position behind it; undefined where it is malformed. */
export function entryOf(data: string, position: string): Entry | Gap | undefined {
  const parsed = parsedObject(data);
  if (parsed === undefined) return undefined;
  if (parsed.gap !== undefined) {
    const { origin, seq, count } = parsed.gap ?? {};
    return isPlace(origin, seq) && isOrdinal(count) ? { gap: { origin, seq, count }, position } : undefined;
  }
  const { topic, origin, seq, key, id, stamp, deleted } = parsed;
  const isEntry = typeof topic === "string" && isPlace(origin, seq) && isTextOrAbsent(key) &&
    isTextOrAbsent(id) && (stamp === undefined || Number.isSafeInteger(stamp)) && !isTooDeep(parsed.value);
  return isEntry ? { ...parsed, ...deleted && { value: undefined }, position } : undefined;
}

function isPlace(origin: unknown, seq: unknown): boolean {
  return typeof origin === "string" && isOrdinal(seq);
}

function isOrdinal(n: unknown): boolean {
  return Number.isSafeInteger(n) && Number(n) >= 1;
}

function isTextOrAbsent(name: unknown): boolean {
  return name === undefined || typeof name === "string";
}

function parsedObject(data: string) {
  try {
    const parsed = JSON.parse(data);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
