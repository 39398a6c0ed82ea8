/** What the TCP carrier tells its owner beside the envelopes: of peers, of clients, and of its own want. */
import type { Member } from "../membership.ts";
import type { TransportHandlers } from "../transport.ts";

export interface TcpHandlers extends TransportHandlers {
  /**
   * A member that greets is to be dialled elsewhere than was known, as it has joined anew or is a later process, or as no
   * address of it was known.
   */
  onAddress?(peer: string, heard: Required<Member>): void;
  /** The cluster says that this node is no member any longer, and why, for people. At most once. */
  onExpelled?(reason: string): void;
  /** Part of a long message of the peer has come in, and more is on its way. */
  onArriving?(peer: string): void;
  /**
   * The link on which this node sends to the peer is up, or no longer. `reason` is for people. `unreachedMs`: for how
   * long it had been down, if that was said.
   */
  onLink?(peer: string, up: boolean, reason: string, unreachedMs?: number): void;
  /** The peer has been out of reach for so long, and why, for people; said again ever more rarely. */
  onUnreached?(peer: string, ms: number, reason: string): void;
  /** A peer or a client was refused, by either side; each reason is said once, until it changes. For people. */
  onRefused?(reason: string): void;
  /** No descriptor is left, so clients are closed; said once, and again only after there were some. For people. */
  onShort?(reason: string): void;
  /** Everything sent to this client has left, after there was something. */
  onDrained?(client: string): void;
  /**
   * Nothing was sent for a while to a client that writes no more and is kept open. It may have hung up: sending something
   * now will show it. `connection` is the part of its id after the last "#".
   */
  onQuiet?(connection: string): void;
  /** A client's connection is gone; `connection` is the part of its id after the last "#". */
  onGone?(connection: string): void;
}
