/** The tree while all is well: a star around the first in rank, or where one relay has too much to do, two levels of relays. */
import { rankOf } from "./peers.ts";

export class Plan {
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

  /** The neighbour towards the root; undefined of the root itself, and of who is no member. */
  parentOf(id: string): string | undefined {
    const rank = rankOf(this.ranked, id) ?? 0;
    if (rank === 0) return undefined;
    const isUnderRoot = this.relays === 0 || rank <= this.relays;
    return this.ranked[isUnderRoot ? 0 : 1 + (rank - 1) % this.relays];
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
    return this.parentOf(a) === b || this.parentOf(b) === a;
  }

  near(id: string): readonly string[] {
    const parent = this.parentOf(id);
    return parent === undefined ? this.childrenOf(id) : [parent, ...this.childrenOf(id)];
  }
}
