/** The simulated world: nodes in this process, on virtual time; one seed, one result. */
import assert from "node:assert/strict";
import { incarnationAfter } from "../../core/incarnation.ts";
import type { Envelope, Json } from "../../core/message.ts";
import {
  type Effect,
  type Entry,
  type Event,
  type Mechanism,
  Node,
  type NodeOptions,
} from "../../core/node.ts";
import { fork, type Random } from "../../core/random.ts";
import { Examination } from "../examination.ts";
import type { Results } from "../verdict/results.ts";
import { VirtualScheduler } from "./scheduler.ts";
import type { Settings } from "../settings.ts";
import { type Stall, startUpMsOf, startUpStalls } from "./start_up.ts";
import type { Host, HostEvents, HostFactory, Scheduler } from "./world.ts";

export interface SimNodeOptions {
  readonly deliveryBudgetMs?: number;
  readonly without?: readonly Mechanism[];
  /** What a node persists survives its kills, as with `serve --data`; else it comes back empty, as under Maelstrom. */
  readonly durable?: boolean;
  /** So many nodes start for the first time, over so long, ms; by default they are there at once. */
  readonly startUp?: { readonly nodes: number; readonly ms: number };
}

export interface SimOptions extends SimNodeOptions {
  /** Each node's messages and bytes are to be counted, from the first operation on. */
  readonly loads?: boolean;
}

/** A node that wants to be woken more often at one moment spins. */
export const WAKES_PER_MOMENT_MAX = 10_000;

/** How much later than own entries those of others are safe, ms. */
const COMMIT_LATER_MS = 20;

/** Shares of rollbacks in which the disk is empty, and in which the clock is set back. */
const EMPTY_SHARE = 0.25;
const CLOCK_SHARE = 0.5;

interface Life {
  readonly incarnation: number;
  readonly begunAt: number;
}

interface Kept {
  readonly entry: Entry;
  readonly safeAt: number;
}

/** Makes a host; given to those who want other nodes than the core's, or these ones broken. */
export type SimHosts = (seed: number, scheduler: Scheduler, options: SimNodeOptions) => HostFactory;

/** Runs a whole examination at once. Hosts given here must tell of deliveries. */
export function simulate(
  settings: Settings,
  { loads = false, ...options }: SimOptions = {},
  hosts: SimHosts = simHosts,
): Results {
  const scheduler = new VirtualScheduler();
  // Where nothing lasts there is nothing to roll back to.
  const durable = options.durable === true || settings.nemesis.includes("rollback");
  const { nodeCount: nodes, startUpMs = startUpMsOf(nodes) } = settings;
  const factory = hosts(settings.seed, scheduler, { startUp: { nodes, ms: startUpMs }, ...options, durable });
  const examination = new Examination({
    settings,
    scheduler,
    hosts: factory,
    seesInside: true,
    durable,
    loads,
  });
  let results: Results | undefined;
  examination.start((found) => {
    results = found;
  });
  // Hosts stop with the examination and then plan nothing any more, so the plans run out.
  scheduler.run();
  assert(results !== undefined, "an examination ends");
  return results;
}

/** What is driven: a core node, or in a test something of its shape. */
export type Steps = Pick<Node, "step" | "deadline"> & { readonly status?: Pick<Node["status"], "digest"> };

export function simHosts(
  seed: number,
  scheduler: Scheduler,
  options: SimNodeOptions,
  make: (options: NodeOptions) => Steps = (options) => new Node(options),
): HostFactory {
  let count = 0;
  return (id, events) => new SimHost({ id, index: count++, events, seed, scheduler, options, make });
}

interface SimHostOptions {
  readonly id: string;
  /** Processes are started in this order. */
  readonly index: number;
  readonly events: HostEvents;
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly options: SimNodeOptions;
  readonly make: (options: NodeOptions) => Steps;
}

/** Drives one core node: steps it, carries out its effects, wakes it at its deadline. */
class SimHost implements Host {
  readonly #options: SimHostOptions;
  /** What was persisted. */
  #disk: Kept[] = [];
  /** The lives that the disk knows of, and every incarnation that there ever was. */
  #lives: Life[] = [];
  readonly #incarnations = new Set<number>();
  #clockBehindMs = 0;
  #node: Steps | undefined;
  #paused = false;
  /** Until when it gets no processor, and what has come meanwhile. */
  #stalledUntil = 0;
  #backlog: Envelope[] = [];
  #starts = 0;
  #wakeAt = Infinity;
  #cancelWake: () => void = () => {};
  #wakes = 0;
  #wokenAt = -1;

  constructor(options: SimHostOptions) {
    this.#options = options;
  }

  start(): void {
    const { id, seed, options, make } = this.#options;
    this.#starts++;
    const incarnation = this.#beginLife();
    this.#node = make({
      ...options,
      random: fork(seed, `node:${id}:${this.#starts}`),
      incarnation,
      ...options.durable &&
        { restored: { entries: this.#disk.map(({ entry }) => entry) } },
    });
    this.#paused = false;
    if (this.#starts === 1) this.#startUp();
    this.#plan(this.#node);
  }

  receive(envelope: Envelope): void {
    if (this.#isStalled) this.#backlog.push(envelope);
    else this.#step({ kind: "receive", envelope });
  }

  arriving(peer: string): void {
    this.#step({ kind: "arriving", peer });
  }

  kill(): readonly Json[] {
    const lost = this.#keepOnly(this.#options.scheduler.now());
    this.#node = undefined;
    this.#backlog = [];
    this.#cancel();
    return this.#options.options.durable ? lost : [];
  }

  /** To a copy that was made at some moment, or to an empty disk. */
  rollBack(random: Random): { detail: string; lost: readonly Json[] } {
    const now = this.#options.scheduler.now();
    const at = random.next() < EMPTY_SHARE ? -1 : random.next() * now;
    this.#clockBehindMs = random.next() < CLOCK_SHARE ? Math.floor(random.next() * now) : 0;
    this.#lives = this.#lives.filter(({ begunAt }) => begunAt <= at);
    const lost = this.#keepOnly(at);
    const clock = this.#clockBehindMs === 0 ? "" : ` with its clock ${seconds(this.#clockBehindMs)} behind`;
    return { detail: `${at < 0 ? "an empty disk" : `${seconds(now - at)} before`}${clock}`, lost };
  }

  holds(): readonly Json[] {
    return this.#disk.map(({ entry }) => entry.value);
  }

  digest(): string | undefined {
    return this.#node?.status?.digest;
  }

  pause(): void {
    this.#paused = true;
    this.#cancel();
  }

  resume(): void {
    this.#paused = false;
    if (this.#node !== undefined) this.#plan(this.#node);
  }

  stop(): void {
    this.kill();
  }

  get #isStalled(): boolean {
    return this.#options.scheduler.now() < this.#stalledUntil;
  }

  #startUp(): void {
    const { id, index, seed, scheduler, options: { startUp } } = this.#options;
    if (startUp === undefined) return;
    const random = fork(seed, `start-up:${id}`);
    const readyMs = startUp.ms * (index + random.next()) / startUp.nodes;
    this.#stall(startUpStalls(readyMs, startUp.ms, random), scheduler.now());
  }

  /** One stall after the other; they count from `startedAt`. */
  #stall([first, ...rest]: readonly Stall[], startedAt: number): void {
    if (first === undefined) return;
    const { scheduler } = this.#options;
    this.#stalledUntil = startedAt + first.to;
    scheduler.at(this.#stalledUntil, () => this.#catchUp());
    const [next] = rest;
    if (next !== undefined) scheduler.at(startedAt + next.from, () => this.#stall(rest, startedAt));
  }

  #catchUp(): void {
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const envelope of backlog) this.receive(envelope);
  }

  /** As a store does: by the clock, or where that is behind, above the life before. */
  #beginLife(): number {
    const { seed, id, scheduler } = this.#options;
    const clock = Math.floor(scheduler.now()) + this.#starts - this.#clockBehindMs;
    const before = this.#lives.at(-1)?.incarnation ?? 0;
    const chance = fork(seed, `life:${id}:${this.#starts}`);
    let incarnation = clock > before ? clock : incarnationAfter(before, chance) ?? before;
    // These clocks begin at 0, and so meet a moment again that others would not.
    while (this.#incarnations.has(incarnation)) incarnation++;
    this.#incarnations.add(incarnation);
    this.#lives.push({ incarnation, begunAt: scheduler.now() });
    return incarnation;
  }

  /** What was safe by then; returns the values of the rest. */
  #keepOnly(upTo: number): readonly Json[] {
    const { true: kept = [], false: gone = [] } = Object.groupBy(
      this.#disk,
      ({ safeAt }) => `${safeAt <= upTo}` as const,
    );
    this.#disk = kept;
    return gone.map(({ entry }) => entry.value);
  }

  #step(event: Event): void {
    const node = this.#node;
    // The network holds messages back from a paused node, so only one that is down gets here.
    if (node === undefined) return;
    this.#take(node, event);
    const isDue = node.deadline <= this.#options.scheduler.now();
    if (isDue && event.kind !== "wake" && node === this.#node) this.#take(node, { kind: "wake" });
    if (!this.#paused && node === this.#node) this.#plan(node);
  }

  #take(node: Steps, event: Event): void {
    for (const effect of node.step(event, this.#options.scheduler.now())) this.#carryOut(effect);
  }

  #carryOut(effect: Effect): void {
    if (effect.kind === "send") this.#options.events.sent(effect.envelope);
    else if (effect.kind === "persist") this.#keep(effect.entries, effect.own);
    else if (effect.kind === "deliver") {
      this.#options.events.delivered(effect.entries.map(({ value }) => value));
    }
  }

  /** As a driver commits: own entries, and all before them, at once, others a little later. */
  #keep(entries: readonly Entry[], own: boolean): void {
    const now = this.#options.scheduler.now();
    this.#disk.push(...entries.map((entry) => ({ entry, safeAt: now + COMMIT_LATER_MS })));
    if (!own) return;
    for (let i = this.#disk.length - 1; (this.#disk[i]?.safeAt ?? 0) > now; i--) {
      this.#disk[i] = { ...this.#disk[i] as Kept, safeAt: now };
    }
  }

  #plan(node: Steps): void {
    const wakeAt = Math.max(node.deadline, this.#options.scheduler.now(), this.#stalledUntil);
    if (wakeAt === this.#wakeAt) return;
    this.#cancel();
    this.#wakeAt = wakeAt;
    this.#cancelWake = this.#options.scheduler.at(wakeAt, () => this.#wake());
  }

  #wake(): void {
    this.#wakeAt = Infinity;
    if (this.#isStalled && this.#node !== undefined) return this.#plan(this.#node);
    const now = this.#options.scheduler.now();
    this.#wakes = now === this.#wokenAt ? this.#wakes + 1 : 1;
    this.#wokenAt = now;
    assert(
      this.#wakes <= WAKES_PER_MOMENT_MAX,
      `${this.#options.id} wants to be woken again and again at ${now} ms`,
    );
    this.#step({ kind: "wake" });
  }

  #cancel(): void {
    this.#cancelWake();
    this.#wakeAt = Infinity;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
