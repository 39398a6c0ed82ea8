/** What is said to a node that is no member any longer, and what this node takes from it where it is the one [M2] [M5]. */
import type { Reactions } from "../liveness/reactions.ts";
import type { Overlay } from "../liveness/overlay.ts";
import type { Log } from "../log/log.ts";
import type { Exchange, Farewell, Push } from "../message.ts";
import { composeDigest } from "../replication/compose.ts";
import type { Peers } from "../replication/peers.ts";
import type { Rebirth } from "../replication/rebirth.ts";
import type { Sender } from "../replication/sender.ts";
import type { Membership } from "./membership.ts";

export interface FarewellsOptions {
  readonly membership: Membership;
  readonly log: Log;
  readonly peers: Peers;
  readonly rebirth: Rebirth;
  readonly overlay: Overlay;
  readonly sender: Sender;
  readonly reactions: Reactions;
  readonly pushed: (from: string, body: Push, now: number) => void;
}

export class Farewells {
  readonly #options: FarewellsOptions;

  constructor(options: FarewellsOptions) {
    this.#options = options;
  }

  /**
   * A node that is no member any longer has spoken, or is to be told so. What is brought by one that leaves is taken in; it is
   * told what of it was heard, and what is held here. Returns whether it ever was a member [M2] [M5].
   */
  say(id: string, heard: Exchange | undefined, now: number): boolean {
    const { membership, log, rebirth, sender, pushed } = this.#options;
    const record = membership.farewell(id);
    if (record === undefined) return false;
    const isLeaving = membership.list.of(id)?.status === "left";
    if (isLeaving && heard?.runs !== undefined) pushed(id, { type: "push", runs: heard.runs }, now);
    const answer: Farewell["answer"] = heard && {
      ack: [heard.incarnation, heard.seq, 0],
      incarnation: rebirth.incarnation,
      digest: composeDigest(log, 0).digest,
    };
    sender.send(id, { type: "members", members: [record], ...answer && { answer } });
    return true;
  }

  /** The peer no longer counts this node among the members: what it heard and holds counts all the same [M5]. */
  take(from: string, { answer }: Farewell, now: number): void {
    const { peers, rebirth, overlay, reactions } = this.#options;
    const peer = peers.get(from);
    if (peer === undefined || answer === undefined) return;
    // It counts no messages to this node any more.
    if (!peer.hear({ ...answer, seq: 1 }, rebirth.incarnation, now)) return;
    // It has said all that it holds.
    if (peer.assumed) peer.forgetSent();
    reactions.carryOut(overlay.heard(peer, {}, now), now);
  }
}
