/** Who passes what to whom: a shallow tree over the links known to be up, the same on every node that knows the same. */
import type { Sights } from "./sights.ts";

export interface Tree {
  readonly root: string;
  /** The neighbour towards the root; undefined at the root itself. */
  readonly parent: string | undefined;
  readonly children: readonly string[];
  /** Everyone who can be reached from here, this node included, in order of rank. */
  readonly component: readonly string[];
  /** Everyone's neighbour towards the root; the same wherever in the tree one stands. */
  readonly parents: ReadonlyMap<string, string>;
}

/**
 * The tree as seen by `me`. While nobody has lost anybody, that is a star around the first in rank. After that only
 * links that somebody has seen count: the root is the first in rank who can be reached at all, and everyone is as few
 * hops from it as the links allow: mostly a star again, and round a cut whatever way there is.
 */
export function plant(ranked: readonly string[], sights: Sights, me: string): Tree {
  if (sights.clear) return star(ranked, me);
  const reached = breadthFirst(ranked, sights, me);
  const component = ranked.filter((id) => id === me || reached.has(id));
  const root = component[0] as string;
  const parents = breadthFirst(component, sights, root);
  return {
    root,
    parent: parents.get(me),
    children: component.filter((id) => parents.get(id) === me),
    component,
    parents,
  };
}

function star(ranked: readonly string[], me: string): Tree {
  const root = ranked[0] ?? me;
  const leaves = ranked.filter((id) => id !== root);
  const parents = new Map(leaves.map((id) => [id, root]));
  return { root, parent: parents.get(me), children: root === me ? leaves : [], component: ranked, parents };
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
  const at = ranked.indexOf(lost);
  const following = [...ranked.slice(at + 1), ...ranked.slice(0, at)];
  return following.filter((id) => id !== tree.root && tree.component.includes(id)).slice(0, HELPERS);
}

/**
 * Through which of its neighbours `me` reaches those who have to act on a change of the tree: whose place in it is not
 * what it was, and who is to help. The others have time.
 */
export function concerned(before: Tree, after: Tree, me: string, ranked: readonly string[]): Set<string> {
  const actors = new Set<string>();
  for (const id of ranked) {
    const [was, is] = [before.parents.get(id), after.parents.get(id)];
    if (was !== is) { for (const each of [id, was, is]) if (each !== undefined) actors.add(each); }
    const fellOut = before.component.includes(id) && !after.component.includes(id);
    if (fellOut) { for (const each of helpers(ranked, after, id)) actors.add(each); }
  }
  const within = [...actors].filter((id) => after.component.includes(id));
  return new Set(within.flatMap((id) => towards(after, me, id) ?? []));
}

/** The neighbour of `me` on the way to `id`. */
function towards(tree: Tree, me: string, id: string): string | undefined {
  let below = id;
  for (let at: string | undefined = id; at !== undefined; at = tree.parents.get(at)) {
    if (at === me) return below === me ? undefined : below;
    below = at;
  }
  return tree.parent;
}

/** Each member that can be reached from `root`, with its parent on a shortest way. */
function breadthFirst(ranked: readonly string[], sights: Sights, root: string): Map<string, string> {
  const parents = new Map<string, string>();
  const queue = [root];
  let unseen = ranked.filter((id) => id !== root);
  for (let id = queue.shift(); id !== undefined && unseen.length > 0; id = queue.shift()) {
    const here = id;
    const next = unseen.filter((other) => sights.linkUp(here, other));
    for (const other of next) parents.set(other, here);
    unseen = unseen.filter((other) => !parents.has(other));
    queue.push(...next);
  }
  return parents;
}
