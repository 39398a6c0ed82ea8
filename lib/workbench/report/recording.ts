/** Keeps what happens on the network, at the nodes and to the clients of one examination, to draw it and to tell it afterwards. */
import { valuesOf } from "../../core/log/runs.ts";
import { jsonOf } from "../../core/raw.ts";
import { type Body, type Json, readPeerMessage } from "../../core/message.ts";
import { readRequest } from "../../core/requests.ts";
import type { Grudge } from "../faults/grudge.ts";
import type { Op, OpType } from "../verdict/history.ts";
import type { Element, SetFull, Sighting } from "../verdict/set_full.ts";
import { anyJson } from "../workloads/workload.ts";
import type { NetworkObserver, Passage } from "../world/network.ts";
import { countedFrom, packed } from "./packed_passage.ts";
import { Observed } from "./observed.ts";
import { isClient } from "../../../transports/client_id.ts";
import type { TraceEvent } from "../../core/trace.ts";

/** What comes beyond these is only counted. They take about 1 GB, if they are as large as those of 25 nodes of ours. */
const PASSAGES_MAX = 1_000_000;
/** So many are kept as they are, which takes the least time, and 2.5 kB each; those after them are packed. */
export const WHOLE_MAX = 50_000;
/** About as much for what the nodes say of their decisions. A guess. */
export const TRACES_MAX = 1_000_000;

/** From a moment until another, Infinity if it did not end; ms since the load began, below 0 before. */
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

/** What a node said of one of its decisions. */
export interface Traced {
  readonly node: string;
  readonly at: number;
  readonly event: TraceEvent;
}

/** A client asked for something, from its invocation to its completion. */
export interface Operation extends Span {
  /** In the history, of its invocation. */
  readonly index: number;
  readonly process: number;
  readonly node: string;
  readonly f: Op["f"];
  /** What was broadcast, added or asked; null for a read. */
  readonly value: Json;
  /** How many values a read showed that is ok. */
  readonly shown?: number;
  /** "invoke": it is open still. */
  readonly outcome: OpType;
  /** One of the last reads, after everything is healed and rested. */
  readonly final: boolean;
}

export interface Recording {
  /** In the order of their invocations. */
  readonly operations: readonly Operation[];
  /** Messages between nodes, in the order in which they ended. */
  readonly passages: readonly Passage[];
  /** Messages beyond PASSAGES_MAX. */
  readonly overlooked: number;
  readonly told: readonly Gain[];
  /** What nodes came to hold: as it comes, or, where nobody sees inside them, with the first read that shows it. What a node was told is among it. */
  readonly held: readonly Gain[];
  readonly lost: readonly Loss[];
  readonly cuts: readonly (Span & { readonly grudge: Grudge })[];
  /** When a node did not take part; by their beginnings, and of those at one moment by node. */
  readonly outages: readonly (Span & { readonly node: string; readonly state: "paused" | "down" })[];
  /** What the reads say of each value that was broadcast. */
  readonly elements: readonly Element[];
  /** Values that were read twice in one read, and that nobody had broadcast. */
  readonly sightings: { readonly duplicated: readonly Sighting[]; readonly phantoms: readonly Sighting[] };
  /** In the order in which the nodes said it, up to TRACES_MAX; none of nodes that cannot say anything. */
  readonly traces: readonly Traced[];
}

type Open<T extends Span> = Omit<T, "to">;

/** Is told of all that happens in an examination. */
export interface RunObserver extends NetworkObserver {
  /** The load begins now, on the examination's clock, as all moments but those of operations, which count from here. */
  began(at: number): void;
  /** An operation begins or ends. */
  operation(op: Op, invocation: Op): void;
  holds(node: string, values: readonly Json[], at: number): void;
  loses(node: string, values: readonly Json[] | "all", at: number): void;
  /** What the reads of the examination say of each value. */
  judges?(setFull: SetFull): void;
  /** A read showed all that a node holds, where nothing else tells. */
  shows?(node: string, values: readonly Json[], at: number): void;
  /** The examination is over: that its nodes are stopped now is no outage. */
  ended?(): void;
  /** What a node says of one of its decisions, as long as there is somebody who is told. */
  traced?(node: string, event: TraceEvent, at: number): void;
}

/** `passagesMax`: messages beyond these are only counted. */
export class Recorder implements RunObserver {
  readonly #passages: Passage[] = [];
  readonly #passagesMax: number;
  #overlooked = 0;
  readonly #operations: Operation[] = [];
  /** By the index of its invocation, where an operation stands that is not over. */
  readonly #open = new Map<number, number>();
  /** On the examination's clock, as all that is kept, but for operations. */
  #beganAt = 0;
  #isOver = false;
  readonly #told: Gain[] = [];
  readonly #held: Gain[] = [];
  readonly #lost: Loss[] = [];
  readonly #traces: Traced[] = [];
  readonly #observed = new Observed();
  readonly #cuts: Recording["cuts"][number][] = [];
  #cut: Open<Recording["cuts"][number]> | undefined;
  readonly #outages: Recording["outages"][number][] = [];
  /** By node. */
  readonly #out = new Map<string, Open<Recording["outages"][number]>>();
  #setFull: SetFull | undefined;

  constructor(passagesMax = PASSAGES_MAX) {
    this.#passagesMax = passagesMax;
  }

  /** What the reads of the examination say of each value. */
  judges(setFull: SetFull): void {
    this.#setFull = setFull;
  }

  /** The load begins now; what is kept counts from here. */
  began(at: number): void {
    this.#beganAt = at;
  }

  ended(): void {
    this.#isOver = true;
  }

  /** An operation begins or ends; its time counts from the beginning of the load. */
  operation(op: Op, invocation: Op): void {
    const { index, process, node, f, time: from, final } = invocation;
    const { type: outcome } = op;
    const value = f === "read" ? null : invocation.value;
    const to = outcome === "invoke" ? Infinity : op.time;
    if (outcome === "ok" && f === "read" && Array.isArray(op.value)) {
      this.keep({ index, process, node, f, value, shown: op.value.length, outcome, final, from, to });
    } else this.keep({ index, process, node, f, value, outcome, final, from, to });
  }

  /** In the place of what was kept of the same operation before. */
  keep(operation: Operation): void {
    const { index, outcome } = operation;
    const place = this.#open.get(index) ?? this.#operations.length;
    this.#operations[place] = operation;
    if (outcome === "invoke") this.#open.set(index, place);
    else this.#open.delete(index);
  }

  passed(passage: Passage): void {
    const { envelope: { src, dest, body }, endedAt, dropped } = passage;
    if (!isClient(src)) return this.carried(passage);
    // Most of what clients ask brings nothing.
    if (dropped !== undefined || body.type === "read") return;
    const values = valuesIn(body);
    if (values.length > 0) this.tells(dest, values, endedAt);
  }

  /** A message between nodes. */
  carried(passage: Passage): void {
    const { length } = this.#passages;
    if (length < WHOLE_MAX) this.#passages.push(passage);
    else if (length < this.#passagesMax) this.#passages.push(packed(passage));
    else this.#overlooked++;
  }

  /** A client's broadcast has come to a node. */
  tells(node: string, values: readonly Json[], at: number): void {
    this.#told.push({ node, values, at });
  }

  became(node: string, state: "up" | "paused" | "down", at: number): void {
    if (this.#isOver) return;
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

  /** A read showed all that a node holds, where nobody sees inside it: what is new since the last one, and what is gone, is kept. */
  shows(node: string, values: readonly Json[], at: number): void {
    const { gained, lost } = this.#observed.read(node, values);
    if (lost.length > 0) this.#lost.push({ node, values: lost, at });
    if (gained.length > 0) this.holds(node, gained, at);
  }

  loses(node: string, values: readonly Json[] | "all", at: number): void {
    if (values === "all") this.#observed.forget(node);
    this.#lost.push({ node, values, at });
  }

  traced(node: string, event: TraceEvent, at: number): void {
    if (this.#traces.length < TRACES_MAX) this.#traces.push({ node, event, at });
  }

  /** What was kept up to now. */
  get recording(): Recording {
    const open = this.#cut === undefined ? [] : [{ ...this.#cut, to: Infinity }];
    const out = [...this.#out.values()].map((outage) => ({ ...outage, to: Infinity }));
    const at = (time: number) => time - this.#beganAt;
    const moment = <T extends { readonly at: number }>(event: T) => ({ ...event, at: at(event.at) });
    const span = <T extends Span>(event: T) => ({ ...event, from: at(event.from), to: at(event.to) });
    return {
      operations: [...this.#operations],
      passages: this.#passages.map((passage) => countedFrom(this.#beganAt, passage)),
      overlooked: this.#overlooked,
      told: this.#told.map(moment),
      held: this.#held.map(moment),
      lost: this.#lost.map(moment),
      cuts: [...this.#cuts, ...open].map(span),
      outages: [...this.#outages, ...out].map(span).toSorted((a, b) =>
        a.from - b.from || (a.node < b.node ? -1 : Number(a.node > b.node))
      ),
      elements: this.#setFull?.elements ?? [],
      sightings: this.#setFull?.sightings ?? { duplicated: [], phantoms: [] },
      traces: this.#traces.map(moment),
    };
  }
}

/** The values that a body brings: a broadcast's or an element of a set, as of most programs, or the runs of entries of ours. */
export function valuesIn(body: Body): readonly Json[] {
  const request = readRequest(body);
  if (request.type === "broadcast") return [jsonOf(request.message)];
  const element = body.type === "add" ? anyJson(body["element"]) : undefined;
  if (element !== undefined) return [element.value];
  const message = readPeerMessage(body);
  if (message === undefined || message.type === "malformed" || message.type === "members") return [];
  return message.runs?.runs.flatMap(valuesOf) ?? [];
}
