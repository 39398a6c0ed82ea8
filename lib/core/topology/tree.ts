/** A shortest-path tree over the members that can be reached, as one of its nodes sees it [I7]. */
import { assert } from "../assert.ts";

/** In place of a parent's rank: the root has none, and what cannot be reached has no place in the tree. */
export const ROOT = -1;
export const UNREACHABLE = -2;

export class Tree {
  /** How many members there are. */
  readonly members: number;
  readonly me: number;
  readonly root: number;
  /** The rank of a member's parent, or ROOT, or UNREACHABLE; the same wherever in the tree one stands. */
  readonly parentOf: (rank: number) => number;
  /** This node's neighbour towards the root, or ROOT. */
  readonly parent: number;
  /** In order of rank. */
  readonly children: readonly number[];
  /** How many can be reached from here, this node included. */
  readonly size: number;
  /** By rank, 1 for each that has children; made when first asked for. */
  #hasChildren: Uint8Array | undefined;

  constructor(members: number, me: number, root: number, parentOf: (rank: number) => number) {
    assert(parentOf(root) === ROOT, "the root has no parent");
    this.members = members;
    this.me = me;
    this.root = root;
    this.parentOf = parentOf;
    this.parent = parentOf(me);
    const children: number[] = [];
    let size = 0;
    for (let rank = 0; rank < members; rank++) {
      const parent = parentOf(rank);
      if (parent === UNREACHABLE) continue;
      assert(rank === root || (rank > root && parent >= root), "the root is the lowest rank in the tree");
      size++;
      if (parent === me) children.push(rank);
    }
    this.children = children;
    this.size = size;
  }

  has(rank: number): boolean {
    return this.parentOf(rank) !== UNREACHABLE;
  }

  passesOn(rank: number): boolean {
    if (this.#hasChildren === undefined) {
      this.#hasChildren = new Uint8Array(this.members);
      // A place below 0 takes nothing.
      for (let each = 0; each < this.members; each++) this.#hasChildren[this.parentOf(each)] = 1;
    }
    return this.#hasChildren[rank] === 1;
  }
}
