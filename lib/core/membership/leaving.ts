/** A node that leaves hands over what it alone holds, and is gone once another member knows of it [M5]. */
import type { Log } from "../log/log.ts";
import type { Switches } from "../mechanisms.ts";
import type { Peers } from "../replication/peers.ts";
import type { Progress } from "../replication/progress.ts";
import type { MemberList } from "./member_list.ts";

/** A node that leaves asks again what others hold after this, ms. */
export const LEAVE_ASK_MS = 500;
/** What another holds, it has made safe after this, ms: until then the node that leaves may be the only one that has. */
export const LEAVE_SETTLE_MS = 400;

export interface LeavingOptions {
  readonly log: Log;
  readonly peers: Peers;
  readonly list: MemberList;
  readonly on: Switches;
  readonly neighbours: () => Iterable<Progress>;
  /** Asks a neighbour what it holds, and brings what it lacks. */
  readonly ask: (peer: Progress, now: number) => void;
}

export class Leaving {
  readonly #options: LeavingOptions;
  #askAt = Infinity;
  /** Since when another member holds all that is held here; Infinity while none does. */
  #heldSince = Infinity;

  constructor(options: LeavingOptions) {
    this.#options = options;
  }

  get deadline(): number {
    return this.#askAt;
  }

  begin(now: number): void {
    this.#askAt = Math.min(this.#askAt, now);
  }

  wake(now: number): void {
    if (this.#askAt > now) return;
    this.#askAt = now + LEAVE_ASK_MS;
    for (const peer of this.#options.neighbours()) this.#options.ask(peer, now);
  }

  /** Whether a member in reach has held all that is held here for long enough to have made it safe. */
  isHandedOver(now: number): boolean {
    if (!this.#options.on.has("handover")) return true;
    if (!this.#someone((peer) => this.#holdsAll(peer))) this.#heldSince = Infinity;
    else this.#heldSince = Math.min(this.#heldSince, now);
    return this.#heldSince + LEAVE_SETTLE_MS <= now;
  }

  /** Whether one that holds it all knows the list as it is here, and so that this node has left. */
  get isKnown(): boolean {
    const { list, on } = this.#options;
    return this.#someone((peer) =>
      peer.flights.confirmed.members === list.revision && (!on.has("handover") || this.#holdsAll(peer))
    );
  }

  #holdsAll({ suspectedAt, holdings }: Progress): boolean {
    return suspectedAt === undefined && holdings.lag(this.#options.log) === 0;
  }

  #someone(is: (peer: Progress) => boolean): boolean {
    for (const peer of this.#options.peers) if (is(peer)) return true;
    return false;
  }
}
