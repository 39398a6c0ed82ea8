/** The members of a cluster as a carrier needs to know them: who is dialled and taken, and who is turned away for good. */
import type { MemberRecord } from "../lib/core/membership/record.ts";
import { type Address, parseAddress } from "./address.ts";

/** What the cluster says of its members, as far as this node has heard. */
export interface Membership {
  /** 16 hex digits that were made when the cluster was founded; "" for a fixed list, and where none is known yet. */
  readonly clusterId: string;
  /** This node, as it greets others; undefined while it has not joined. */
  readonly self?: Member;
  /** All joined members but this node. */
  readonly peers: ReadonlyMap<string, Member>;
  /** Those that have left or were removed. */
  readonly gone: ReadonlyMap<string, Departure>;
}

export interface Member {
  /** Where others dial it; undefined where that is not known: then it is taken when it dials. */
  readonly address?: Address;
  /** Grows with each join of its id, ms; 0 in a fixed list. */
  readonly epoch: number;
  /** Of the process that told this address; 0 in a fixed list. */
  readonly incarnation: number;
}

/** One who is no member any longer. */
export interface Departure {
  /** Every join of that id up to this epoch is over. */
  readonly through: number;
  /** A sentence for people. */
  readonly reason: string;
  /** Where it left by itself, what it was: it may have more to say, and be dialled there, until it ends. */
  readonly left?: Member;
}

/** What a carrier is to know of the list of members at node `me`. */
export function membershipOf(me: string, clusterId: string, records: Iterable<MemberRecord>): Membership {
  const peers = new Map<string, Member>();
  const gone = new Map<string, Departure>();
  let self: Member | undefined;
  for (const record of records) {
    const { id, epoch, incarnation, status } = record;
    const address = parseAddress(record.address);
    const member = { epoch, incarnation, ...address !== undefined && { address } };
    if (status !== "joined") {
      const left = status === "left" && { left: member };
      gone.set(id, { through: Math.max(epoch, incarnation), reason: departed(record), ...left });
    } else if (id === me) self = member;
    else peers.set(id, member);
  }
  return { clusterId, peers, gone, ...self !== undefined && { self } };
}

function departed({ id, status, at }: MemberRecord): string {
  const what = status === "left" ? "has left" : "was removed from";
  return `${id} ${what} the cluster${dated(at)}: it comes back by a join with an empty log`;
}

function dated(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : ` (${date.toISOString()})`;
}
