/** What can be seen of a session as it goes on: messages under way, what nodes hold, cuts, and counts. */
import { isClient } from "../../../transports/client_id.ts";
import type { Body, Envelope, Json } from "../../core/message.ts";
import type { Grudge } from "../faults/grudge.ts";
import { type RunObserver, valuesIn } from "../report/recording.ts";
import type { Op } from "../verdict/history.ts";
import type { Passage, UnderWay } from "../world/network.ts";
import type { Drop } from "../world/traffic.ts";
import { Ledger } from "./ledger.ts";

/** So many messages are remembered after they have ended. */
export const TRAIL_MAX = 20_000;
/** A lost message of which nobody knows how long it would have taken, ms. */
const LOST_TRIP_MS = 50;

/** "value" brings values, "probe" asks for a sign of life, "answer" does neither. */
export const flightKinds = ["value", "answer", "probe"] as const;
export type FlightKind = typeof flightKinds[number];
export type NodeState = "up" | "paused" | "down";

/** A message between nodes; times in ms since the load began, below 0 before, nodes by their index. */
export interface Flight {
  /** Counts messages in the order in which they were sent. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly kind: FlightKind;
  readonly values: readonly Json[];
  sentAt: number;
  /** When it would be there if nothing came in between. */
  dueAt: number;
  /** Undefined while it is under way. */
  endedAt: number | undefined;
  dropped: Drop | undefined;
}

/** A node did not take part from then on, until it did again. */
export interface Outage {
  readonly node: number;
  readonly state: "paused" | "down";
  readonly from: number;
  to: number;
}

/** Links are cut from then on; an empty grudge is a heal. */
export interface Parting {
  readonly at: number;
  readonly grudge: Grudge;
}

/** A node came to hold values. */
export interface Arrival {
  readonly node: number;
  readonly values: readonly Json[];
  readonly at: number;
}

export class Picture implements RunObserver {
  readonly ledger: Ledger;
  readonly #indexes: ReadonlyMap<string, number>;
  /** On the session's clock; undefined before the load began. */
  beganAt: number | undefined;
  readonly states: NodeState[];
  readonly underWay = new Set<Flight>();
  /** In the order in which they were sent, the latest TRAIL_MAX or so. */
  trail: Flight[] = [];
  arrivals: Arrival[] = [];
  readonly outages: Outage[] = [];
  readonly partings: Parting[] = [];
  grudge: Grudge = new Map();
  /** Grows with everything that can be seen. */
  revision = 0;
  readonly #byEnvelope = new Map<Envelope, Flight[]>();
  #flights = 0;
  /** How long the last message takes: one that chance loses at once would have taken about as long. */
  #tripMs = LOST_TRIP_MS;

  constructor(nodes: readonly string[]) {
    this.#indexes = new Map(nodes.map((node, index) => [node, index]));
    this.ledger = new Ledger(nodes.length);
    this.states = nodes.map(() => "down");
  }

  /** What was seen before was on the session's clock. */
  began(at: number): void {
    this.beganAt = at;
    for (const flight of this.trail) {
      flight.sentAt -= at;
      flight.dueAt -= at;
      if (flight.endedAt !== undefined) flight.endedAt -= at;
    }
  }

  left({ envelope, sentAt, dueAt, copy }: UnderWay): void {
    if (isClient(envelope.src)) return;
    const flight = this.#flight(envelope, sentAt, dueAt);
    this.#tripMs = dueAt - sentAt;
    if (copy === undefined) this.ledger.messages++;
    this.underWay.add(flight);
    const same = this.#byEnvelope.get(envelope);
    if (same === undefined) this.#byEnvelope.set(envelope, [flight]);
    else same.push(flight);
  }

  passed({ envelope, sentAt, endedAt, dropped }: Passage): void {
    if (isClient(envelope.src)) return;
    const flight = this.#take(envelope) ?? this.#lostAtOnce(envelope, sentAt);
    flight.endedAt = this.#since(endedAt);
    flight.dropped = dropped;
    this.underWay.delete(flight);
    if (dropped !== undefined) this.ledger.lost++;
    this.revision++;
  }

  became(node: string, state: NodeState, at: number): void {
    const index = this.#indexOf(node);
    const open = this.outages.findLast((outage) => outage.node === index && outage.to === Infinity);
    if (open !== undefined) open.to = this.#since(at);
    if (state !== "up" && this.beganAt !== undefined) {
      this.outages.push({ node: index, state, from: this.#since(at), to: Infinity });
    }
    this.states[index] = state;
    this.revision++;
  }

  parted(grudge: Grudge, at: number): void {
    this.grudge = grudge;
    this.partings.push({ at: this.#since(at), grudge });
    this.revision++;
  }

  operation(op: Op, invocation: Op): void {
    this.ledger.operation(op, this.#indexOf(invocation.node));
    this.revision++;
  }

  holds(node: string, values: readonly Json[], at: number): void {
    const since = this.#since(at);
    this.ledger.holds(this.#indexOf(node), values, since);
    this.arrivals.push({ node: this.#indexOf(node), values, at: since });
    if (this.arrivals.length > 2 * TRAIL_MAX) this.arrivals = this.arrivals.slice(-TRAIL_MAX);
    this.revision++;
  }

  loses(node: string, values: readonly Json[] | "all"): void {
    this.ledger.loses(this.#indexOf(node), values);
    this.revision++;
  }

  #flight(envelope: Envelope, sentAt: number, dueAt: number): Flight {
    const flight: Flight = {
      index: this.#flights++,
      from: this.#indexOf(envelope.src),
      to: this.#indexOf(envelope.dest),
      kind: kindOf(envelope.body),
      values: bringsValues(envelope.body) ? valuesIn(envelope.body) : [],
      sentAt: this.#since(sentAt),
      dueAt: this.#since(dueAt),
      endedAt: undefined,
      dropped: undefined,
    };
    this.trail.push(flight);
    if (this.trail.length > 2 * TRAIL_MAX) this.trail = this.trail.slice(-TRAIL_MAX);
    this.revision++;
    return flight;
  }

  #lostAtOnce(envelope: Envelope, sentAt: number): Flight {
    this.ledger.messages++;
    return this.#flight(envelope, sentAt, sentAt + this.#tripMs);
  }

  /** A message and its copy are the same envelope: the one that is due first has ended. */
  #take(envelope: Envelope): Flight | undefined {
    const flights = this.#byEnvelope.get(envelope)?.sort((a, b) => a.dueAt - b.dueAt) ?? [];
    const flight = flights.shift();
    if (flights.length === 0) this.#byEnvelope.delete(envelope);
    return flight;
  }

  #since(at: number): number {
    return at - (this.beganAt ?? 0);
  }

  #indexOf(node: string): number {
    return this.#indexes.get(node) ?? -1;
  }
}

function kindOf(body: Body): FlightKind {
  if (bringsValues(body)) return "value";
  return body.type === "probe" || body["poll"] === true ? "probe" : "answer";
}

function bringsValues(body: Body): boolean {
  const runs = body["runs"];
  return body.type === "broadcast" || (Array.isArray(runs) && runs.length > 0);
}
