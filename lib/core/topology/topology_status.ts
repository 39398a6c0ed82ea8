/** The tree of who passes on to whom, and of who suspects whom, as one node knows it: for people [N12]. */
import type { LinkState } from "./link_state.ts";
import type { Members } from "./members.ts";
import { type Tree, UNREACHABLE } from "./tree.ts";

export interface TopologyStatus {
  /** All members, this node among them, in order of rank. */
  readonly ids: readonly string[];
  /** The relay of each member that this node reaches, over others, too; null for the root. */
  readonly relays: ReadonlyMap<string, string | null>;
  /** By member that advertises so: whom it suspects. */
  readonly suspected: ReadonlyMap<string, readonly string[]>;
}

export function topologyStatus(members: Members, linkState: LinkState, tree: Tree): TopologyStatus {
  const relays = new Map<string, string | null>();
  for (const [rank, id] of members.ids.entries()) {
    const parent = tree.parentOf(rank);
    if (parent !== UNREACHABLE) relays.set(id, parent < 0 ? null : members.idOf(parent));
  }
  const suspected = new Map<string, readonly string[]>();
  for (const [rank, told] of linkState.advertisements) {
    if (told.suspected.size === 0) continue;
    const ids = [...told.suspected].sort((a, b) => a - b).map((each) => members.idOf(each));
    suspected.set(members.idOf(rank), ids);
  }
  return { ids: members.ids, relays, suspected };
}
