/** A wire between two ends on this machine that can be cut without a word, and on which anything can be put. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Address } from "../../transports/address.ts";
import type { Tls } from "../../transports/tcp/tls/tls.ts";
import { addressOf, listening } from "../shared/listening.ts";

/** Where the wire ends TLS on either side, so that bytes can be put on it: as whom it is dialled, and as whom it dials. */
export interface Ends {
  readonly near: Tls;
  readonly far: Tls;
}

export class Proxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #target: Address | undefined;
  #cut = false;
  /** Connections it has taken so far. */
  taken = 0;

  readonly #ends: Ends | undefined;

  private constructor(ends: Ends | undefined) {
    this.#ends = ends;
    const onSocket = (socket: Socket) => this.#onSocket(socket);
    this.#server = ends === undefined
      ? createServer({ allowHalfOpen: true }, onSocket)
      : createTlsServer({ ...ends.far.serverOptions, allowHalfOpen: true }, onSocket);
  }

  static async listen(ends?: Ends): Promise<Proxy> {
    const proxy = new Proxy(ends);
    await listening(proxy.#server);
    return proxy;
  }

  get address(): Address {
    return addressOf(this.#server);
  }

  /** Where connections lead from now on; until then they are hung up. */
  lead(target: Address): void {
    this.#target = target;
  }

  /** Nothing passes any more, and nobody is told. */
  cut(): void {
    this.#cut = true;
    for (const sockets of this.#pairs) for (const socket of sockets) socket.pause();
  }

  heal(): void {
    this.#cut = false;
    for (const sockets of this.#pairs) for (const socket of sockets) socket.resume();
  }

  /** Puts bytes on the way to the target, on the newest connection. */
  inject(bytes: Uint8Array): void {
    [...this.#pairs].at(-1)?.[1].write(bytes);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const sockets of this.#pairs) for (const socket of sockets) socket.destroy();
    await closed;
  }

  #onSocket(near: Socket): void {
    this.taken += 1;
    near.on("error", () => {});
    if (this.#target === undefined) return void near.destroy();
    const far = this.#ends?.near.dial(this.#target) ?? connect({ ...this.#target, allowHalfOpen: true });
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    this.#pass(pair, near, far);
    this.#pass(pair, far, near);
  }

  #pass(pair: readonly [Socket, Socket], from: Socket, to: Socket): void {
    from.on("error", () => {});
    from.on("data", (chunk: Uint8Array) => {
      if (to.write(chunk)) return;
      from.pause();
      to.once("drain", () => this.#cut || from.resume());
    });
    from.on("end", () => to.end());
    from.on("close", () => {
      this.#pairs.delete(pair);
      to.destroy();
    });
    if (this.#cut) from.pause();
  }
}
