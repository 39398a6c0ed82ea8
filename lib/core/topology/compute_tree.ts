/**
 * From the link-state database to a shortest-path tree, the same on every node that knows the same.
 *
 * Its root is the lowest rank that can be reached, which has the part of a designated router in OSPF. Values go up to it and
 * down again.
 */
import { assert } from "../assert.ts";
import { backupsOf, preferenceList } from "./failover.ts";
import type { Layout } from "./layout.ts";
import type { LinkState } from "./link_state.ts";
import { ROOT, Tree, UNREACHABLE } from "./tree.ts";

/**
 * The tree as seen by `me` [K10] [K11]. While nobody suspects anybody, it is the layout. After that only links of the layout and
 * advertised ones count. The relays of the layout that the root reaches through relays come first, and under them the leaves,
 * each under the first of its preference list to which it has a link. All others are as few hops away as the links allow.
 */
export function computeTree(linkState: LinkState, me: number): Tree {
  const { layout } = linkState;
  const members = layout.size;
  if (linkState.isCalm) return new Tree(members, me, 0, (rank) => layout.parentOf(rank));
  // A leaf that knows of no fault but its own finds all others where the layout has them: a search would find the same.
  const isAlone = linkState.advertisements.size === 1 && linkState.advertisements.has(me);
  const relay = isAlone && layout.isLeaf(me) ? relayFor(me, linkState) : undefined;
  if (relay !== undefined) {
    return new Tree(members, me, 0, (rank) => rank === me ? relay : layout.parentOf(rank));
  }
  const reached = new Int32Array(layout.size).fill(UNREACHABLE);
  const { length: size } = grow(reached, [me], linkState);
  const root = reached.findIndex((parent) => parent !== UNREACHABLE);
  const parents = new Int32Array(layout.size).fill(UNREACHABLE);
  const placed = grow(parents, [root], linkState, (rank) => layout.isRelay(rank));
  placeLeaves(parents, placed, linkState);
  if (placed.length < size || !layout.isRelay(root)) grow(parents, placed, linkState);
  return new Tree(members, me, root, (rank) => parents[rank] ?? UNREACHABLE);
}

/** The same tree without ways round a cut: only the root and relays of the layout pass on [K11]. */
export function withoutDetours({ members, me, root, parentOf }: Tree, layout: Layout): Tree {
  const passesOn = (parent: number) => parent < 0 || parent === root || layout.isRelay(parent);
  return new Tree(members, me, root, (rank) => passesOn(parentOf(rank)) ? parentOf(rank) : UNREACHABLE);
}

/**
 * The neighbours through which `after.me` reaches all that have to act on a change of the tree: those whose place in it is
 * another, and the backups of those that fell out of it. Everyone else has time [K2].
 */
export function neighboursToNotify(layout: Layout, before: Tree, after: Tree): Set<number> {
  const actors = new Set<number>();
  for (let rank = 0; rank < layout.size; rank++) {
    const [was, is] = [before.parentOf(rank), after.parentOf(rank)];
    if (was === is) continue;
    for (const each of [rank, was, is]) actors.add(each);
    if (is === UNREACHABLE) { for (const backup of backupsOf(layout, after, rank)) actors.add(backup); }
  }
  const neighbours = new Set<number>();
  for (const actor of actors) {
    if (actor < 0 || actor === after.me || !after.has(actor)) continue;
    const neighbour = nextHop(after, actor);
    if (neighbour >= 0) neighbours.add(neighbour);
  }
  return neighbours;
}

/** The neighbour on the way to another member. */
function nextHop(tree: Tree, other: number): number {
  let below = other;
  for (let at = other; at >= 0; at = tree.parentOf(at)) {
    if (at === tree.me) return below;
    below = at;
  }
  return tree.parent;
}

/**
 * Breadth-first search: gives each of `members` that can be reached from `queue` through them, over links that are up, a
 * parent on a shortest way. Those that have one keep it. Returns the queue and all that joined it.
 */
function grow(
  parents: Int32Array,
  queue: number[],
  linkState: LinkState,
  members: (rank: number) => boolean = () => true,
): number[] {
  const [first] = queue;
  assert(first !== undefined, "a tree grows from somewhere");
  parents[first] = ROOT;
  // What is reached joins the queue, in order of rank, while it is gone through.
  for (const here of queue) {
    const joined: number[] = [];
    const join = (other: number) => {
      if (parents[other] !== UNREACHABLE || !members(other) || !linkState.linkUp(here, other)) return;
      parents[other] = here;
      joined.push(other);
    };
    linkState.layout.eachNeighbour(here, join);
    for (const other of linkState.heardBy(here)) join(other);
    for (const other of linkState.reverseOf(here)) join(other);
    // Most nodes are the last of their branch.
    if (joined.length > 0) queue.push(...joined.sort((a, b) => a - b));
  }
  return queue;
}

function placeLeaves(parents: Int32Array, placed: number[], linkState: LinkState): void {
  const { layout } = linkState;
  for (let rank = 1 + layout.relays; layout.isLeaf(rank) && rank < parents.length; rank++) {
    if (parents[rank] !== UNREACHABLE) continue;
    const relay = relayFor(rank, linkState, parents);
    if (relay === undefined) continue;
    parents[rank] = relay;
    placed.push(rank);
  }
}

/** The first relay of a leaf's preference list that has a place and to which it has a link [K11] [K12]. */
function relayFor(leaf: number, linkState: LinkState, parents?: Int32Array): number | undefined {
  const { layout } = linkState;
  const canServe = (relay: number) => parents?.[relay] !== UNREACHABLE && linkState.linkUp(leaf, relay);
  const own = layout.parentOf(leaf);
  if (canServe(own)) return own;
  // A leaf that advertises nothing has no other link to a relay.
  if (linkState.heardBy(leaf).size === 0) return undefined;
  return preferenceList(layout, leaf).find(canServe);
}
