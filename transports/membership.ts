/** The members of a cluster as a carrier needs to know them: who is dialled and taken, and who is turned away for good. */
import { type Address, parseAddress } from "./address.ts";

/** What the cluster says of its members, as far as this node has heard. */
export interface Membership {
  /** 16 hex digits that were made when the cluster was founded; "" for a fixed list, and where none is known yet. */
  readonly clusterId: string;
  /** This node, as it greets others; undefined while it has not joined. */
  readonly self?: Member;
  /** All joined members but this node. */
  readonly peers: ReadonlyMap<string, Member>;
  /** Who has left or was removed. */
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
}

/** A record of the list of members. `at`: when it joined, left or was removed, ms since 1970. */
export type MemberRecord = readonly [
  id: string,
  epoch: number,
  incarnation: number,
  status: number,
  address: string,
  at: number,
];

/** The status of a record; every other number means that the member was removed. */
const JOINED = 0;
const LEFT = 1;

/** What a carrier is to know of the list of members at node `me`. */
export function membershipOf(me: string, clusterId: string, records: Iterable<MemberRecord>): Membership {
  const peers = new Map<string, Member>();
  const gone = new Map<string, Departure>();
  let self: Member | undefined;
  for (const [id, epoch, incarnation, status, text, at] of records) {
    const address = parseAddress(text);
    const member = { epoch, incarnation, ...address !== undefined && { address } };
    if (status !== JOINED) {
      gone.set(id, { through: Math.max(epoch, incarnation), reason: departed(id, status, at) });
    } else if (id === me) self = member;
    else peers.set(id, member);
  }
  return { clusterId, peers, gone, ...self !== undefined && { self } };
}

function departed(id: string, status: number, at: number): string {
  const when = dated(at);
  return status === LEFT ? `${id} has left the cluster${when}` : `${id} was removed from the cluster${when}`;
}

function dated(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : ` (${date.toISOString()})`;
}
