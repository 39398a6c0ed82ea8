/** Orders from the harness to its helpers and their answers: one line of JSON each, one order at a time. */
import process from "node:process";
import { LineReader } from "../../../transports/lines/reader.ts";

export type PublishOrder = {
  readonly kind: "publish";
  /** The first value. */
  readonly from: number;
  readonly valuesMax: number;
  readonly inFlight: number;
  /** As fast as acknowledgements allow, where it is null. */
  readonly perSecond: number | null;
  readonly forMs: number;
};

export type PublisherOrder = PublishOrder | { readonly kind: "write"; readonly path: string };

export type WatcherOrder =
  | { readonly kind: "begin"; readonly from: number }
  | { readonly kind: "expect"; readonly values: number; readonly patienceMs: number }
  | { readonly kind: "write"; readonly folder: string; readonly values: number };

export interface Published {
  readonly values: number;
}

/** What one watcher has of what it was told to expect. */
export interface Watched {
  readonly node: number;
  readonly distinct: number;
  readonly duplicates: number;
}

/** Where a watcher writes the moments at which values came. */
export function arrivalsPath(folder: string, node: number): string {
  return `${folder}/arrivals-${node}`;
}

/** Says that it is ready, and carries out what it is told until its input ends. */
export function obey<Order>(carryOut: (order: Order) => Promise<unknown>): void {
  const reader = new LineReader({
    onLine: (line) => {
      const order: Order = JSON.parse(line);
      carryOut(order).then(say);
    },
    onOverlong: () => {},
  });
  process.stdin.on("data", (chunk: Uint8Array) => reader.push(chunk));
  say("ready");
}

function say(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer ?? null)}\n`);
}
