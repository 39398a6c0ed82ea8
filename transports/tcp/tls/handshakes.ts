/** Connections whose TLS handshake is under way: how many there are, which is the oldest, and why one came to nothing. */
import type { Socket } from "node:net";
import type { Server } from "node:tls";
import { handshakeFault } from "./faults.ts";

export interface HandshakeEvents {
  /** A connection begins its handshake. */
  onBegun(): void;
  /** A handshake has failed, for this reason; the address is for people. */
  onFailed(host: string, reason: string): void;
}

/**
 * Until its handshake is done, a connection costs the memory of one and a descriptor, so it counts. Some runtimes hand over
 * one socket when a connection is taken and another when its handshake is done: the port at the other end tells which is whose.
 */
export class Handshakes {
  readonly #sockets = new Map<string, Socket>();
  readonly #events: HandshakeEvents;

  constructor(server: Server, events: HandshakeEvents) {
    this.#events = events;
    server.on("connection", (socket: Socket) => this.#begin(socket));
    server.on("secureConnection", (socket) => void this.#sockets.delete(nameOf(socket)));
    server.on("tlsClientError", (error, socket) => this.#fail(socket, error));
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** Closes the one that began first; returns false where there is none. */
  closeOldest(): boolean {
    const [oldest] = this.#sockets;
    if (oldest === undefined) return false;
    const [name, socket] = oldest;
    this.#sockets.delete(name);
    socket.destroy();
    return true;
  }

  closeAll(): void {
    while (this.closeOldest());
  }

  #begin(socket: Socket): void {
    const name = nameOf(socket);
    this.#sockets.set(name, socket);
    socket.on("error", () => {});
    socket.once("close", () => this.#sockets.get(name) === socket && this.#sockets.delete(name));
    this.#events.onBegun();
  }

  // The socket may have been closed already, and then it may not know any more where it led.
  #fail(socket: Socket, error: Error): void {
    const named = this.#sockets.get(nameOf(socket));
    const failed = named ?? [...this.#sockets.values()].find(({ destroyed }) => destroyed) ?? socket;
    const host = failed.remoteAddress;
    for (const each of [socket, failed]) each.destroy();
    this.#events.onFailed(host ?? "an unknown address", handshakeFault(error));
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
