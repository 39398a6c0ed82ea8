/** The tree while all is well: a star around the first in rank, or where that would have too much to do, two levels of relays. */
import { rankOf } from "./members.ts";

/**
 * So many members make one star. Two levels send about twice the messages, and values take two hops more, until a star's
 * root has a thousand small messages a second to send, a percent or two of a core (measured with 25 to 400 nodes).
 */
export const STAR_MAX = 150;

/** How many relays stand between the root and the others of so many members. */
export function relaysFor(members: number): number {
  return members > STAR_MAX ? Math.ceil(Math.sqrt(members)) : 0;
}

export class Layout {
  /** Every member, sorted. */
  readonly ranked: readonly string[];
  /** So many relays stand between the root and the others; 0 for a star. */
  readonly relays: number;

  constructor(ranked: readonly string[], relays: number) {
    this.ranked = ranked;
    this.relays = relays;
  }

  get root(): string | undefined {
    return this.ranked[0];
  }

  /** Hops from the root to those farthest from it. */
  get levels(): number {
    return this.relays === 0 ? 1 : 2;
  }

  /** Whether it passes on to others where there are two levels; the root does, too. */
  isRelayId(id: string): boolean {
    return this.relays > 0 && id <= (this.ranked[this.relays] as string);
  }

  /** The same by rank. */
  isRelay(rank: number): boolean {
    return this.relays > 0 && rank <= this.relays;
  }

  /** Whether it is to be under one of the relays. */
  isLeaf(rank: number): boolean {
    return this.relays > 0 && rank > this.relays;
  }

  /** The neighbour towards the root; undefined of the root itself, and of who is no member. */
  parentIdOf(id: string): string | undefined {
    return this.ranked[this.parentOf(rankOf(this.ranked, id) ?? 0) ?? -1];
  }

  /** The same by rank. */
  parentOf(rank: number): number | undefined {
    if (rank <= 0) return undefined;
    return this.relays === 0 || rank <= this.relays ? 0 : 1 + (rank - 1) % this.relays;
  }

  childrenOf(id: string): readonly string[] {
    const { ranked, relays } = this;
    const rank = rankOf(ranked, id);
    if (rank === 0) return relays === 0 ? ranked.slice(1) : ranked.slice(1, 1 + relays);
    if (rank === undefined || rank > relays) return [];
    const children: string[] = [];
    for (let i = rank + relays; i < ranked.length; i += relays) children.push(ranked[i] as string);
    return children;
  }

  /** Whether two members are next to each other. */
  links(a: string, b: string): boolean {
    return this.parentIdOf(a) === b || this.parentIdOf(b) === a;
  }

  neighbourIds(id: string): readonly string[] {
    const parent = this.parentIdOf(id);
    return parent === undefined ? this.childrenOf(id) : [parent, ...this.childrenOf(id)];
  }

  /** The same by rank, in order of rank. */
  eachNeighbour(rank: number, visit: (rank: number) => void): void {
    const { ranked, relays } = this;
    const parent = this.parentOf(rank);
    if (parent !== undefined) visit(parent);
    if (rank > relays) return;
    const isRoot = rank === 0;
    const end = isRoot && relays > 0 ? 1 + relays : ranked.length;
    for (let child = isRoot ? 1 : rank + relays; child < end; child += isRoot ? 1 : relays) visit(child);
  }
}
