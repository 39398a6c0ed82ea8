/** Entries and gaps as they are given to whoever reads over HTTP: what the library over TCP gives, too, as plain objects. */
import type { Entry as LibraryEntry, Gap as LibraryGap } from "../watching/entries.ts";

/** One entry. Fields that it has not are not there. */
export type Entry = Pick<LibraryEntry, keyof LibraryEntry>;

/** Entries that no node asked still has, as its rules of retention let them go. Of which topic they were is not known. */
export type Gap = Pick<LibraryGap, keyof LibraryGap>;

/** What the data of an event spells, with the position behind it; undefined where it is malformed. */
export function entryOf(data: string, position: string): Entry | Gap | undefined {
  const parsed = parsedObject(data);
  if (parsed === undefined) return undefined;
  if (parsed.gap !== undefined) return { gap: parsed.gap, position };
  const { topic, origin, seq, deleted } = parsed;
  if (typeof topic !== "string" || typeof origin !== "string" || !Number.isSafeInteger(seq)) return undefined;
  return { ...parsed, ...deleted && { value: undefined }, position };
}

function parsedObject(data: string) {
  try {
    const parsed = JSON.parse(data);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
