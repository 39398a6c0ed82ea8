/** What a node counts for its metrics, and the answer to whoever asks for them [U8]. */
import process from "node:process";
import { isOriginOf } from "../../core/incarnation.ts";
import type { Run } from "../../core/log/runs.ts";
import { type Body, TEMPORARILY_UNAVAILABLE } from "../../core/message.ts";
import type { Neighbours } from "../../core/node.ts";
import type { DurableOptions } from "../../runtime/drive_durably.ts";
import type { Store } from "../../store/store.ts";
import { messageOf } from "../../../transports/errno.ts";
import { filesOfProcess } from "../../../transports/tcp/descriptors.ts";
import type { Traffic } from "../../../transports/tcp/traffic.ts";
import { Tally } from "../../../transports/tcp/tally.ts";
import type { Status } from "../status.ts";
import { Deliveries, type Source } from "./deliveries.ts";
import { Distribution } from "./distribution.ts";
import type { Exposition } from "./exposition.ts";
import type { Moment } from "./family.ts";
import { LoopDelay } from "./loop_delay.ts";
import { RequestCounts } from "./request_counts.ts";

/** Upper bounds of buckets, seconds. */
const COMMIT_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const LOOP_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

const SOURCES: readonly Source[] = ["client", "peer"];

const STARTED_AT = Date.now() / 1000 - process.uptime();

export interface MetricsOptions {
  readonly id: string;
  readonly store: Pick<Store, "bytes" | "fileBytes">;
  readonly neighbours: () => Neighbours;
  /** Ms, on the clock of the node. */
  readonly clock: () => number;
  readonly traffic: Traffic;
  readonly status: () => Status;
  readonly isReady: () => boolean;
}

export class Metrics {
  readonly requests = new RequestCounts();
  readonly commits = new Distribution(COMMIT_BOUNDS);
  commitFailures = 0;
  readonly #options: MetricsOptions;
  /** By `METHOD ROUTE STATUS`. */
  readonly #responses = new Map<string, number>();
  readonly #delivered = new Tally(SOURCES);
  readonly #deliveries: Deliveries;
  readonly #loop = new Distribution(LOOP_BOUNDS);
  readonly #loopDelay = new LoopDelay(this.#loop);
  #exposition: Promise<Exposition> | undefined;
  /** The origin that was seen last, and whose entries those are. */
  #lastOrigin = "";
  #lastSource: Source = "client";

  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#deliveries = new Deliveries(options);
  }

  /** Looks how busy the event loop is, until stop(). */
  start(): void {
    this.#loopDelay.start();
  }

  stop(): void {
    this.#loopDelay.stop();
  }

  /** Entries are new to this node. `now`: ms, on the clock of the node. */
  delivered(runs: readonly Run[], now: number): void {
    for (const { origin, texts } of runs) this.#delivered.add(this.#sourceOf(origin), texts.length);
    const [first] = runs;
    if (first !== undefined) this.#deliveries.note(first, this.#lastSource, now);
  }

  /** This is on its way to a peer. */
  sent(peer: string, body: Body): void {
    this.#deliveries.sent(peer, body);
  }

  /** The node has taken in what a peer says. */
  heard(peer: string, body: Body): void {
    this.#deliveries.heard(peer, body);
  }

  /** A request over HTTP is answered. `route`: as in the table of routes. */
  responded(method: string, route: string, status: number): void {
    const key = `${method} ${route} ${status}`;
    this.#responses.set(key, (this.#responses.get(key) ?? 0) + 1);
  }

  /** The same store, whose commits are timed. */
  timed(store: DurableOptions["store"]): DurableOptions["store"] {
    return {
      incarnation: store.incarnation,
      revert: () => store.revert(),
      check: () => store.check(),
      maintain: () => store.maintain(),
      commit: (origins) => this.#time(() => store.commit(origins)),
    };
  }

  /**
   * What answers a request for metrics: `metrics_ok {format, text}`, or an error. `namesPeers`: whether the one who asks may
   * know who the peers are.
   */
  async answer(namesPeers: boolean): Promise<Body> {
    // Most nodes are never asked, and start the sooner.
    this.#exposition ??= import("./exposition.ts").then(({ Exposition }) => new Exposition());
    try {
      const exposition = await this.#exposition;
      const text = await exposition.text(this.#moment(namesPeers));
      return { type: "metrics_ok", format: exposition.format, text };
    } catch (error) {
      const text = `the metrics cannot be told: ${messageOf(error)}`;
      return { type: "error", code: TEMPORARILY_UNAVAILABLE, text };
    }
  }

  #moment(namesPeers: boolean): Moment {
    const { traffic, store, status, isReady } = this.#options;
    return {
      status: status(),
      namesPeers,
      isReady: isReady(),
      storeBytes: store.bytes,
      storeFileBytes: store.fileBytes,
      counters: {
        traffic,
        requests: this.requests,
        responses: this.#responses,
        delivered: this.#delivered,
        deliveries: this.#deliveries.durations,
        commits: this.commits,
        commitFailures: this.commitFailures,
        loopDelay: this.#loop,
      },
      files: filesOfProcess(),
      startedAt: STARTED_AT,
      runtime: runtimeName(),
    };
  }

  #time(commit: () => void): void {
    const from = performance.now();
    try {
      commit();
      this.commits.observe((performance.now() - from) / 1000);
    } catch (error) {
      this.commitFailures += 1;
      throw error;
    }
  }

  #sourceOf(origin: string): Source {
    if (origin !== this.#lastOrigin) {
      this.#lastOrigin = origin;
      this.#lastSource = isOriginOf(this.#options.id, origin) ? "client" : "peer";
    }
    return this.#lastSource;
  }
}

/** "bun 1.4.4", "deno 2.9.5". */
function runtimeName(): string {
  const { bun, deno, node } = process.versions;
  if (bun !== undefined) return `bun ${bun}`;
  return deno === undefined ? `node ${node}` : `deno ${deno}`;
}
