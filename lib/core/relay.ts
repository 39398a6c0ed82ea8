/** Who passes what to whom: a shallow tree over the links known to be up, the same on every node that knows the same. */
import { rankOf } from "./peers.ts";
import type { Plan } from "./plan.ts";
import type { Sights } from "./sights.ts";

export interface Tree {
  readonly root: string;
  /** The neighbour towards the root; undefined at the root itself. */
  readonly parent: string | undefined;
  readonly children: readonly string[];
  /** Everyone who can be reached from here, this node included, in order of rank. */
  readonly component: readonly string[];
  /** Anyone's neighbour towards the root; the same wherever in the tree one stands. */
  readonly parentOf: (id: string) => string | undefined;
  /** Hops from the root to those farthest from it, as planned. */
  readonly levels: number;
}

/**
 * The tree as seen by `me`. While nobody has lost anybody, that is the plan. After that only links of the plan, and those
 * that somebody has seen, count: the root is the first in rank who can be reached at all. Who can keeps the place that it
 * has in the plan, and everyone else is as few hops away as the links allow, round a cut whatever way there is.
 */
export function plant(sights: Sights, me: string): Tree {
  if (sights.clear) return planned(sights.plan, me);
  const { ranked } = sights.plan;
  const reached = breadthFirst(ranked, sights, me, (id) => sights.maybeLinked(id));
  const component = ranked.filter((id) => id === me || reached.has(id));
  const root = component[0] as string;
  const asPlanned = breadthFirst(component, sights, root, (id) => sights.plan.near(id));
  const parents = breadthFirst(component, sights, root, (id) => sights.maybeLinked(id), asPlanned);
  return {
    root,
    parent: parents.get(me),
    children: component.filter((id) => parents.get(id) === me),
    component,
    parentOf: (id) => parents.get(id),
    levels: 1,
  };
}

function planned(plan: Plan, me: string): Tree {
  return {
    root: plan.root ?? me,
    parent: plan.parentOf(me),
    children: plan.childrenOf(me),
    component: plan.ranked,
    parentOf: (id) => plan.parentOf(id),
    levels: plan.relays === 0 ? 1 : 2,
  };
}

/** So many members try to reach one that another has lost. */
export const HELPERS = 2;

/** Who looks after the others: the root, and beside it the next in rank once anybody here has lost the root. */
export function stewards({ root, component }: Tree, sights: Sights): string[] {
  const next = component.find((id) => id !== root);
  const doubted = component.some((id) => sights.lostBy(id).has(root));
  return doubted && next !== undefined ? [root, next] : [root];
}

/** Who tries to reach one that has fallen out of the tree: the few in it that follow in rank, the root excepted. */
export function helpers(ranked: readonly string[], tree: Tree, lost: string): string[] {
  const at = rankOf(ranked, lost) ?? 0;
  const found: string[] = [];
  for (let i = 1; i < ranked.length && found.length < HELPERS; i++) {
    const id = ranked[(at + i) % ranked.length] as string;
    if (id !== tree.root && isIn(tree, id)) found.push(id);
  }
  return found;
}

/**
 * Through which of its neighbours `me` reaches those who have to act on a change of the tree: whose place in it is not
 * what it was, and who is to help. The others have time.
 */
export function concerned(before: Tree, after: Tree, me: string, ranked: readonly string[]): Set<string> {
  const actors = new Set<string>();
  for (const id of ranked) {
    const [was, is] = [before.parentOf(id), after.parentOf(id)];
    if (was !== is) { for (const each of [id, was, is]) if (each !== undefined) actors.add(each); }
    const fellOut = isIn(before, id) && !isIn(after, id);
    if (fellOut) { for (const each of helpers(ranked, after, id)) actors.add(each); }
  }
  const within = [...actors].filter((id) => isIn(after, id));
  return new Set(within.flatMap((id) => towards(after, me, id) ?? []));
}

/** The neighbour of `me` on the way to `id`. */
function towards(tree: Tree, me: string, id: string): string | undefined {
  let below = id;
  for (let at: string | undefined = id; at !== undefined; at = tree.parentOf(at)) {
    if (at === me) return below === me ? undefined : below;
    below = at;
  }
  return tree.parent;
}

/** Whether a member can be reached. */
export function isIn(tree: Tree, id: string): boolean {
  return rankOf(tree.component, id) !== undefined;
}

/**
 * Each of `members` that can be reached from `root`, with its parent on a shortest way over links to `near`. Those that
 * have a parent already keep it.
 */
function breadthFirst(
  members: readonly string[],
  sights: Sights,
  root: string,
  near: (id: string) => Iterable<string>,
  kept: ReadonlyMap<string, string> = new Map(),
): Map<string, string> {
  const parents = new Map(kept);
  const queue = [root, ...kept.keys()];
  // What is reached joins the queue while it is gone through.
  for (const here of queue) {
    const next = new Set<string>();
    for (const other of near(here)) {
      const isNew = other !== root && !parents.has(other) && !next.has(other);
      if (isNew && rankOf(members, other) !== undefined && sights.linkUp(here, other)) next.add(other);
    }
    for (const other of [...next].sort()) {
      parents.set(other, here);
      queue.push(other);
    }
  }
  return parents;
}
