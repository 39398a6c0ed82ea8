/** The members of the cluster in the order of rank: sorted by id, the same on every node. */

/** The place of a member in the order of rank, from 0; undefined of who is no member. */
export function rankOf(ranked: readonly string[], id: string): number | undefined {
  let low = 0;
  let high = ranked.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranked[middle] as string) < id) low = middle + 1;
    else high = middle;
  }
  return ranked[low] === id ? low : undefined;
}
