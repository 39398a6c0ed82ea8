/** What a node says of its own links: by rank inside, by id on the wire. */
import type { Exchange } from "../message.ts";
import type { Members } from "./members.ts";

/** Of two by one node, that of the later incarnation counts, and then the one of the later version [K1]. */
export interface Advertisement {
  readonly incarnation: number;
  readonly version: number;
  /** Peers that should have answered and did not. */
  readonly suspected: ReadonlySet<number>;
  /** Peers that were heard, and have not been suspected since. */
  readonly heard: ReadonlySet<number>;
}

type OnTheWire = NonNullable<Exchange["links"]>[number];

/** Reads one from the wire, without those it names that are no members [K6]. Undefined if its node is none. */
export function readAdvertisement(
  members: Members,
  [id, incarnation, version, suspected, heard]: OnTheWire,
): readonly [rank: number, Advertisement] | undefined {
  const rank = members.rankOf(id);
  if (rank === undefined) return undefined;
  return [rank, {
    incarnation,
    version,
    suspected: members.ranksOf(suspected),
    heard: members.ranksOf(heard),
  }];
}

export function writeAdvertisement(members: Members, rank: number, told: Advertisement): OnTheWire {
  const idsOf = (ranks: ReadonlySet<number>) => [...ranks].map((each) => members.idOf(each));
  return [members.idOf(rank), told.incarnation, told.version, idsOf(told.suspected), idsOf(told.heard)];
}

export function isLater(a: Advertisement, b: Advertisement): boolean {
  return a.incarnation > b.incarnation || (a.incarnation === b.incarnation && a.version > b.version);
}

export function isSame(a: Advertisement, b: Advertisement): boolean {
  const same = (x: ReadonlySet<number>, y: ReadonlySet<number>) =>
    x.size === y.size && [...x].every((each) => y.has(each));
  return a.incarnation === b.incarnation && a.version === b.version && same(a.suspected, b.suspected) &&
    same(a.heard, b.heard);
}
