/**
 * Stand-ins, as in Dynamo: each member has a preference list of those that could pass on to it. The first of them that can
 * be reached coordinates, and the next few back it up.
 */
import type { Layout } from "./layout.ts";
import type { Tree } from "./tree.ts";

/** So many members try to reach one that has fallen out of the tree [D6]. */
export const BACKUPS = 2;

/**
 * By rank, the most preferred first. In a star these are all other members, from the one after it in rank on. Where there
 * are relays these are all of them, the layout's first, and the rest in an order that differs among the leaves of one relay,
 * so that these spread over all others when it is lost [K12].
 */
export function* preferenceList(layout: Layout, rank: number): Generator<number> {
  const { size, relays } = layout;
  if (relays === 0) { for (let i = 1; i < size; i++) yield (rank + i) % size; }
  else {
    const isLeaf = layout.isLeaf(rank);
    const first = isLeaf ? layout.parentOf(rank) : Math.max(1, rank);
    const next = isLeaf ? first + Math.floor((rank - 1) / relays) : rank;
    yield first;
    for (let i = 0; i < relays; i++) {
      const relay = 1 + (next + i) % relays;
      if (relay !== first) yield relay;
    }
  }
}

/** The one that is to pass on to a member: the root, or the first relay of its preference list that can be reached [K12]. */
export function coordinatorOf(layout: Layout, tree: Tree, rank: number): number {
  if (!layout.isLeaf(rank)) return tree.root;
  return preferenceList(layout, rank).find((relay) => tree.has(relay)) ?? tree.root;
}

/** The few that try to reach a member that has fallen out: not the root, and not its own relay, which suspects it [D6]. */
export function backupsOf(layout: Layout, tree: Tree, lost: number): number[] {
  const own = layout.relays === 0 ? undefined : layout.parentOf(lost);
  const canTry = (rank: number) => rank !== tree.root && rank !== own && tree.has(rank);
  return preferenceList(layout, lost).filter(canTry).take(BACKUPS).toArray();
}

/** How many relays of the layout can be reached, the root among them. */
export function relaysReached(layout: Layout, tree: Tree): number {
  let count = 0;
  for (let rank = 0; layout.isRelay(rank); rank++) if (tree.has(rank)) count++;
  return count;
}

/** Whether `tree.me` probes on behalf of others: where relays can be reached, they alone do [D9]. */
export function probesForOthers(layout: Layout, tree: Tree): boolean {
  return layout.relays === 0 || layout.isRelay(tree.me) || relaysReached(layout, tree) === 0;
}
