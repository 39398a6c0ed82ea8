/** A node that leaves hands over what it alone holds, and is gone once another member knows of it [M5]. */
import type { Log } from "../log/log.ts";
import type { Range } from "../log/runs.ts";
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
  /** What this node may be the only one to hold: what it held when it was to leave, or when another left that may have handed over to it. */
  #handed: readonly Range[] = [];
  /** Since when another member holds all of that; Infinity while none does. */
  #heldSince = Infinity;

  constructor(options: LeavingOptions) {
    this.#options = options;
  }

  get deadline(): number {
    return this.#askAt;
  }

  begin(now: number): void {
    if (this.#askAt < Infinity) return;
    this.#askAt = now;
    this.#take();
  }

  /** Others may have left. */
  membersChanged(): void {
    if (this.#askAt < Infinity) this.#take();
  }

  wake(now: number): void {
    if (this.#askAt > now) return;
    this.#askAt = now + LEAVE_ASK_MS;
    for (const peer of this.#options.neighbours()) this.#options.ask(peer, now);
  }

  /** Whether a member in reach has held what is handed over for long enough to have made it safe. */
  isHandedOver(now: number): boolean {
    if (!this.#options.on.has("handover")) return true;
    if (!this.#someone((peer) => this.#holdsAll(peer))) this.#heldSince = Infinity;
    else this.#heldSince = Math.min(this.#heldSince, now);
    return this.#heldSince + LEAVE_SETTLE_MS <= now;
  }

  /** Whether one that holds it knows the list as it is here, and so that this node has left. */
  get isKnown(): boolean {
    const { list, on } = this.#options;
    return this.#someone((peer) =>
      peer.flights.confirmed.members === list.revision && (!on.has("handover") || this.#holdsAll(peer))
    );
  }

  /** What comes after that is held where it comes from. */
  #take(): void {
    this.#heldSince = Infinity;
    this.#handed = [...this.#options.log.grownSince(-1)].flatMap(({ name, held }) =>
      held.spans().map(([from, to]) => ({ origin: name, seq: from, count: to + 1 - from }))
    );
  }

  #holdsAll({ suspectedAt, holdings }: Progress): boolean {
    if (suspectedAt !== undefined) return false;
    const { retired } = this.#options.log;
    return this.#handed.every((range) => retired.covers(range.origin) || holdings.hasRange(range));
  }

  #someone(is: (peer: Progress) => boolean): boolean {
    for (const peer of this.#options.peers) if (is(peer)) return true;
    return false;
  }
}
