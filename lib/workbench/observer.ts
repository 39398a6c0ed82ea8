/** Reads every node in turn, for true times in a world whose nodes cannot be seen into; counted apart. */
import type { Json } from "../core/message.ts";
import type { Client, Clients } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import type { Scheduler } from "./world.ts";

/** Reads per second over all nodes. */
export const OBSERVE_HZ = 50;

/** An observer's read that takes longer is given up, ms. */
const OBSERVE_TIMEOUT_MS = 5_000;

export interface ObserverOptions {
  readonly nodes: readonly string[];
  readonly scheduler: Scheduler;
  readonly clients: Clients;
  readonly cluster: Cluster;
  readonly onRead: (node: string, values: readonly Json[]) => void;
}

export class Observer {
  readonly #options: ObserverOptions;
  readonly #eyes: readonly { readonly node: string; readonly client: Client }[];
  #turn = 0;
  #stopped = false;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#eyes = options.nodes.map((node) => ({ node, client: options.clients.open() }));
  }

  start(): void {
    if (this.#stopped) return;
    const { scheduler } = this.#options;
    scheduler.at(scheduler.now() + 1000 / OBSERVE_HZ, () => this.start());
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** How far apart two looks at one node are, ms: true times are late by up to that. */
  get everyMs(): number {
    return this.#eyes.length * 1000 / OBSERVE_HZ;
  }

  #look(): void {
    const eye = this.#eyes[this.#turn++ % this.#eyes.length];
    if (eye === undefined || eye.client.busy || !this.#options.cluster.isUp(eye.node)) return;
    eye.client.call(eye.node, { type: "read" }, OBSERVE_TIMEOUT_MS, (reply) => {
      const messages = reply?.["messages"];
      if (Array.isArray(messages)) this.#options.onRead(eye.node, messages);
    });
  }
}
