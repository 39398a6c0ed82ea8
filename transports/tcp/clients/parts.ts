/** A connection's parts in shares: whatever it takes is taken of each. */
import type { Share } from "./shares.ts";

export class Parts {
  /** None for most clients of this machine. */
  readonly #shares: Share[] = [];
  /** What was received is taken of the shares up to here. */
  #chargedBytes = 0;

  add(share: Share): void {
    this.#shares.push(share);
  }

  /** Returns those in which it had a part until now. */
  leave(): Share[] {
    return this.#shares.splice(0);
  }

  get isEmpty(): boolean {
    return this.#shares.length === 0;
  }

  /** One of which nothing more may be taken now; undefined while there is none. */
  get spent(): Share | undefined {
    return this.#shares.find(({ isSpent }) => isSpent);
  }

  spend(requests: number, bytes: number): void {
    for (const share of this.#shares) share.spend(requests, bytes);
  }

  /** So many bytes have been received since the connection began. */
  charge(receivedBytes: number): void {
    this.spend(0, receivedBytes - this.#chargedBytes);
    this.#chargedBytes = receivedBytes;
  }
}
