/** One simulated process: runs a node on a clock, timers, a network and a disk that are simulated. */
import type { Transport, TransportHandlers } from "../../../transports/transport.ts";
import { type Run, Runs, valuesOf } from "../../core/log/runs.ts";
import type { Envelope, Json } from "../../core/message.ts";
import { knownCluster } from "../../core/membership/membership.ts";
import type { MemberRecord, WireMember } from "../../core/membership/record.ts";
import { RawJson } from "../../core/raw.ts";
import type { Mechanism, Node, NodeOptions, NodeStatus } from "../../core/node.ts";
import type { Rule } from "../../core/retention/rules.ts";
import { fork, type Random } from "../../core/random.ts";
import { drive, type Driver } from "../../runtime/drive.ts";
import { driveDurably } from "../../runtime/drive_durably.ts";
import type { WorkloadName } from "../../runtime/workloads/names.ts";
import { WorkloadNode } from "../../runtime/workloads/workload_node.ts";
import type { TraceEvent } from "../../core/trace.ts";
import { keyOf } from "../verdict/values.ts";
import { Processor } from "./processor.ts";
import { type DiskFault, SimStore } from "./sim_store.ts";
import { type Stall, startUpStalls } from "./start_up.ts";
import type { Host, HostEvents, Identity, Scheduler } from "./world.ts";

export interface SimNodeOptions {
  readonly deliveryBudgetMs?: number;
  readonly without?: readonly Mechanism[];
  /** What the nodes keep of which topics; by default everything. */
  readonly retain?: readonly Rule[];
  /** The node is to serve another than broadcast. */
  readonly workload?: WorkloadName;
  /** Entries that a node persists survive its kills, as with `serve --data`; else it comes back empty, as under Maelstrom. */
  readonly durable?: boolean;
  /** Members come and go. */
  readonly open?: boolean;
  /** How many nodes start for the first time, and over how long, ms; by default they are there at once. */
  readonly startUp?: { readonly nodes: number; readonly ms: number };
  /** Takes what the nodes say of their decisions; without it they say nothing. */
  readonly onTrace?: (node: string, event: TraceEvent, at: number) => void;
}

/** The node that is driven: the core's, or in a test something of its shape. */
export type Steps = Pick<Node, "step" | "deadline"> & {
  readonly status?:
    & Pick<NodeStatus, "digest">
    & Partial<Pick<NodeStatus, "relay" | "peers" | "members" | "clusterId">>;
};

export interface SimHostOptions {
  readonly id: string;
  /** Processes are started in this order. */
  readonly index: number;
  readonly events: HostEvents;
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly options: SimNodeOptions;
  readonly make: (options: NodeOptions) => Steps;
}

/** Runs one core node as a process does: one driver, on a clock, timers, a network and a disk that are simulated. */
export class SimHost implements Host {
  readonly #options: SimHostOptions;
  readonly #processor: Processor;
  readonly #store: SimStore;
  #node: Steps | undefined;
  #driver: Driver | undefined;
  #handlers: TransportHandlers | undefined;
  #random: Random;
  /** The first one of this life. */
  #init: Envelope | undefined;
  /** The entries that a live node holds, committed or not; only of durable ones, and where members come and go. */
  #held: Json[] = [];
  #starts = 0;
  #moves = 0;

  constructor(options: SimHostOptions) {
    const { id, seed, scheduler } = options;
    this.#options = options;
    this.#random = fork(seed, `node:${id}:0`);
    this.#processor = new Processor(id, scheduler);
    this.#store = new SimStore({ id, seed, now: () => scheduler.now() });
  }

  start(): void {
    const { id, seed, scheduler, options } = this.#options;
    const { onTrace } = options;
    this.#starts++;
    if (this.#starts === 1) this.#startUp();
    this.#store.open();
    this.#random = fork(seed, `node:${id}:${this.#starts}`);
    const world = {
      node: this.#makeNode(this.#store.incarnation),
      transport: this.#transport(),
      clock: () => scheduler.now(),
      timer: (ms: number, run: () => void) => this.#processor.timer(ms, run),
      endOfTurn: (run: () => void) => this.#processor.endOfTurn(run),
      onDeliver: (runs: readonly Run[]) => this.#onDeliver(runs),
      // Once it has said what is left to say.
      onGone: (reason: string) => this.#processor.endOfTurn(() => this.#options.events.ended?.(reason)),
      ...onTrace && { onTrace: (event: TraceEvent) => onTrace(id, event, scheduler.now()) },
    };
    const makeNode = (incarnation: number) => this.#startOver(incarnation);
    // As a node that serves, or as one under Maelstrom.
    this.#driver = options.durable ? driveDurably({ ...world, store: this.#store, makeNode }) : drive(world);
  }

  receive(envelope: Envelope): void {
    if (envelope.body.type === "init") this.#init ??= envelope;
    this.#processor.run(() => this.#handlers?.onEnvelope(envelope));
  }

  arriving(peer: string): void {
    this.#processor.run(() => this.#driver?.step({ kind: "arriving", peer }));
  }

  kill(): readonly Json[] {
    const lost = this.#unsafe();
    this.#processor.end();
    this.#store.close();
    this.#node =
      this.#driver =
      this.#handlers =
      this.#init =
        undefined;
    this.#held = [];
    return lost;
  }

  rollBack(random: Random): { readonly detail: string; readonly lost: readonly Json[] } {
    return this.#store.rollBack(random);
  }

  /** It is text alone: messages find a node by its id. */
  get address(): string {
    return `${this.#options.id}:${7_000 + this.#moves}`;
  }

  identity(): Identity {
    const { id } = this.#options;
    const { clusterId = "", members, peers = [] } = this.#node?.status ?? {};
    const own = members && recordIn(members, id);
    return {
      // What it says itself: it is above that of the process before, even where a clock went back.
      incarnation: own?.incarnation ?? this.#store.incarnation,
      address: this.address,
      known: own ? { clusterId, epoch: own.epoch } : this.#onDisk(),
      peers: peers.map(({ id: peer }) => peer),
      isLonely: peers.some(({ suspectedAt }) => suspectedAt !== undefined),
    };
  }

  counts(id: string): boolean {
    const members = this.#node?.status?.members;
    return members === undefined || recordIn(members, id)?.status === "joined";
  }

  learn(members: readonly WireMember[]): void {
    this.#processor.run(() => this.#driver?.step({ kind: "members", members }));
  }

  move(): void {
    this.#moves++;
  }

  erase(): readonly Json[] {
    return this.#store.erase();
  }

  holds(): readonly Json[] {
    return this.#node === undefined ? this.#safe() : this.#held;
  }

  digest(): string | undefined {
    return this.#node?.status?.digest;
  }

  relay(): string | undefined {
    return this.#node?.status?.relay;
  }

  pause(): void {
    this.#processor.pause();
  }

  resume(): void {
    this.#processor.resume();
  }

  stall(ms: number): void {
    this.#processor.stall(this.#options.scheduler.now() + ms);
  }

  failDisk(fault: DiskFault | undefined): void {
    this.#store.fault = fault;
  }

  stop(): void {
    this.kill();
  }

  #onDisk(): Identity["known"] {
    const { id, options } = this.#options;
    const known = options.durable ? knownCluster(this.#store.notes()) : undefined;
    const own = known?.members.find(([of]) => of === id);
    return known && own && { clusterId: known.clusterId, epoch: own[1] };
  }

  #makeNode(incarnation: number): Steps {
    const { options, make } = this.#options;
    this.#held = options.durable ? this.#safe() : [];
    const { durable } = options;
    const kept = durable ? { entries: this.#store, durable } : {};
    const trace = options.onTrace !== undefined;
    const life = { random: this.#random, incarnation };
    const node = this.#node = make({ ...options, ...life, trace, ...kept });
    const { workload } = options;
    return workload === undefined ? node : new WorkloadNode({ node, workload, ...life });
  }

  /** The same process goes on with another node: its members are known already. */
  #startOver(incarnation: number): Steps {
    const { events, scheduler } = this.#options;
    const lost = this.#unsafe();
    const node = this.#makeNode(incarnation);
    // Only now nobody holds what nobody else holds.
    events.lost(lost);
    if (this.#init !== undefined) {
      node.step({ kind: "receive", envelope: this.#again(this.#init) }, scheduler.now());
    }
    return node;
  }

  /** A node that has a list of members on its disk begins again with that. */
  #again(init: Envelope): Envelope {
    const { members: _, cluster_id: __, ...body } = init.body;
    return this.#onDisk() === undefined ? init : { ...init, body };
  }

  #transport(): Transport {
    return {
      open: (handlers) => {
        this.#handlers = handlers;
      },
      send: (envelope) => this.#options.events.sent(plain(envelope)),
      drain: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }

  #onDeliver(runs: readonly Run[]): void {
    const values = runs.flatMap(valuesOf);
    const { durable, open } = this.#options.options;
    if (durable || open) this.#held.push(...values);
    this.#options.events.delivered(values);
  }

  /** The entries that it holds and would not come back with. */
  #unsafe(): readonly Json[] {
    const safe = new Set(this.#safe().map(keyOf));
    return this.#held.filter((value) => !safe.has(keyOf(value)));
  }

  /** The entries that it would come back with. */
  #safe(): Json[] {
    return this.#store.safe();
  }

  #startUp(): void {
    const { id, index, seed, scheduler, options: { startUp } } = this.#options;
    if (startUp === undefined) return;
    const random = fork(seed, `start-up:${id}`);
    // A node that comes later has the machine to itself.
    const place = index < startUp.nodes ? index : 0;
    const readyMs = startUp.ms * (place + random.next()) / startUp.nodes;
    this.#stallInTurn(startUpStalls(readyMs, startUp.ms, random), scheduler.now());
  }

  /** One stall after the other; they count from `startedAt`. */
  #stallInTurn([first, ...rest]: readonly Stall[], startedAt: number): void {
    if (first === undefined) return;
    this.#processor.stall(startedAt + first.to);
    const [next] = rest;
    if (next === undefined) return;
    this.#options.scheduler.at(startedAt + next.from, () => this.#stallInTurn(rest, startedAt));
  }
}

function recordIn(members: NodeStatus["members"], id: string): MemberRecord | undefined {
  for (const record of members) if (record.id === id) return record;
  return undefined;
}

/** An answer to a client as a parser gives it; other nodes take runs as they are. */
function plain(envelope: Envelope): Envelope {
  const { body } = envelope;
  let parsed = body;
  for (const name in body) {
    const field = body[name];
    if (field instanceof RawJson && !(field instanceof Runs)) parsed = { ...parsed, [name]: field.toJSON() };
  }
  return parsed === body ? envelope : { ...envelope, body: parsed };
}
