/** A node that leaves hands over what it alone holds, and is gone once another member knows of it [M5]. */
import type { Log } from "../log/log.ts";
import type { Switches } from "../mechanisms.ts";
import type { Peers } from "../replication/peers.ts";
import type { Progress } from "../replication/progress.ts";
import type { MemberList } from "./member_list.ts";

/** A node that leaves asks again what others hold after this, ms. */
export const LEAVE_ASK_MS = 1_000;

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

  /** Whether a member in reach has said that it holds all that is held here. */
  get isHandedOver(): boolean {
    const { log, peers, on } = this.#options;
    if (!on.has("handover")) return true;
    return [...peers].some((peer) => peer.suspectedAt === undefined && peer.holdings.lag(log) === 0);
  }

  /** Whether another member has confirmed the list as it is here. */
  get isListKnown(): boolean {
    const { list, peers } = this.#options;
    return [...peers].some(({ flights }) => flights.confirmed.members === list.revision);
  }
}
