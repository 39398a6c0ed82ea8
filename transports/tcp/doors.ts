/** Where a node listens: at one address for everybody, or at one for peers and at another one for clients [A6]. */
import type { Socket } from "node:net";
import { Listener, type ListenerEvents } from "./listener.ts";
import type { Tls } from "./tls/tls.ts";
import type { Address } from "../address.ts";

/** The kinds of those that are let in. */
export type Door = "all" | "peers" | "clients";

export interface DoorsOptions {
  readonly listen: Address;
  /** Absent: clients are let in where peers are. */
  readonly clientListen?: Address | undefined;
  readonly tls?: Tls | undefined;
  readonly events: Omit<ListenerEvents, "onSocket"> & { onSocket(socket: Socket, door: Door): void };
}

export interface Listening {
  readonly at: Address;
  /** The same where there is one door. */
  readonly clientsAt: Address;
}

export class Doors {
  readonly #listeners: readonly Listener[];

  constructor({ listen, clientListen, tls, events }: DoorsOptions) {
    const open = (at: Address, door: Door) =>
      new Listener(at, { ...events, onSocket: (socket) => events.onSocket(socket, door) }, tls);
    this.#listeners = clientListen === undefined
      ? [open(listen, "all")]
      : [open(listen, "peers"), open(clientListen, "clients")];
  }

  /** Rejects with a sentence where it cannot listen at one of them. */
  async listen(onFault: (reason: string) => void): Promise<Listening> {
    const [at, clientsAt = at] = await Promise.all(this.#listeners.map((each) => each.listen(onFault)));
    if (at === undefined || clientsAt === undefined) throw new Error("there is no door");
    return { at, clientsAt };
  }

  /** Takes no more connections; resolves once the ports are free. */
  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((each) => each.close()));
  }

  /** How many TLS handshakes are under way. */
  get count(): number {
    return this.#listeners.reduce((sum, { handshakes }) => sum + (handshakes?.count ?? 0), 0);
  }

  /** Closes the oldest of them at one of the doors; returns false where there is none. */
  closeOldest(): boolean {
    return this.#listeners.some(({ handshakes }) => handshakes?.closeOldest() ?? false);
  }
}
