/**
 * The duties of a node: whom it asks for a sign of life, and why. One table, computed from link state and tree alone.
 *
 * Indirect probes are SWIM's, but a backup that reaches the suspected member becomes its way round. The coordinator of a member
 * and its backups follow from its preference list, as in Dynamo.
 */
import type { Mechanism, Switches } from "../mechanisms.ts";
import { backupsOf, coordinatorOf, preferenceList, probesForOthers } from "../topology/failover.ts";
import type { LinkState } from "../topology/link_state.ts";
import type { Tree } from "../topology/tree.ts";

/** So many members that fell out of the tree are looked for at once (a guess) [D6]. */
export const INDIRECT_PROBES_MAX = 4;

export interface View {
  readonly linkState: LinkState;
  readonly tree: Tree;
  readonly on: Switches;
}

/**
 * How a peer is asked. Nothing follows if it does not answer a probe. A push-probe brings the recent entries, too, as the peer
 * may be waiting for them. A peer that does not answer a final probe is suspected [D13].
 */
export type ProbeKind = "probe" | "push-probe" | "final-probe";

interface Duty {
  readonly kind: ProbeKind;
  readonly mechanism: Mechanism;
  /** The ranks of those that this node is to ask. */
  readonly targets: (view: View) => number[];
}

/** Beside these, a relay that is silent or suspected is probed by those below it, and a peer with a new link [D2] [D3] [D4] [D12]. */
export const duties = {
  "orphaned": { kind: "push-probe", mechanism: "search", targets: nextRelay },
  "out of the tree": { kind: "push-probe", mechanism: "detour", targets: fallenOut },
  "nothing known": { kind: "push-probe", mechanism: "roll-call", targets: unheardOf },
  "another was found": { kind: "probe", mechanism: "reconnect", targets: suspectedHere },
  "reached by others": { kind: "probe", mechanism: "reconnect", targets: misplaced },
  "unreachable": { kind: "probe", mechanism: "background-probe", targets: unreachable },
} satisfies Readonly<Record<string, Duty>>;

export type Reason = keyof typeof duties;

/** Whether this node is to pass on to others: the root, and every relay of two levels. */
export function coordinates({ linkState: { layout }, tree }: View): boolean {
  return tree.root === tree.me || layout.isRelay(tree.me);
}

/** When this node calls the roll, from 1; undefined if it does not. Mostly the first does, and the rest hear of it [D7] [D8]. */
export function rollCallTurn(view: View): number | undefined {
  const { linkState, tree } = view;
  if (linkState.isCalm || tree.size === 1) return undefined;
  if (!leads(view)) return coordinates(view) ? 1 : undefined;
  const suspected = suspectedByAny(view);
  const before = linkState.layout.ranks.slice(0, tree.me);
  return 1 + before.filter((rank) => rank !== tree.root && !suspected.has(rank)).length;
}

/** An orphan asks the first of its preference list that it does not suspect; in a star, the first in rank [D5]. */
function nextRelay({ linkState, tree }: View): number[] {
  const { layout, suspected, heard } = linkState;
  const { me, parent, size } = tree;
  const hasRelay = layout.isLeaf(me) ? parent > 0 && layout.isRelay(parent) : size > 1;
  if (hasRelay) return [];
  const preferred = layout.isLeaf(me) ? preferenceList(layout, me) : [];
  const next = [...preferred, ...layout.ranks].find((rank) => rank !== me && !suspected.has(rank));
  return next === undefined || (size > 1 && heard.has(next)) ? [] : [next];
}

/** The backups of each of the first few that fell out of the tree try whether they reach it [D6]. */
function fallenOut(view: View): number[] {
  const { linkState, tree } = view;
  const { layout } = linkState;
  if (linkState.isCalm || !probesForOthers(layout, tree)) return [];
  const suspected = suspectedByAny(view);
  const targets: number[] = [];
  let count = 0;
  for (let rank = 0; rank < layout.size && count < INDIRECT_PROBES_MAX; rank++) {
    if (!suspected.has(rank) || tree.has(rank)) continue;
    const backups = backupsOf(layout, tree, rank);
    // One that these could not reach must not keep others from being looked for. In a star the root calls everyone itself.
    const isVain = backups.every((each) => linkState.advertisements.get(each)?.suspected.has(rank));
    if (layout.relays > 0 && isVain) continue;
    count++;
    if (!linkState.suspected.has(rank) && backups.includes(tree.me)) targets.push(rank);
  }
  return targets;
}

/** A coordinator calls those of its members of which nothing is known, whoever leads also the root's: they may have lost their relay [D7]. */
function unheardOf(view: View): number[] {
  const { linkState: { layout, heard }, tree } = view;
  const suspected = suspectedByAny(view);
  return layout.ranks.filter((rank) => {
    if (rank === tree.me || heard.has(rank) || suspected.has(rank)) return false;
    const relay = layout.parentOf(rank);
    // A leaf comes with its relay, if nobody suspects that.
    if (relay > 0 && relay !== tree.me && !suspected.has(relay)) return false;
    const coordinator = coordinatorOf(layout, tree, rank);
    return coordinator === tree.me || (coordinator === tree.root && leads(view));
  });
}

/** Once a suspected node was found, a coordinator asks all others: they may not know that they are suspected [D10]. */
function suspectedHere(view: View): number[] {
  return coordinates(view) ? [...view.linkState.suspected] : [];
}

/** A coordinator asks its members that are in the tree elsewhere: their links to it may have come back [D11]. */
function misplaced(view: View): number[] {
  const { linkState, tree } = view;
  const { layout } = linkState;
  if (!coordinates(view)) return [];
  return layout.ranks.filter((rank) =>
    rank !== tree.me && tree.has(rank) && !linkState.linkUp(tree.me, rank) &&
    coordinatorOf(layout, tree, rank) === tree.me
  );
}

/** Those that nobody here reaches, or else those that this node suspects [D9]. */
function unreachable({ linkState: { layout, suspected }, tree }: View): number[] {
  // Without detours a node may be left out of the tree that it looks at.
  const isLost = (rank: number) => rank !== tree.me && !tree.has(rank);
  const lost = probesForOthers(layout, tree) ? layout.ranks.filter(isLost) : [];
  return lost.length > 0 ? lost : [...suspected];
}

/** Whether this node calls the roll for the root: the root does, and once it is suspected also its deputy, the next in rank [D8]. */
function leads(view: View): boolean {
  const { tree, on } = view;
  if (tree.me === tree.root) return true;
  for (let rank = tree.root + 1; rank < tree.me; rank++) if (tree.has(rank)) return false;
  return on.has("deputy") && suspectedByAny(view).has(tree.root);
}

/** All that somebody in the tree has tried to reach, in vain. */
function suspectedByAny({ linkState, tree }: View): Set<number> {
  const found = new Set<number>();
  for (const [node, { suspected }] of linkState.advertisements) {
    if (tree.has(node)) { for (const rank of suspected) found.add(rank); }
  }
  return found;
}
