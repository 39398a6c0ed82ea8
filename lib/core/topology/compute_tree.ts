/** Who passes what to whom: a shallow tree over the links known to be up, the same on every node that knows the same. */
import { rankOf } from "./members.ts";
import type { Layout } from "./layout.ts";
import type { LinkState } from "./link_state.ts";
import { backupsOf, choiceOf } from "./failover.ts";
import { ROOT, Tree, UNREACHABLE } from "./tree.ts";

/**
 * The tree as seen by `me`. While nobody has lost anybody, that is the plan. After that only links of the plan, and those
 * that somebody has seen, count: the root is the first in rank who can be reached at all. The relays of the plan follow,
 * and under them the others, each under its own choice of those to which it has a link. Everyone else is as few hops away
 * as the links allow, round a cut whatever way there is.
 */
export function computeTree(linkState: LinkState, me: string): Tree {
  const { layout } = linkState;
  if (linkState.isCalm) return planned(layout, me);
  const { ranked, levels } = layout;
  const at = rankOf(ranked, me) ?? 0;
  // Who knows of no trouble but its own finds the others where they are planned.
  const relay = linkState.isAlone && layout.isLeaf(at) ? choose(at, linkState) : undefined;
  if (relay !== undefined) return planned(layout, me, at, relay);
  const reached = new Int32Array(ranked.length).fill(UNREACHABLE);
  const { length: size } = grow(reached, [at], linkState);
  const root = reached.findIndex((parent) => parent !== UNREACHABLE);
  const parents = new Int32Array(ranked.length).fill(UNREACHABLE);
  const placed = grow(parents, [root], linkState, (rank) => layout.isRelay(rank));
  settle(parents, placed, linkState);
  if (placed.length < size || !layout.isRelay(root)) grow(parents, placed, linkState);
  return new Tree({ ranked, me, root, levels, parentAt: (rank) => parents[rank] ?? UNREACHABLE });
}

/** As planned, but for one who is under another relay. */
function planned(plan: Layout, me: string, moved = UNREACHABLE, relay = UNREACHABLE): Tree {
  const { ranked, levels } = plan;
  const parentAt = (rank: number) => rank === moved ? relay : plan.parentOf(rank) ?? ROOT;
  return new Tree({ ranked, me, root: 0, levels, parentAt });
}

/**
 * Through which of its neighbours `me` reaches those who have to act on a change of the tree: whose place in it is not
 * what it was, and who is to help. The others have time.
 */
export function neighboursToNotify(plan: Layout, before: Tree, after: Tree, me: string): Set<string> {
  const { ranked } = plan;
  const actors = new Set<number>();
  for (let rank = 0; rank < ranked.length; rank++) {
    const [was, is] = [before.parentOf(rank), after.parentOf(rank)];
    if (was === is) continue;
    for (const each of [rank, was, is]) actors.add(each);
    const fellOut = was !== UNREACHABLE && is === UNREACHABLE;
    if (fellOut) {
      for (const each of backupsOf(plan, after, ranked[rank] as string)) {
        actors.add(rankOf(ranked, each) ?? UNREACHABLE);
      }
    }
  }
  const at = rankOf(ranked, me) ?? UNREACHABLE;
  const ways = new Set<number>();
  for (const actor of actors) {
    if (actor >= 0 && after.parentOf(actor) !== UNREACHABLE) ways.add(towards(after, at, actor));
  }
  return new Set([...ways].flatMap((way) => ranked[way] ?? []));
}

/** The neighbour of `me` on the way to another; nobody where that is `me` itself. */
function towards(tree: Tree, me: number, other: number): number {
  let below = other;
  for (let at = other; at >= 0; at = tree.parentOf(at)) {
    if (at === me) return below === me ? ROOT : below;
    below = at;
  }
  return tree.parentOf(me);
}

/**
 * Gives each of `members` that can be reached from `queue` through them, over links that are up, a parent on a shortest
 * way. Those that have one keep it. Returns the queue and all that joined it.
 */
function grow(
  parents: Int32Array,
  queue: number[],
  linkState: LinkState,
  members: (rank: number) => boolean = () => true,
): number[] {
  const { ranked } = linkState.layout;
  const [first] = queue as [number];
  parents[first] = ROOT;
  // What is reached joins the queue while it is gone through.
  for (const here of queue) {
    const id = ranked[here] as string;
    const from = queue.length;
    const join = (other: number, isPlanned: boolean) => {
      if (parents[other] !== UNREACHABLE || !members(other)) return;
      if (!linkState.linkUp(id, ranked[other] as string, isPlanned)) return;
      parents[other] = here;
      queue.push(other);
    };
    linkState.layout.eachNeighbour(here, (other) => join(other, true));
    for (const ids of [linkState.heardBy(id), linkState.reverseOf(id)]) {
      for (const each of ids) join(rankOf(ranked, each) ?? first, false);
    }
    if (queue.length > from + 1) sortFrom(queue, from);
  }
  return queue;
}

/** Puts those who are no relays under those of their choice that have a place. */
function settle(parents: Int32Array, placed: number[], linkState: LinkState): void {
  const { layout } = linkState;
  for (let rank = 1 + layout.relays; layout.relays > 0 && rank < parents.length; rank++) {
    if (parents[rank] !== UNREACHABLE) continue;
    const relay = choose(rank, linkState, parents);
    if (relay === undefined) continue;
    parents[rank] = relay;
    placed.push(rank);
  }
}

/** The relay that a member would rather be under than all others to which it has a link, of those that have a place. */
function choose(rank: number, linkState: LinkState, parents?: Int32Array): number | undefined {
  const { layout } = linkState;
  const id = layout.ranked[rank] as string;
  const planned = layout.parentOf(rank) as number;
  let chosen: number | undefined;
  const consider = (relay: number) => {
    if (relay === 0 || !layout.isRelay(relay) || parents?.[relay] === UNREACHABLE) return;
    if (chosen !== undefined && choiceOf(layout, rank, relay) >= choiceOf(layout, rank, chosen)) return;
    if (linkState.linkUp(id, layout.ranked[relay] as string, relay === planned)) chosen = relay;
  };
  consider(planned);
  // Of those who are silent nobody else has a link to them.
  if (chosen === undefined) {
    for (const seen of linkState.heardBy(id)) {
      consider(rankOf(layout.ranked, seen) ?? 0);
    }
  }
  return chosen;
}

/** In order of rank. */
function sortFrom(queue: number[], from: number): void {
  const joined = queue.slice(from).sort((a, b) => a - b);
  for (const [i, rank] of joined.entries()) queue[from + i] = rank;
}
