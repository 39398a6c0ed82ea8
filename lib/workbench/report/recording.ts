/** Keeps what happens on the network and at the nodes of one examination, to draw it and to tell it afterwards. */
import { type Body, type Json, readPeerMessage, readRequest } from "../../core/message.ts";
import type { Grudge } from "../faults/grudge.ts";
import type { NetworkObserver, Passage } from "../world/network.ts";
import { isClient } from "../../../transports/client_id.ts";

/** A message takes about a kilobyte as it is kept; what comes beyond these is only counted. A guess. */
export const PASSAGES_MAX = 200_000;

/** From a moment until another, Infinity if it did not end; ms on the examination's clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A client told a node a value, or a node came to hold values. */
export interface Gain {
  readonly node: string;
  readonly values: readonly Json[];
  readonly at: number;
}

/** A node lost these values, or all that it held. */
export interface Loss {
  readonly node: string;
  readonly values: readonly Json[] | "all";
  readonly at: number;
}

export interface Recording {
  /** Messages between nodes, in the order in which they ended. */
  readonly passages: readonly Passage[];
  /** Messages beyond PASSAGES_MAX. */
  readonly overlooked: number;
  readonly told: readonly Gain[];
  /** What nodes came to hold, as far as their hosts see inside; what a node was told is among it. */
  readonly held: readonly Gain[];
  readonly lost: readonly Loss[];
  readonly cuts: readonly (Span & { readonly grudge: Grudge })[];
  /** When a node did not take part. */
  readonly outages: readonly (Span & { readonly node: string; readonly state: "paused" | "down" })[];
}

type Open<T extends Span> = Omit<T, "to">;

export class Recorder implements NetworkObserver {
  readonly #passages: Passage[] = [];
  #overlooked = 0;
  readonly #told: Gain[] = [];
  readonly #held: Gain[] = [];
  readonly #lost: Loss[] = [];
  readonly #cuts: Recording["cuts"][number][] = [];
  #cut: Open<Recording["cuts"][number]> | undefined;
  readonly #outages: Recording["outages"][number][] = [];
  /** By node. */
  readonly #out = new Map<string, Open<Recording["outages"][number]>>();

  passed(passage: Passage): void {
    const { envelope: { src, dest, body }, endedAt, dropped } = passage;
    if (!isClient(src)) {
      if (this.#passages.length < PASSAGES_MAX) this.#passages.push(passage);
      else this.#overlooked++;
    } else if (body.type === "broadcast" && dropped === undefined) {
      this.#told.push({ node: dest, values: valuesIn(body), at: endedAt });
    }
  }

  became(node: string, state: "up" | "paused" | "down", at: number): void {
    const before = this.#out.get(node);
    if (before !== undefined) this.#outages.push({ ...before, to: at });
    this.#out.delete(node);
    if (state !== "up") this.#out.set(node, { node, state, from: at });
  }

  parted(grudge: Grudge, at: number): void {
    if (this.#cut !== undefined) this.#cuts.push({ ...this.#cut, to: at });
    this.#cut = grudge.size > 0 ? { grudge, from: at } : undefined;
  }

  holds(node: string, values: readonly Json[], at: number): void {
    this.#held.push({ node, values, at });
  }

  loses(node: string, values: readonly Json[] | "all", at: number): void {
    this.#lost.push({ node, values, at });
  }

  /** What was kept up to now. */
  get recording(): Recording {
    const open = this.#cut === undefined ? [] : [{ ...this.#cut, to: Infinity }];
    const out = [...this.#out.values()].map((outage) => ({ ...outage, to: Infinity }));
    return {
      passages: this.#passages,
      overlooked: this.#overlooked,
      told: this.#told,
      held: this.#held,
      lost: this.#lost,
      cuts: [...this.#cuts, ...open],
      outages: [...this.#outages, ...out],
    };
  }
}

/** The values that a body brings: a broadcast's, as of most programs, or the runs of entries of ours. */
export function valuesIn(body: Body): readonly Json[] {
  const request = readRequest(body);
  if (request.type === "broadcast") return [request.message];
  const message = readPeerMessage(body);
  const runs = message === undefined || message.type === "malformed" ? [] : message.runs ?? [];
  return runs.flatMap(([, , values]) => values);
}
