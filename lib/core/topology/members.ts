/** The members of the cluster, sorted by id: a member's rank is its place in that order, the same on every node. */
import { at } from "../assert.ts";

/** Ids are known at the door and on the wire; inside, the control plane names a member by its rank. */
export class Members {
  #ids: readonly string[];

  /** `ids`: sorted, each once. */
  constructor(ids: readonly string[]) {
    this.#ids = ids;
  }

  /** In order of rank. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  /** These are the members from now on: sorted, each once. Ranks are others then. */
  become(ids: readonly string[]): void {
    this.#ids = ids;
  }

  /** The members named in `ids`, and `me`. A list that is in order already is kept, as many nodes may share it. */
  static including(ids: readonly string[], me: string): Members {
    const isRanked = ids.every((id, i) => i === 0 || at(ids, i - 1) < id);
    const given = new Members(ids);
    return isRanked && given.rankOf(me) !== undefined
      ? given
      : new Members([...new Set([...ids, me])].sort());
  }

  get size(): number {
    return this.ids.length;
  }

  /** From 0; undefined if `id` is no member. */
  rankOf(id: string): number | undefined {
    let low = 0;
    let high = this.ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at(this.ids, middle) < id) low = middle + 1;
      else high = middle;
    }
    return this.ids[low] === id ? low : undefined;
  }

  idOf(rank: number): string {
    return at(this.ids, rank);
  }

  /** The ranks of those that are members, in the order given. */
  ranksOf(ids: readonly string[]): Set<number> {
    return new Set(ids.flatMap((id) => this.rankOf(id) ?? []));
  }
}
