/** What the dedup path would do with a set of ids, or with a set of numbers by origin. */
import type { Entry } from "../../shared/entries.ts";
import { type Extent, originOf } from "./rig.ts";

type ById = Set<string>;
type ByNumber = Map<string, Set<number>>;

/** What came, by its ids, and in order of arrival. */
interface Kept<Held> {
  readonly held: Held;
  readonly list: Entry[];
}

export function idsAndList(): Kept<ById> {
  return { held: new Set(), list: [] };
}

export function numbersAndList(): Kept<ByNumber> {
  return { held: new Map(), list: [] };
}

export function idOf(origin: string, seq: number): string {
  return `${origin}/${seq}`;
}

/** Whether an id is new shows in the size: one look-up, where asking first would take two. */
export function isNewIn<Id>(set: Set<Id>, id: Id): boolean {
  const before = set.size;
  return set.add(id).size > before;
}

export function addIds(kept: Kept<ById>, entries: readonly Entry[]): Kept<ById> {
  for (const entry of entries) {
    if (isNewIn(kept.held, idOf(entry.origin, entry.seq))) kept.list.push(entry);
  }
  return kept;
}

export function addNumbers(kept: Kept<ByNumber>, entries: readonly Entry[]): Kept<ByNumber> {
  for (const entry of entries) {
    if (isNewIn(numbersIn(kept.held, entry.origin), entry.seq)) kept.list.push(entry);
  }
  return kept;
}

function numbersIn(held: ByNumber, origin: string): Set<number> {
  let numbers = held.get(origin);
  if (numbers === undefined) {
    numbers = new Set();
    held.set(origin, numbers);
  }
  return numbers;
}

/** What a log of this extent holds, both ways. */
export function idsOf({ origins, values }: Extent): [ById, ByNumber] {
  const ids: ById = new Set();
  const numbers: ByNumber = new Map();
  for (let i = 0; i < origins; i++) {
    for (let seq = 1; seq <= values; seq++) {
      ids.add(idOf(originOf(i), seq));
      numbersIn(numbers, originOf(i)).add(seq);
    }
  }
  return [ids, numbers];
}

/** What is in `mine` and not in `theirs`. */
export function idsLacking(theirs: ById, mine: ById): string[] {
  const lacking: string[] = [];
  for (const id of mine) if (!theirs.has(id)) lacking.push(id);
  return lacking;
}

export function numbersLacking(theirs: ByNumber, mine: ByNumber): [origin: string, seq: number][] {
  const lacking: [string, number][] = [];
  for (const [origin, numbers] of mine) {
    const known = theirs.get(origin);
    for (const seq of numbers) if (known === undefined || !known.has(seq)) lacking.push([origin, seq]);
  }
  return lacking;
}
