/** The load of a workload, as Maelstrom makes it: one client thread per node, operations at a rate, a last one by each. */
import { assert } from "../../core/assert.ts";
import type { Body, Json } from "../../core/message.ts";
import { below, type Random } from "../../core/random.ts";
import type { Client, Clients } from "./client.ts";
import type { Cluster } from "../cluster.ts";
import type { F, History, Op, OpType } from "../verdict/history.ts";
import type { Oddities } from "../verdict/oddities.ts";
import type { Choice, Draw, Operation, WorkloadDefinition } from "../workloads/workload.ts";
import { quoted } from "../verdict/quote.ts";
import type { Scheduler } from "../world/world.ts";

/** How long a client waits for a reply, ms. Maelstrom's. */
export const REQUEST_TIMEOUT_MS = 5_000;

/** A node that answers nothing for so long at the end of the main phase has stopped answering, ms. */
const SILENCE_MS = 5_000;

/** An operation that is late by more, ms, is so by a busy machine and not by coarse timers: that is not made up for. A guess. */
const MADE_UP_MS_MAX = 20;

/** Threads that have one operation each count from here: those that have many come nowhere near it. */
const EXTRA_FROM = 1_000_000_000;

export interface WorkloadOptions {
  readonly definition: WorkloadDefinition;
  readonly nodes: readonly string[];
  /** Where members come and go: which of them the client of this node talks to now, if it last did to that one. */
  readonly placeFor?: (home: string, last: string) => string;
  /** The values are this whole number and those that follow it. */
  readonly firstValue: number;
  /** Operations per second over all threads. */
  readonly rate: number;
  /** Of these, the share that reads, where there are others. */
  readonly readShare: number;
  readonly timeLimitMs: number;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly clients: Clients;
  readonly cluster: Cluster;
  readonly history: History;
  /** ms since the main phase began. */
  readonly elapsed: () => number;
  readonly oddities: Oddities;
  readonly onMalformedReply: (node: string, reason: string) => void;
  /** A last read was answered with an error. */
  readonly onFinalRefusal: (node: string, text: string) => void;
}

interface Thread {
  readonly index: number;
  /** Its own node, and the one that it talks to: another where its own is no member. */
  readonly home: string;
  node: string;
  /** A new one after each operation that was left open, as Jepsen does; with it comes a new client. */
  process: number;
  client: Client;
  busy: boolean;
  /** Outcomes of the undisturbed requests that ended late in the main phase. */
  answered: number;
  timedOut: number;
  finalTimedOut: boolean;
  /** What it is still to ask last. */
  last: readonly Choice[];
}

function threadOf(index: number, node: string, client: Client): Thread {
  return {
    ...{ index, home: node, node, process: index, client },
    ...{ busy: false, answered: 0, timedOut: 0, finalTimedOut: false, last: [] },
  };
}

interface Outcome {
  readonly type: Exclude<OpType, "invoke">;
  readonly value: Json;
}

export class Workload {
  readonly #options: WorkloadOptions;
  readonly #threads: readonly Thread[];
  /** Of operations out of turn, while they are open: one each. */
  readonly #extra = new Set<Thread>();
  #opened = 0;
  #nextValue: number;
  #rate: number;
  #cancelTick = () => {};
  /** Counted from moment to moment at which one was due: timers that ring late would slow the rate. */
  #dueAt = 0;
  /** An operation is due but no thread was free. */
  #overdue = false;
  #whenIdle: (() => void) | undefined;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#nextValue = options.firstValue;
    this.#rate = options.rate;
    this.#threads = options.nodes.map((node, index) => threadOf(index, node, options.clients.open()));
  }

  /** Operations from now until the time limit. */
  start(): void {
    this.#dueAt = this.#options.scheduler.now();
    if (this.#rate > 0) this.#tick();
  }

  /** Operations per second from now on. */
  setRate(rate: number): void {
    this.#rate = rate;
    this.#cancelTick();
    this.#overdue = false;
    this.start();
  }

  /** One operation out of turn, now, by a thread of its own: a read, which has no value, or what the workload adds or asks. */
  perform(node: string, f: "broadcast" | "read", value: Json = null): void {
    const thread = threadOf(EXTRA_FROM + this.#opened++, node, this.#options.clients.open());
    this.#extra.add(thread);
    const { main, operations } = this.#options.definition;
    const shows = (["read", "get"] as const).find((f) => operations[f] !== undefined) ?? main;
    this.#issue(thread, { f: f === "read" ? shows : main, value }, false);
  }

  /** Calls back once no request is open; at once if so. */
  whenIdle(run: () => void): void {
    if (this.#all.every(({ busy }) => !busy)) return run();
    this.#whenIdle = run;
  }

  /** The last reads by each thread of these nodes, one after the other, or what the workload has in their place; then `done`. */
  finalReads(done: () => void, nodes: readonly string[] = this.#options.nodes): void {
    for (const thread of this.#threads.filter(({ home }) => nodes.includes(home))) {
      thread.node = thread.home;
      thread.last = this.#options.definition.last(this.#draw);
      this.#issueLast(thread);
    }
    this.whenIdle(done);
  }

  /** The node is out of reach: what is open there gets no answer, and nobody knows what came of it. */
  giveUp(node: string): void {
    for (const thread of this.#all) {
      if (thread.node === node && thread.busy) thread.client.giveUp();
    }
  }

  /** Nodes that stopped answering, though nobody disturbed them. */
  get unanswered(): readonly string[] {
    const mute = this.#threads.filter((thread) =>
      thread.finalTimedOut || (thread.timedOut > 0 && thread.answered === 0)
    );
    return mute.map(({ node }) => node);
  }

  get #all(): readonly Thread[] {
    return [...this.#threads, ...this.#extra];
  }

  #tick(): void {
    const { definition, random, scheduler, elapsed, timeLimitMs } = this.#options;
    if (elapsed() >= timeLimitMs) return;
    const free = this.#threads.filter(({ busy }) => !busy);
    const thread = free[below(random, free.length)];
    this.#overdue = thread === undefined;
    if (thread === undefined) return;
    const gapMs = random.next() * 2 * 1000 / this.#rate;
    this.#dueAt = Math.max(this.#dueAt, scheduler.now() - MADE_UP_MS_MAX) + gapMs;
    this.#cancelTick = scheduler.at(this.#dueAt, () => this.#tick());
    thread.node = this.#options.placeFor?.(thread.home, thread.node) ?? thread.node;
    this.#issue(thread, definition.next(this.#draw), false);
  }

  get #draw(): Draw {
    const { random, readShare } = this.#options;
    return { random, readShare, fresh: () => this.#nextValue++ };
  }

  #operation(f: F): Operation {
    const operation = this.#options.definition.operations[f];
    assert(operation !== undefined, "a workload only asks what it has");
    return operation;
  }

  #issue(thread: Thread, { f, value }: Choice, final: boolean): void {
    const { history, cluster, elapsed } = this.#options;
    const { index, process, node } = thread;
    const time = elapsed();
    const op = history.invoke({ time, process, thread: index, node, f, value, final });
    // To a node that is known to be down nothing is sent, so the operation surely did not happen.
    if (!cluster.isUp(node)) {
      this.#extra.delete(thread);
      return history.complete(op, "fail", time, value, true);
    }
    thread.busy = true;
    const body = this.#operation(f).request(value);
    const sentAt = this.#options.scheduler.now();
    thread.client.call(node, body, REQUEST_TIMEOUT_MS, (reply) => this.#onReply(thread, op, sentAt, reply));
  }

  /** At a node that is down, all of them fail at once. */
  #issueLast(thread: Thread): void {
    while (!thread.busy) {
      const [next, ...rest] = thread.last;
      if (next === undefined) return;
      thread.last = rest;
      this.#issue(thread, next, true);
    }
  }

  #onReply(thread: Thread, op: Op, sentAt: number, reply: Body | undefined): void {
    const { history, elapsed, cluster } = this.#options;
    const { type, value } = this.#outcome(op, reply);
    const disturbed = cluster.wasDisturbed(thread.node, sentAt);
    thread.busy = false;
    this.#extra.delete(thread);
    this.#noteAnswer(thread, op, disturbed, reply !== undefined);
    if (type === "info") this.#renew(thread);
    history.complete(op, type, elapsed(), value, disturbed);
    // A node that is mute is not asked the rest.
    if (op.final && reply !== undefined) this.#issueLast(thread);
    if (this.#overdue) this.#tick();
    this.#tellIdle();
  }

  #outcome(op: Op, reply: Body | undefined): Outcome {
    if (reply === undefined) return { type: "info", value: op.value };
    const operation = this.#operation(op.f);
    if (reply.type === "error") {
      const { absent } = operation;
      if (absent !== undefined && reply["code"] === absent.code) return { type: "ok", value: absent.value };
      if (op.final) this.#options.onFinalRefusal(op.node, errorText(reply));
      return { type: isDefinite(reply["code"]) ? "fail" : "info", value: op.value };
    }
    if (reply.type === `${op.f}_ok`) {
      const { field, read } = operation;
      if (!isLetIn(reply, operation)) this.#options.oddities.add(op.node, "odd-reply");
      const answer = read === undefined ? { value: op.value } : read(field && reply[field], reply);
      if (answer?.oddity !== undefined) this.#options.oddities.add(op.node, answer.oddity);
      if (answer !== undefined) return { type: "ok", value: answer.value };
    }
    this.#options.onMalformedReply(op.node, `a ${op.f} was answered with ${quoted(JSON.stringify(reply))}`);
    return { type: "info", value: op.value };
  }

  #noteAnswer(thread: Thread, op: Op, disturbed: boolean, answered: boolean): void {
    const { elapsed, timeLimitMs } = this.#options;
    if (!answered && disturbed) return;
    if (op.final) thread.finalTimedOut = !answered;
    else if (elapsed() < timeLimitMs - SILENCE_MS) return;
    else if (answered) thread.answered++;
    else thread.timedOut++;
  }

  #renew(thread: Thread): void {
    thread.process += this.#threads.length;
    thread.client = this.#options.clients.open();
  }

  #tellIdle(): void {
    const run = this.#whenIdle;
    if (run === undefined || this.#all.some(({ busy }) => busy)) return;
    this.#whenIdle = undefined;
    run();
  }
}

/** Maelstrom checks what is no error against a schema (client.clj), which lets no other field in. */
function isLetIn({ msg_id, ...reply }: Body, { field, more = [] }: Operation): boolean {
  const fields = ["type", "in_reply_to", ...field === undefined ? [] : [field], ...more];
  if (msg_id !== undefined && !Number.isInteger(msg_id)) return false;
  return Object.keys(reply).every((field) => fields.includes(field));
}

/** Maelstrom's errors after which an operation surely did not happen; timeout (0) and crash (13) leave it open. */
function isDefinite(code: unknown): boolean {
  return typeof code === "number" && [1, 10, 11, 12, 14, 20, 21, 22, 30].includes(code);
}

/** 'error 11 "not ready"' */
export function errorText({ code, text }: Body): string {
  return quoted(`error ${JSON.stringify(code)}${text === undefined ? "" : ` ${JSON.stringify(text)}`}`);
}
