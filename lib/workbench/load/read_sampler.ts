/** Reads every node in turn, for true times in a world whose nodes cannot be seen into; counted apart. */
import type { Json } from "../../core/message.ts";
import type { Client, Clients } from "./client.ts";
import type { Cluster } from "../cluster.ts";
import type { Scheduler } from "../world/world.ts";

/** How far apart two looks at one node are, ms, where the nodes are few enough. */
export const OBSERVE_EACH_MS = 100;
/** Looks per second at all nodes together: 25 nodes that hold 1,000 values spend a tenth of a core on that many. */
export const OBSERVE_HZ_MAX = 250;

/** An observer's read that takes longer is given up, ms. */
const OBSERVE_TIMEOUT_MS = 5_000;

export interface ObserverOptions {
  readonly nodes: readonly string[];
  readonly scheduler: Scheduler;
  readonly clients: Clients;
  readonly cluster: Cluster;
  readonly onRead: (node: string, values: readonly Json[]) => void;
}

export class ReadSampler {
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
    scheduler.at(scheduler.now() + this.everyMs / this.#eyes.length, () => this.start());
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** How far apart two looks at one node are, ms: true times are late by up to that. */
  get everyMs(): number {
    return Math.max(OBSERVE_EACH_MS, this.#eyes.length * 1000 / OBSERVE_HZ_MAX);
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
