/** A fresh node is told who it is and who its neighbours are: Maelstrom's `init` and `topology`. */
import type { Body } from "../core/message.ts";
import type { Client, Clients } from "./load/client.ts";
import type { Topology } from "./load/topology.ts";
import type { Introduces, Newcomer } from "./member.ts";

/** How long a fresh node may take to answer `init` and `topology`, ms. Maelstrom's. */
export const INIT_TIMEOUT_MS = 10_000;

export interface IntroductionOptions {
  readonly ids: readonly string[];
  readonly clients: Clients;
  /** Undefined: nodes are told of none. */
  readonly topology: Topology | undefined;
}

export class Introduction implements Introduces {
  readonly #options: IntroductionOptions;

  constructor(options: IntroductionOptions) {
    this.#options = options;
  }

  /** Calls `done` with whether the node answered in time. */
  init(node: Newcomer, done: (ok: boolean) => void): void {
    this.#ask(node, { type: "init", node_id: node.id, node_ids: this.#options.ids }, (ok, client) => {
      if (ok) this.#retire(node, client);
      done(ok);
    });
  }

  /** Calls `done` with whether the node answered in time. */
  topology(node: Newcomer, done: (ok: boolean) => void): void {
    const { topology } = this.#options;
    if (topology === undefined) done(true);
    else this.#ask(node, { type: "topology", topology }, done);
  }

  /** Closes the client that sent init, as Maelstrom does (db.clj). */
  #retire(node: Newcomer, client: Client): void {
    client.close();
    if (client === node.client) node.client = this.#options.clients.open();
  }

  /** A client waits for one reply at a time, so a node that was killed while it starts gets a new one. */
  #ask(node: Newcomer, body: Body, done: (ok: boolean, client: Client) => void): void {
    const client = node.client.busy ? this.#options.clients.open() : node.client;
    if (node.crashed) return done(false, client);
    node.asking = client;
    client.call(node.id, body, INIT_TIMEOUT_MS, (reply) => done(reply?.type === `${body.type}_ok`, client));
  }
}
