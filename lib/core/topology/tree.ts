/** A tree of relays, as one of its nodes sees it. */
import { rankOf } from "./members.ts";

/** In place of a parent's rank: nobody is above the root, and who is not reached has no place. */
export const ROOT = -1;
export const UNREACHABLE = -2;

interface TreeOptions {
  /** Every member, sorted. */
  readonly ranked: readonly string[];
  readonly me: string;
  /** By rank. */
  readonly root: number;
  readonly levels: number;
  /** The rank of a member's parent, or ROOT, or OUT. */
  readonly parentAt: (rank: number) => number;
}

export class Tree {
  readonly ranked: readonly string[];
  readonly root: string;
  /** The neighbour towards the root; undefined at the root itself. */
  readonly parent: string | undefined;
  readonly children: readonly string[];
  /** How many can be reached from here, this node included. */
  readonly size: number;
  /** Hops from the root to those farthest from it, as planned. */
  readonly levels: number;
  /** The rank of a member's parent, or ROOT, or OUT; the same wherever in the tree one stands. */
  readonly parentOf: (rank: number) => number;
  readonly #options: TreeOptions;
  /** By rank, 1 for those who have children; made when first asked for. */
  #passing: Uint8Array | undefined;

  constructor(options: TreeOptions) {
    const { ranked, me, root, levels, parentAt } = options;
    this.#options = options;
    this.ranked = ranked;
    this.root = ranked[root] as string;
    this.levels = levels;
    this.parentOf = parentAt;
    this.parent = this.parentIdOf(me);
    const at = rankOf(ranked, me);
    const children: string[] = [];
    let size = 0;
    for (let rank = 0; rank < ranked.length; rank++) {
      const parent = parentAt(rank);
      if (parent !== UNREACHABLE) size++;
      if (parent === at) children.push(ranked[rank] as string);
    }
    this.children = children;
    this.size = size;
  }

  /** Anyone's neighbour towards the root. */
  parentIdOf(id: string): string | undefined {
    return this.ranked[this.parentOf(rankOf(this.ranked, id) ?? UNREACHABLE)];
  }

  /** Whether a member can be reached. */
  has(id: string): boolean {
    const rank = rankOf(this.ranked, id);
    return rank !== undefined && this.parentOf(rank) !== UNREACHABLE;
  }

  /** Whether anyone is below a member. */
  passesOn(id: string): boolean {
    this.#passing ??= this.#whoPassOn();
    return this.#passing[rankOf(this.ranked, id) ?? UNREACHABLE] === 1;
  }

  #whoPassOn(): Uint8Array {
    const passing = new Uint8Array(this.ranked.length);
    for (let rank = 0; rank < passing.length; rank++) passing[this.parentOf(rank)] = 1;
    return passing;
  }

  /** Only the star around the root is left of it. */
  pruned(): Tree {
    const { root, parentAt } = this.#options;
    const isLeft = (parent: number) => parent < 0 || parent === root;
    return new Tree({ ...this.#options, parentAt: (rank) => isLeft(parentAt(rank)) ? parentAt(rank) : ROOT });
  }
}
