/** What the harness knows of a system: how five servers of it are started, and on which wire its clients speak. */
import type { Arrivals } from "../arrivals.ts";
import type { PayloadName } from "../payloads.ts";
import type { TlsFiles } from "../../../../transports/tcp/tls/tls.ts";

export const NODES = 5;

export type WireName =
  | "hearsay"
  | "relay"
  | "redis-pubsub"
  | "redis-stream"
  | "nats"
  | "jetstream";

/** Where five servers listen, on loopback, and what is spoken there. */
export interface Target {
  readonly wire: WireName;
  readonly ports: readonly number[];
  readonly payload: PayloadName;
  /** What clients show and trust; absent: without TLS. */
  readonly tls?: TlsFiles;
}

/** Takes values under way on one connection; so many lanes share what is in flight. */
export interface Lane {
  /** Values from `first` on, all at once; whoever opened the lane hears of each acknowledgement. */
  publish(first: number, count: number): void;
}

/** The clients of a system, as a publisher and as watchers. */
export interface Wire {
  /** The lane of this index, of NODES lanes. */
  openLane(target: Target, index: number, onAcked: (count: number) => void): Promise<Lane>;
  /** Resolves once values that are published from now on come to the watcher at that node. */
  openWatch(target: Target, node: number, arrivals: Arrivals): Promise<void>;
}

export interface Cluster {
  readonly target: Target;
  /** Of the servers, one each. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

export interface System {
  /** Names it in --only and in --json. */
  readonly key: string;
  /** Names it for people. */
  readonly name: string;
  /** Requests in flight at saturation, where it is not what all others have. */
  readonly inFlight?: number;
  /** Values of a phase at most, where they are large. */
  readonly valuesMax?: number;
  /** What it needs and is not here; undefined where all is. */
  missing(): Promise<string | undefined>;
  /** Resolves once its servers know each other; what they leave behind goes into the folder. */
  start(folder: string): Promise<Cluster>;
}
