/** What all connections of one address, or of one name, may take of the node together: how many, and how fast [A5]. */
import type { TcpLimits } from "../limits.ts";

type ShareLimits = Pick<TcpLimits, "sharedConnectionsMax" | "requestsPerSecondMax" | "bytesPerSecondMax">;

export class Share {
  /** For people: "from 10.0.0.1" or "of shop". */
  readonly whose: string;
  connections = 0;
  readonly #limits: ShareLimits;
  #requests: number;
  #bytes: number;

  constructor(whose: string, limits: ShareLimits) {
    this.whose = whose;
    this.#limits = limits;
    this.#requests = limits.requestsPerSecondMax;
    this.#bytes = limits.bytesPerSecondMax;
  }

  /** Nothing more may be asked until time has passed. */
  get isSpent(): boolean {
    return this.#requests <= 0 || this.#bytes <= 0;
  }

  /** All of a second is there to be taken. */
  get isWhole(): boolean {
    const { requestsPerSecondMax, bytesPerSecondMax } = this.#limits;
    return this.#requests === requestsPerSecondMax && this.#bytes === bytesPerSecondMax;
  }

  /** What is taken too much, for people. */
  get excess(): string {
    const { requestsPerSecondMax, bytesPerSecondMax } = this.#limits;
    const what = this.#requests <= 0 ? `${requestsPerSecondMax} requests` : `${bytesPerSecondMax} bytes`;
    return `more than ${what} a second come ${this.whose}, or go there: they are read later`;
  }

  spend(requests: number, bytes: number): void {
    this.#requests -= requests;
    this.#bytes -= bytes;
  }

  refill(ms: number): void {
    const { requestsPerSecondMax, bytesPerSecondMax } = this.#limits;
    this.#requests = Math.min(requestsPerSecondMax, this.#requests + requestsPerSecondMax * ms / 1000);
    this.#bytes = Math.min(bytesPerSecondMax, this.#bytes + bytesPerSecondMax * ms / 1000);
  }
}

export class Shares {
  readonly #limits: ShareLimits;
  readonly #shares = new Map<string, Share>();

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  /** A connection more has a part in it; or why it may not, for people. */
  join(whose: string): Share | string {
    const share = this.#shares.get(whose) ?? new Share(whose, this.#limits);
    const { sharedConnectionsMax } = this.#limits;
    if (share.connections >= sharedConnectionsMax) {
      return `${sharedConnectionsMax} connections ${whose} are open already`;
    }
    this.#shares.set(whose, share);
    share.connections += 1;
    return share;
  }

  leave(share: Share): void {
    share.connections -= 1;
  }

  /** Time passes. A share in which nobody has a part is kept until it is whole, or who connects anew would have more. */
  refill(ms: number): void {
    for (const share of this.#shares.values()) {
      share.refill(ms);
      if (share.connections === 0 && share.isWhole) this.#shares.delete(share.whose);
    }
  }
}
