/** The default topology, the tree while all is well: a star around the first in rank, or for many members two levels. */
import { ROOT } from "./tree.ts";

/**
 * So many members make one star. Two levels send about twice the messages, and values take two hops more, until a star's
 * root has a thousand small messages a second to send, a percent or two of a core (measured with 25 to 400 nodes).
 */
export const STAR_MAX = 150;

/** How many relays stand between the root and the others of so many members [K9]. */
export function relaysFor(members: number): number {
  return members > STAR_MAX ? Math.ceil(Math.sqrt(members)) : 0;
}

/** Rank 0 is the root, the next `relays` are its relays, and the rest are leaves, dealt out among these in turn [K9]. */
export class Layout {
  readonly size: number;
  /** How many relays stand between the root and the leaves; 0 for a star. */
  readonly relays: number;

  constructor(size: number, relays: number) {
    this.size = size;
    this.relays = relays;
  }

  /** Hops from the root to those farthest from it. */
  get levels(): number {
    return this.relays === 0 ? 1 : 2;
  }

  /** Of all members, ascending. */
  get ranks(): number[] {
    return [...Array(this.size).keys()];
  }

  /** Whether it passes on to others where there are two levels; the root does, too. */
  isRelay(rank: number): boolean {
    return this.relays > 0 && rank <= this.relays;
  }

  isLeaf(rank: number): boolean {
    return this.relays > 0 && rank > this.relays;
  }

  /** The neighbour towards the root, or ROOT. */
  parentOf(rank: number): number {
    if (rank === 0) return ROOT;
    return this.relays === 0 || rank <= this.relays ? 0 : 1 + (rank - 1) % this.relays;
  }

  links(a: number, b: number): boolean {
    return this.parentOf(a) === b || this.parentOf(b) === a;
  }

  /** In order of rank. */
  eachNeighbour(rank: number, visit: (rank: number) => void): void {
    const { size, relays } = this;
    if (rank > 0) visit(this.parentOf(rank));
    if (rank > relays) return;
    const isRoot = rank === 0;
    const end = isRoot && relays > 0 ? 1 + relays : size;
    for (let child = isRoot ? 1 : rank + relays; child < end; child += isRoot ? 1 : relays) visit(child);
  }
}
