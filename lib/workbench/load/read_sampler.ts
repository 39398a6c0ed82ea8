/** Samples true times by reading every node in turn, where hosts do not see deliveries; its messages are counted apart. */
import type { Json } from "../../core/message.ts";
import type { Client, Clients } from "./client.ts";
import type { Cluster } from "../cluster.ts";
import type { Scheduler } from "../world/world.ts";

/** How far apart two samples of one node are, ms, where the nodes are few enough. */
export const SAMPLE_EACH_MS = 100;
/** Samples per second of all nodes together: 25 nodes that hold 1,000 values spend a tenth of a core on that many. */
export const SAMPLES_HZ_MAX = 250;

/** A sampling read that takes longer is given up, ms. */
const SAMPLE_TIMEOUT_MS = 5_000;

export interface ReadSamplerOptions {
  readonly nodes: readonly string[];
  readonly scheduler: Scheduler;
  readonly clients: Clients;
  readonly cluster: Cluster;
  /** Where an answer shows the values. */
  readonly field: string;
  readonly onRead: (node: string, values: readonly Json[]) => void;
}

export class ReadSampler {
  readonly #options: ReadSamplerOptions;
  readonly #samplers: readonly { readonly node: string; readonly client: Client }[];
  #turn = 0;
  #stopped = false;

  constructor(options: ReadSamplerOptions) {
    this.#options = options;
    this.#samplers = options.nodes.map((node) => ({ node, client: options.clients.open() }));
  }

  start(): void {
    if (this.#stopped) return;
    const { scheduler } = this.#options;
    scheduler.at(scheduler.now() + this.everyMs / this.#samplers.length, () => this.start());
    this.#sample();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** How far apart two samples of one node are, ms: true times are late by up to that. */
  get everyMs(): number {
    return Math.max(SAMPLE_EACH_MS, this.#samplers.length * 1000 / SAMPLES_HZ_MAX);
  }

  #sample(): void {
    const sampler = this.#samplers[this.#turn++ % this.#samplers.length];
    if (sampler === undefined || sampler.client.busy || !this.#options.cluster.isUp(sampler.node)) return;
    sampler.client.call(sampler.node, { type: "read" }, SAMPLE_TIMEOUT_MS, (reply) => {
      const messages = reply?.[this.#options.field];
      if (Array.isArray(messages)) this.#options.onRead(sampler.node, messages);
    });
  }
}
