/** The listening socket: it resolves to the address where it listens, or rejects with a sentence that says why it cannot. */
import { lookup } from "node:dns/promises";
import { createServer, isIP, type Server, type Socket } from "node:net";
import { BACKLOG_MAX } from "./limits.ts";
import { type Address, addressText } from "../address.ts";
import { codeOf, messageOf } from "../errno.ts";

export class Listener {
  readonly #server: Server;
  readonly #address: Address;
  #closed = false;

  constructor(address: Address, onSocket: (socket: Socket) => void) {
    this.#address = address;
    // A client that has said all it will say still wants its answers.
    this.#server = createServer({ allowHalfOpen: true }, onSocket);
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
