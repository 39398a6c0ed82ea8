/** The contract of a carrier: what moves envelopes between this node and everyone else, and what it must not know. */
import type { Acknowledgements, Envelope } from "../lib/core/message.ts";
import type { Membership } from "./membership.ts";

/**
 * A carrier moves whole envelopes. It knows bytes, lines and sockets; of an envelope it reads `src` and `dest` and
 * nothing further. Only one that tells clients of their mistakes itself reads which request to refer to.
 *
 * - `send` never throws, never waits and promises nothing: an envelope may be lost, late, doubled or reordered. An
 *   envelope that arrives does so whole and unchanged.
 * - On a link that works, everything sent arrives, and what is sent in one turn of the event loop leaves in few writes.
 * - Whatever a carrier holds for later has a limit with a name. A message over a limit is dropped whole and reported to
 *   `onDropped`; the protocol repeats itself.
 * - Where there is no link, a sent envelope is gone. That is the network's doing, and is not reported for each envelope.
 * - An envelope that comes in has the `src` of the other end, as far as the carrier can tell, and the `dest` of this
 *   node. Where clients choose their own names, their `src` is made unique, and an answer to it goes back to the
 *   connection that asked.
 * - Input that is no envelope is reported to `onDropped` and disturbs nothing that follows it.
 * - Before `open` and after `close` nothing is received, and everything that is sent is gone.
 */
export interface Transport {
  /** Begins to receive. Called once, before anything is sent. */
  open(handlers: TransportHandlers): void;
  send(envelope: Envelope): void;
  /** As send() of each. A carrier that has it is given in one go what answers the broadcasts of a turn [S12]. */
  acknowledge?(acknowledgements: Acknowledgements): void;
  /**
   * From now on these are the members, for a carrier that has a link to each: new ones are dialled, those who are gone are
   * told so and their links end, and a changed address is dialled when the link is down.
   */
  setMembers?(membership: Membership): void;
  /** Resolves once everything sent so far has left, or never can. */
  drain(): Promise<void>;
  /** Stops receiving, drains for a bounded time, and lets go. A second call is the first one again. */
  close(): Promise<void>;
}

export interface TransportHandlers {
  /** One envelope came in; several that came in one chunk are handed over one by one in one turn. */
  onEnvelope(envelope: Envelope): void;
  /** Something was dropped, in or out; `reason` is for people. */
  onDropped(reason: string): void;
  /** The other side is gone for good: end of input, or an output that nobody reads any more. At most once. */
  onEnd(): void;
}
