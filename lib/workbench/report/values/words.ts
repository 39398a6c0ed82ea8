/** The fates that a value can have, and what each means. */

/** Those first that are most to be looked at. */
export const fates = [
  "phantom",
  "duplicated",
  "lost",
  "resurrected",
  "dropped early",
  "missing",
  "partial",
  "rolled back",
  "removed",
  "forgiven",
  "expired",
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
  "resurrected": "was gone from a node and is there again",
  "dropped early": "was gone from a node that had to keep it",
  "missing": "acknowledged, but not in every final read",
  "partial": "in some final reads and not in others",
  "rolled back": "only nodes that were rolled back had had it",
  "removed": "went with members that were removed, or with their memory",
  "forgiven": "went with the memory of a killed node",
  "expired": "nodes need not keep it any longer",
  "refused": "its broadcast was refused, and it is nowhere",
  "never read": "no read had it",
  "unacknowledged": "its broadcast was not acknowledged",
  "late": "everywhere in the end, but late",
  "ok": "everywhere in time",
};

/** Fates that make a run invalid. */
const faults: readonly Fate[] = [
  ...["phantom", "duplicated", "lost", "resurrected", "dropped early", "missing", "partial"] as const,
];

export function isFault(fate: Fate): boolean {
  return faults.includes(fate);
}
