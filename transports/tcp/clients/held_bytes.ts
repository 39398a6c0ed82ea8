/** How many bytes are held for all clients together, and which client holds the most where that is too much. */
import type { Client } from "./client.ts";

export class HeldBytes {
  readonly #bytesMax: number;
  readonly #closeLargest: (client: Client, reason: string) => void;
  /** How many bytes are held for each, as counted in the total. */
  readonly #held = new Map<Client, number>();
  #total = 0;

  /** While more than `bytesMax` are held, the client that holds the most is closed, which is to be followed by `forget`. */
  constructor(bytesMax: number, closeLargest: (client: Client, reason: string) => void) {
    this.#bytesMax = bytesMax;
    this.#closeLargest = closeLargest;
  }

  get total(): number {
    return this.#total;
  }

  /** The client is counted from now on. */
  add(client: Client): void {
    this.#held.set(client, 0);
    this.note(client);
  }

  /** What is held for the client may have changed. */
  note(client: Client): void {
    const before = this.#held.get(client);
    if (before === undefined) return;
    const now = client.heldBytes;
    this.#held.set(client, now);
    this.#total += now - before;
    while (this.#total > this.#bytesMax) this.#shed();
  }

  forget(client: Client): void {
    this.#total -= this.#held.get(client) ?? 0;
    this.#held.delete(client);
  }

  // The client that brings the total over the limit may well be a small one among large ones.
  #shed(): void {
    let largest: Client | undefined;
    let most = -1;
    for (const [client, bytes] of this.#held) {
      if (bytes > most) [largest, most] = [client, bytes];
    }
    if (largest === undefined) return;
    this.#closeLargest(largest, `clients hold more than ${this.#bytesMax} bytes, and this one the most`);
  }
}
