/** The members as the control plane counts them: by rank, in the layout that their number gives. */
import { at } from "../assert.ts";
import type { Switches } from "../mechanisms.ts";
import { Layout, relaysFor } from "../topology/layout.ts";
import { Members } from "../topology/members.ts";
import type { MemberList } from "./member_list.ts";

export interface RosterOptions {
  readonly me: string;
  readonly list: MemberList;
  readonly on: Switches;
}

/** How ranks moved. */
export interface Renumbered {
  /** The ids of those that are members no longer. */
  readonly gone: readonly string[];
  /** The new rank of an old one; undefined for one that is gone. */
  readonly rankOf: (rank: number) => number | undefined;
}

export class Roster {
  /** This node is among them, whatever the list says. */
  readonly members: Members;
  readonly #options: RosterOptions;

  constructor(options: RosterOptions) {
    this.#options = options;
    this.members = Members.including(options.list.ids, options.me);
  }

  /** Of this node. */
  get rank(): number {
    return this.members.rankOf(this.#options.me) ?? 0;
  }

  layout(): Layout {
    const { size } = this.members;
    return new Layout(size, this.#options.on.has("two-levels") ? relaysFor(size) : 0);
  }

  /** Goes by the list as it is now. */
  follow(): Renumbered {
    const before = this.members.ids;
    this.members.become(Members.including(this.#options.list.ids, this.#options.me).ids);
    const gone = before.filter((id) => this.members.rankOf(id) === undefined);
    return { gone, rankOf: (rank) => this.members.rankOf(at(before, rank)) };
  }
}
