/** Who stands in for whom: whose turn it is to pass on to a member, or to look for it, when its relay is lost. */
import type { Layout } from "./layout.ts";
import { rankOf } from "./members.ts";
import type { LinkState } from "./link_state.ts";
import { type Tree, UNREACHABLE } from "./tree.ts";

/** So many members try to reach one that another has lost. */
export const BACKUPS = 2;

/**
 * By rank, the first choice first: where there are relays, all of them, in an order of each member's own, so that those
 * under one that is lost spread over all others; in a star all that follow in rank.
 */
export function* preferenceList(plan: Layout, rank: number): Generator<number> {
  const { relays, ranked } = plan;
  if (relays === 0) { for (let i = 1; i < ranked.length; i++) yield (rank + i) % ranked.length; }
  else {
    const { first, next } = startOf(plan, rank);
    yield first;
    for (let i = 0; i < relays; i++) {
      const relay = 1 + (next + i) % relays;
      if (relay !== first) yield relay;
    }
  }
}

/** How many a member would rather have as its relay, at most. */
export function choiceOf(plan: Layout, rank: number, relay: number): number {
  const { first, next } = startOf(plan, rank);
  return relay === first ? 0 : 1 + (relay - 1 - next % plan.relays + plan.relays) % plan.relays;
}

function startOf(plan: Layout, rank: number): { first: number; next: number } {
  if (plan.isRelay(rank)) return { first: Math.max(1, rank), next: rank };
  const first = plan.parentOf(rank) ?? 0;
  return { first, next: first + Math.floor((rank - 1) / plan.relays) };
}

/** Who passes on to a member if it can: the root, or the first of the relays that stand in and can be reached. */
export function coordinatorOf(plan: Layout, tree: Tree, rank: number): string {
  if (plan.relays === 0 || plan.isRelay(rank)) return tree.root;
  for (const relay of preferenceList(plan, rank)) {
    if (tree.parentOf(relay) !== UNREACHABLE) return plan.ranked[relay] as string;
  }
  return tree.root;
}

/** How many relays of the plan can be reached. */
export function relaysIn(plan: Layout, tree: Tree): number {
  let count = 0;
  for (let rank = 0; plan.isRelay(rank); rank++) if (tree.parentOf(rank) !== UNREACHABLE) count++;
  return count;
}

/** Whether a member shares in looking after the others: where there are relays, they alone do. */
export function looksOut(plan: Layout, tree: Tree, id: string): boolean {
  return plan.relays === 0 || plan.isRelayId(id) || relaysIn(plan, tree) === 0;
}

/** Whether a member looks after the others: the root, and beside it the next in rank once anybody here has lost the root. */
export function isSteward(tree: Tree, linkState: LinkState, id: string): boolean {
  const { root, ranked } = tree;
  if (id === root) return true;
  if (ranked.find((each) => each !== root && tree.has(each)) !== id) return false;
  for (const [loser, { suspected }] of linkState.suspecting()) {
    if (suspected.has(root) && tree.has(loser)) return true;
  }
  return false;
}

/**
 * Who tries to reach one that has fallen out of the tree: the first few who stand in and can be reached, but for the root, and
 * its own relay, which has lost it.
 */
export function backupsOf(plan: Layout, tree: Tree, lost: string): string[] {
  const found: string[] = [];
  const own = plan.relays === 0 ? undefined : plan.parentIdOf(lost);
  for (const rank of preferenceList(plan, rankOf(plan.ranked, lost) ?? 0)) {
    const id = plan.ranked[rank] as string;
    if (id !== tree.root && id !== own && tree.parentOf(rank) !== UNREACHABLE) found.push(id);
    if (found.length === BACKUPS) break;
  }
  return found;
}
