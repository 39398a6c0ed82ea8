/** Who passes what to whom: a shallow tree over the links known to be up, the same on every node that knows the same. */
import type { Sights } from "./sights.ts";

export interface Tree {
  readonly root: string;
  /** The neighbour towards the root; undefined at the root itself. */
  readonly parent: string | undefined;
  readonly children: readonly string[];
  /** Everyone who can be reached from here, this node included, in order of rank. */
  readonly component: readonly string[];
  /** Equal for equal trees, wherever in the tree one stands. */
  readonly shape: string;
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
    shape: component.map((id) => `${id}<${parents.get(id) ?? ""}`).join(" "),
  };
}

function star(ranked: readonly string[], me: string): Tree {
  const root = ranked[0] ?? me;
  const children = root === me ? ranked.filter((id) => id !== me) : [];
  return { root, parent: root === me ? undefined : root, children, component: ranked, shape: "star" };
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
