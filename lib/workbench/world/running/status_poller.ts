/** The status poller asks running nodes what they hold and what they have counted; its own messages are counted apart. */
import type { Body, Json } from "../../../core/message.ts";
import type { Client, Clients } from "../../load/client.ts";
import type { Cluster } from "../../cluster.ts";
import { CounterTotals, type Wire } from "./counter_totals.ts";
import { readStatus } from "./node_status.ts";
import type { Traffic } from "../traffic.ts";
import type { Scheduler } from "../world.ts";

/** How often a node is asked for its status, ms: what is lost of its counts when it is killed is no older. */
const STATUS_EVERY_MS = 1_000;
/** How long an answer may take, ms. A read may be tens of megabytes. */
const ANSWER_TIMEOUT_MS = 10_000;

export interface StatusPollerOptions {
  readonly nodes: readonly string[];
  readonly scheduler: Scheduler;
  readonly clients: Clients;
  readonly cluster: Cluster;
  readonly traffic: Traffic;
  /** Asks for all that a node holds. */
  readonly read: Body;
}

export class StatusPoller {
  readonly #options: StatusPollerOptions;
  readonly #totals: CounterTotals;
  readonly #digests = new Map<string, string>();
  #stopped = false;

  constructor(options: StatusPollerOptions) {
    this.#options = options;
    this.#totals = new CounterTotals(options.traffic);
  }

  /** Reads every node once; `done` gets all values that they hold, and the nodes that gave no answer. */
  read(done: (values: readonly Json[], mute: readonly string[]) => void): void {
    const values: Json[] = [];
    const onReply = (_node: string, reply: Body): boolean => {
      const messages = reply["messages"];
      if (!Array.isArray(messages)) return false;
      for (const value of messages) values.push(value);
      return true;
    };
    this.#askAll(this.#options.read, onReply, (mute) => done(values, mute));
  }

  /** Asks every node for its counts once; what one does not tell makes them a lower bound. */
  count(done: () => void): void {
    // An old digest of one node is of no use beside new ones of others.
    this.#digests.clear();
    this.#askAll({ type: "status" }, (node, reply) => this.#onStatus(node, reply), (mute) => {
      for (const node of mute) this.#totals.miss(node);
      done();
    });
  }

  /** From now on asks now and then, until stopped. */
  start(): void {
    const { nodes, clients } = this.#options;
    for (const node of nodes) this.#follow(node, clients.open());
  }

  stop(): void {
    this.#stopped = true;
  }

  /** By node, where it has said one, what it said last. */
  get digests(): ReadonlyMap<string, string> {
    return this.#digests;
  }

  get wire(): Wire {
    return this.#totals.wire;
  }

  #follow(node: string, client: Client): void {
    const { scheduler, cluster } = this.#options;
    if (this.#stopped) return;
    scheduler.at(scheduler.now() + STATUS_EVERY_MS, () => this.#follow(node, client));
    if (client.busy || !cluster.isUp(node)) return;
    client.call(node, { type: "status" }, ANSWER_TIMEOUT_MS, (reply) => {
      if (reply !== undefined) this.#onStatus(node, reply);
    });
  }

  /** `take` says whether a reply is of use. */
  #askAll(
    body: Body,
    take: (node: string, reply: Body) => boolean,
    done: (mute: readonly string[]) => void,
  ): void {
    const { nodes, clients, cluster } = this.#options;
    const up = nodes.filter((node) => cluster.isUp(node));
    const mute = nodes.filter((node) => !cluster.isUp(node));
    let left = up.length;
    if (left === 0) return done(mute);
    for (const node of up) {
      clients.open().call(node, body, ANSWER_TIMEOUT_MS, (reply) => {
        if (reply === undefined || !take(node, reply)) mute.push(node);
        if (--left === 0) done(mute);
      });
    }
  }

  #onStatus(node: string, reply: Body): boolean {
    const status = readStatus(reply);
    if (status?.id !== node) return false;
    this.#totals.see(status);
    if (status.digest === undefined) this.#digests.delete(node);
    else this.#digests.set(node, status.digest);
    return true;
  }
}
