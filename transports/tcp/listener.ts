/** The listening socket: it resolves to the address where it listens, or rejects with a sentence that says why it cannot. */
import { lookup } from "node:dns/promises";
import { createServer, isIP, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import { BACKLOG_MAX } from "./limits.ts";
import { type HandshakeEvents, Handshakes } from "./tls/handshakes.ts";
import type { Tls } from "./tls/tls.ts";
import { type Address, addressText } from "../address.ts";
import { codeOf, messageOf } from "../errno.ts";

export interface ListenerEvents extends HandshakeEvents {
  /** A connection is there, and over TLS its handshake is done. */
  onSocket(socket: Socket): void;
}

export class Listener {
  readonly #server: Server;
  readonly #address: Address;
  /** Undefined without TLS. */
  readonly handshakes: Handshakes | undefined;
  #closed = false;

  constructor(address: Address, events: ListenerEvents, tls?: Tls) {
    this.#address = address;
    const onSocket = (socket: Socket) => events.onSocket(socket);
    // A client that has said all it will say still wants its answers.
    if (tls === undefined) this.#server = createServer({ allowHalfOpen: true }, onSocket);
    else {
      const server = secured(tls, onSocket);
      this.handshakes = new Handshakes(server, events);
      this.#server = server;
    }
  }

  /** Rejects with a sentence. `onFault` is called when, later, a connection could not be taken. */
  async listen(onFault: (reason: string) => void): Promise<Address> {
    const { host, port } = this.#address;
    try {
      // Not every runtime says so itself when a name is unknown.
      await this.#bind(isIP(host) === 0 ? (await lookup(host)).address : host, port);
    } catch (error) {
      throw new Error(`Cannot listen on ${addressText(this.#address)}: ${explained(error)}`);
    }
    this.#server.on("error", (error) => onFault(`a connection could not be taken: ${error.message}`));
    const bound = this.#server.address();
    if (bound === null || typeof bound === "string") return this.#address;
    return { host: bound.address, port: bound.port };
  }

  /** Takes no more connections; resolves once the port is free. */
  close(): Promise<void> {
    this.#closed = true;
    this.handshakes?.closeAll();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #bind(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Error("it was closed meanwhile"));
      this.#server.once("error", reject);
      this.#server.listen({ host, port, backlog: BACKLOG_MAX }, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }
}

/** New files are used from the next handshake on, and connections that are there stay. */
function secured(tls: Tls, onSocket: (socket: Socket) => void): TlsServer {
  const server = createTlsServer({ ...tls.serverOptions, allowHalfOpen: true }, onSocket);
  tls.onChanged(() => server.setSecureContext(tls.serverOptions));
  return server;
}

function explained(error: unknown): string {
  switch (codeOf(error)) {
    case "EADDRINUSE":
      return "somebody listens there already; stop that process or choose another port";
    case "EACCES":
    case "EPERM":
      return "that is not permitted; choose a port above 1023";
    case "EADDRNOTAVAIL":
    case "EINVAL":
      return "this machine has no such address; choose one that it has, or 0.0.0.0 for all of them";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "the name is not known; check it, or give an address";
    default:
      return messageOf(error);
  }
}
