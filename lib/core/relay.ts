/** Who passes what to whom: a shallow tree over the links known to be up, the same on every node that knows the same. */
import { rankOf } from "./peers.ts";
import type { Plan } from "./plan.ts";
import type { Sights } from "./sights.ts";
import { choiceOf, helpers } from "./succession.ts";
import { OUT, ROOT, Tree } from "./tree.ts";

/**
 * The tree as seen by `me`. While nobody has lost anybody, that is the plan. After that only links of the plan, and those
 * that somebody has seen, count: the root is the first in rank who can be reached at all. The relays of the plan follow,
 * and under them the others, each under its own choice of those to which it has a link. Everyone else is as few hops away
 * as the links allow, round a cut whatever way there is.
 */
export function plant(sights: Sights, me: string): Tree {
  const { plan } = sights;
  if (sights.clear) return planned(plan, me);
  const { ranked } = plan;
  const reached = new Int32Array(ranked.length).fill(OUT);
  grow(reached, [rankOf(ranked, me) ?? 0], sights);
  const root = reached.findIndex((parent) => parent !== OUT);
  const parents = new Int32Array(ranked.length).fill(OUT);
  const relays = grow(parents, [root], sights, (rank) => plan.isRelayAt(rank));
  grow(parents, [...relays, ...settle(parents, sights)], sights);
  return new Tree({ ranked, me, root, levels: plan.levels, parentAt: (rank) => parents[rank] ?? OUT });
}

function planned(plan: Plan, me: string): Tree {
  const { ranked } = plan;
  return new Tree({
    ranked,
    me,
    root: 0,
    levels: plan.levels,
    parentAt: (rank) => plan.parentAt(rank) ?? ROOT,
  });
}

/**
 * Through which of its neighbours `me` reaches those who have to act on a change of the tree: whose place in it is not
 * what it was, and who is to help. The others have time.
 */
export function concerned(plan: Plan, before: Tree, after: Tree, me: string): Set<string> {
  const { ranked } = plan;
  const actors = new Set<number>();
  for (let rank = 0; rank < ranked.length; rank++) {
    const [was, is] = [before.parentAt(rank), after.parentAt(rank)];
    if (was === is) continue;
    for (const each of [rank, was, is]) actors.add(each);
    const fellOut = was !== OUT && is === OUT;
    if (fellOut) {
      for (const each of helpers(plan, after, ranked[rank] as string)) {
        actors.add(rankOf(ranked, each) ?? OUT);
      }
    }
  }
  const at = rankOf(ranked, me) ?? OUT;
  const ways = new Set<number>();
  for (const actor of actors) {
    if (actor >= 0 && after.parentAt(actor) !== OUT) ways.add(towards(after, at, actor));
  }
  return new Set([...ways].flatMap((way) => ranked[way] ?? []));
}

/** The neighbour of `me` on the way to another; nobody where that is `me` itself. */
function towards(tree: Tree, me: number, other: number): number {
  let below = other;
  for (let at = other; at >= 0; at = tree.parentAt(at)) {
    if (at === me) return below === me ? ROOT : below;
    below = at;
  }
  return tree.parentAt(me);
}

/**
 * Gives each of `members` that can be reached from `queue` through them, over links that are up, a parent on a shortest
 * way. Those that have one keep it. Returns the queue and all that joined it.
 */
function grow(
  parents: Int32Array,
  queue: number[],
  sights: Sights,
  members: (rank: number) => boolean = () => true,
): number[] {
  const { ranked } = sights.plan;
  const [first] = queue as [number];
  parents[first] = ROOT;
  // What is reached joins the queue while it is gone through.
  for (const here of queue) {
    const from = queue.length;
    const join = (other: number, isPlanned: boolean) => {
      if (parents[other] !== OUT || !members(other)) return;
      if (!sights.linkUp(ranked[here] as string, ranked[other] as string, isPlanned)) return;
      parents[other] = here;
      queue.push(other);
    };
    for (const other of sights.plan.nearAt(here)) join(other, true);
    const joinEach = (ids: ReadonlySet<string>) => {
      for (const id of ids) {
        const other = rankOf(ranked, id);
        if (other !== undefined) join(other, false);
      }
    };
    joinEach(sights.seenBy(ranked[here] as string));
    joinEach(sights.seersOf(ranked[here] as string));
    sortFrom(queue, from);
  }
  return queue;
}

/** Gives those who are no relays the relays of their choice. Returns whom it gave one. */
function settle(parents: Int32Array, sights: Sights): number[] {
  const { plan } = sights;
  const settled: number[] = [];
  if (plan.relays === 0) return settled;
  for (let rank = 1 + plan.relays; rank < parents.length; rank++) {
    const relay = parents[rank] === OUT ? choose(rank, parents, sights) : undefined;
    if (relay === undefined) continue;
    parents[rank] = relay;
    settled.push(rank);
  }
  return settled;
}

function choose(rank: number, parents: Int32Array, sights: Sights): number | undefined {
  const { plan } = sights;
  const id = plan.ranked[rank] as string;
  const planned = plan.parentAt(rank) as number;
  let chosen: number | undefined;
  const consider = (relay: number) => {
    if (relay === 0 || !plan.isRelayAt(relay) || parents[relay] === OUT) return;
    if (chosen !== undefined && choiceOf(plan, rank, relay) >= choiceOf(plan, rank, chosen)) return;
    if (sights.linkUp(id, plan.ranked[relay] as string, relay === planned)) chosen = relay;
  };
  consider(planned);
  // Of those who are silent nobody else has a link to them.
  if (chosen === undefined) {
    for (const seen of sights.seenBy(id)) {
      consider(rankOf(plan.ranked, seen) ?? 0);
    }
  }
  return chosen;
}

/** In order of rank. */
function sortFrom(queue: number[], from: number): void {
  const joined = queue.slice(from).sort((a, b) => a - b);
  for (const [i, rank] of joined.entries()) queue[from + i] = rank;
}
