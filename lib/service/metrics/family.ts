/** What a family of metrics is, and what all of them are read from at a scrape. */
import type { Files } from "../../../transports/tcp/descriptors.ts";
import type { Traffic } from "../../../transports/tcp/traffic.ts";
import type { Tally } from "../../../transports/tcp/tally.ts";
import type { Status } from "../status.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Distribution } from "./distribution.ts";
import type { RequestCounts } from "./request_counts.ts";

/** One moment of a node. */
export interface Moment {
  readonly status: Status;
  /** Whether the one who asks may know who the peers are. */
  readonly namesPeers: boolean;
  readonly isReady: boolean;
  /** Of all texts that the log keeps. */
  readonly storeBytes: number;
  /** Of its files; undefined where there are none. */
  readonly storeFileBytes: number | undefined;
  readonly counters: Counters;
  readonly files: Files;
  /** When the process began, seconds since 1970. */
  readonly startedAt: number;
  /** "bun 1.4.4", "deno 2.9.5". */
  readonly runtime: string;
}

/** What a node counts where it happens. */
export interface Counters {
  readonly traffic: Traffic;
  readonly requests: RequestCounts;
  /** By `METHOD ROUTE STATUS`. */
  readonly responses: ReadonlyMap<string, number>;
  /** Entries that are new to this node, by "client" and "peer". */
  readonly delivered: Tally;
  readonly deliveries: Deliveries["durations"];
  readonly commits: Distribution;
  readonly commitFailures: number;
  readonly loopDelay: Distribution;
}

/** A value, and the values of the family's labels in their order. */
export type Sample = readonly [value: number, ...labels: string[]];

export interface Family {
  readonly kind: "gauge" | "counter" | "histogram";
  readonly name: string;
  /** For people, without a dot at the end. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Of a gauge or a counter; empty where there is nothing to say. */
  readonly samples: (moment: Moment) => readonly Sample[];
  /** Of a histogram, each with the values of its labels. */
  readonly distributions: (moment: Moment) => readonly (readonly [Distribution, ...labels: string[]])[];
}

type Read = (moment: Moment) => number | null | undefined | readonly Sample[];

/** Null and undefined are no sample. */
export function gauge(name: string, help: string, read: Read, ...labels: string[]): Family {
  return { kind: "gauge", name, help, labels, samples: samplesOf(read), distributions: () => [] };
}

export function counter(name: string, help: string, read: Read, ...labels: string[]): Family {
  return { ...gauge(name, help, read, ...labels), kind: "counter" };
}

export function histogram(
  name: string,
  help: string,
  distributions: Family["distributions"],
  ...labels: string[]
): Family {
  return { kind: "histogram", name, help, labels, samples: () => [], distributions };
}

function samplesOf(read: Read): Family["samples"] {
  return (moment) => {
    const value = read(moment);
    if (value === null || value === undefined) return [];
    return typeof value === "number" ? [[value]] : value;
  };
}

/** 1 for each of the names that is the one, 0 for the others. */
export function oneOf(names: readonly string[], name: string): readonly Sample[] {
  return names.map((each) => [each === name ? 1 : 0, each]);
}
