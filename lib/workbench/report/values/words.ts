/** The fates that a value can have, and what each means. */

/** Those first that are most to be looked at. */
export const fates = [
  "phantom",
  "duplicated",
  "lost",
  "missing",
  "partial",
  "rolled back",
  "forgiven",
  "never read",
  "late",
  "unacknowledged",
  "refused",
  "ok",
] as const;
export type Fate = typeof fates[number];

export const fateWords: Readonly<Record<Fate, string>> = {
  "phantom": "read, though nobody had broadcast it",
  "duplicated": "came more than once in one read",
  "lost": "acknowledged or read, and not read later",
  "missing": "acknowledged, but not in every final read",
  "partial": "in some final reads and not in others",
  "rolled back": "only nodes that were rolled back had had it",
  "forgiven": "went with the memory of a killed node",
  "refused": "its broadcast was refused, and it is nowhere",
  "never read": "no read had it",
  "unacknowledged": "its broadcast was not acknowledged",
  "late": "everywhere in the end, but late",
  "ok": "everywhere in time",
};

/** Fates that make a run invalid. */
const faults: readonly Fate[] = ["phantom", "duplicated", "lost", "missing", "partial"];

export function isFault(fate: Fate): boolean {
  return faults.includes(fate);
}
