/** Who passes what to whom: a shallow tree over the links known to be up, the same on every node that knows the same. */
import { rankOf } from "./peers.ts";
import type { Plan } from "./plan.ts";
import type { Sights } from "./sights.ts";
import { OUT, ROOT, Tree } from "./tree.ts";

/**
 * The tree as seen by `me`. While nobody has lost anybody, that is the plan. After that only links of the plan, and those
 * that somebody has seen, count: the root is the first in rank who can be reached at all. Who can keeps the place that it
 * has in the plan, and everyone else is as few hops away as the links allow, round a cut whatever way there is.
 */
export function plant(sights: Sights, me: string): Tree {
  const { plan } = sights;
  if (sights.clear) return planned(plan, me);
  const { ranked } = plan;
  const reached = new Int32Array(ranked.length).fill(OUT);
  grow(reached, [rankOf(ranked, me) ?? 0], sights);
  const root = reached.findIndex((parent) => parent !== OUT);
  const parents = new Int32Array(ranked.length).fill(OUT);
  const kept = grow(parents, [root], sights, true);
  grow(parents, kept, sights);
  return new Tree({ ranked, me, root, levels: 1, parentAt: (rank) => parents[rank] ?? OUT });
}

function planned(plan: Plan, me: string): Tree {
  const { ranked } = plan;
  const levels = plan.relays === 0 ? 1 : 2;
  return new Tree({ ranked, me, root: 0, levels, parentAt: (rank) => plan.parentAt(rank) ?? ROOT });
}

/** So many members try to reach one that another has lost. */
export const HELPERS = 2;

/** Who looks after the others: the root, and beside it the next in rank once anybody here has lost the root. */
export function stewards(tree: Tree, sights: Sights): string[] {
  const { root } = tree;
  let doubted = false;
  for (const [loser, { lost }] of sights.losers()) doubted ||= lost.has(root) && tree.has(loser);
  const next = doubted ? tree.ranked.find((id) => id !== root && tree.has(id)) : undefined;
  return next === undefined ? [root] : [root, next];
}

/** Who tries to reach one that has fallen out of the tree: the few in it that follow in rank, the root excepted. */
export function helpers(tree: Tree, lost: string): string[] {
  const { ranked } = tree;
  const at = rankOf(ranked, lost) ?? 0;
  const found: string[] = [];
  for (let i = 1; i < ranked.length && found.length < HELPERS; i++) {
    const id = ranked[(at + i) % ranked.length] as string;
    if (id !== tree.root && tree.has(id)) found.push(id);
  }
  return found;
}

/**
 * Through which of its neighbours `me` reaches those who have to act on a change of the tree: whose place in it is not
 * what it was, and who is to help. The others have time.
 */
export function concerned(before: Tree, after: Tree, me: string): Set<string> {
  const { ranked } = after;
  const actors = new Set<number>();
  for (let rank = 0; rank < ranked.length; rank++) {
    const [was, is] = [before.parentAt(rank), after.parentAt(rank)];
    if (was === is) continue;
    for (const each of [rank, was, is]) actors.add(each);
    const fellOut = was !== OUT && is === OUT;
    if (fellOut) {
      for (const each of helpers(after, ranked[rank] as string)) actors.add(rankOf(ranked, each) ?? OUT);
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
 * Gives each that can be reached from `queue`, over links of the plan alone or any that are up, a parent on a shortest way.
 * Those that have one keep it. Returns the queue and all that joined it.
 */
function grow(parents: Int32Array, queue: number[], sights: Sights, asPlanned = false): number[] {
  const { ranked } = sights.plan;
  const [first] = queue as [number];
  parents[first] = ROOT;
  // What is reached joins the queue while it is gone through.
  for (const here of queue) {
    const from = queue.length;
    const join = (other: number, isPlanned: boolean) => {
      if (
        parents[other] !== OUT || !sights.linkUp(ranked[here] as string, ranked[other] as string, isPlanned)
      ) return;
      parents[other] = here;
      queue.push(other);
    };
    for (const other of sights.plan.nearAt(here)) join(other, true);
    if (asPlanned) continue;
    for (const id of sights.witnessed(ranked[here] as string)) {
      const other = rankOf(ranked, id);
      if (other !== undefined) join(other, false);
    }
    sortFrom(queue, from);
  }
  return queue;
}

/** In order of rank. */
function sortFrom(queue: number[], from: number): void {
  const joined = queue.slice(from).sort((a, b) => a - b);
  for (const [i, rank] of joined.entries()) queue[from + i] = rank;
}
