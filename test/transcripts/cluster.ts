/** Real nodes on virtual time, over lines of one latency that are cut by hand; whatever happens is told to a listener. */
import type { Effect, Event, Mechanism, NodeStatus } from "../../lib/core/node.ts";
import { MemoryEntries } from "../../lib/core/log/memory_entries.ts";
import type { Body, Envelope } from "../../lib/core/message.ts";
import { Node } from "../../lib/core/node.ts";
import type { Rule } from "../../lib/core/retention/rules.ts";
import { seeded } from "../../lib/core/random.ts";

/** What a transcript tells of: messages, other effects of a node, and what a node now believes. */
export type Happening =
  /** It leaves, leaves and will not arrive, or does not arrive although it was on its way. */
  | { readonly kind: "message"; readonly envelope: Envelope; readonly fate: "sent" | "lost" | "lost later" }
  | {
    readonly kind: "effect";
    readonly id: string;
    readonly effect: Exclude<Effect, { kind: "send" | "acknowledge" }>;
  }
  | { readonly kind: "suspects" | "sees"; readonly id: string; readonly peer: string }
  | { readonly kind: "place"; readonly id: string; readonly status: NodeStatus };

interface Member {
  readonly node: Node;
  status: NodeStatus;
}

interface Flying {
  readonly at: number;
  readonly envelope: Envelope;
}

export const CLIENT = "client";
/** A step that leaves its deadline where it was would otherwise never end. */
const INSTANTS_MAX = 1_000_000;

export class Cluster {
  readonly #ids: readonly string[];
  /** Of these nodes every change of belief is told. */
  readonly #shown: ReadonlySet<string>;
  #now = 0;
  readonly #latencyMs: number;
  readonly #tell: (happening: Happening, at: number) => void;
  readonly #without: readonly Mechanism[];
  /** What each node keeps. */
  readonly #retain: Readonly<Record<string, readonly Rule[]>>;
  /** Those that run. */
  readonly #members = new Map<string, Member>();
  readonly #persisted = new Map<string, MemoryEntries>();
  readonly #lives = new Map<string, number>();
  /** Directed links over which nothing arrives. */
  readonly #cut = new Set<string>();
  /** Directed links over which the next message is lost. */
  readonly #dropping = new Set<string>();
  #flying: Flying[] = [];

  constructor(
    ids: readonly string[],
    latencyMs: number,
    shown: ReadonlySet<string>,
    tell: (happening: Happening, at: number) => void,
    without: readonly Mechanism[] = [],
    retain: Readonly<Record<string, readonly Rule[]>> = {},
  ) {
    this.#retain = retain;
    this.#ids = ids;
    this.#without = without;
    this.#shown = shown;
    this.#latencyMs = latencyMs;
    this.#tell = tell;
    for (const id of ids) this.start(id, true);
  }

  /** Starts a node, with what it persisted in earlier lives or, `empty`, with nothing; by default in its next life. */
  start(id: string, empty: boolean, life: number = (this.#lives.get(id) ?? 0) + 1): void {
    if (this.#members.has(id)) throw new Error(`${id} runs already`);
    this.#lives.set(id, life);
    const entries = (empty ? undefined : this.#persisted.get(id)) ?? new MemoryEntries();
    this.#persisted.set(id, entries);
    const random = seeded(1_000 * life + this.#ids.indexOf(id));
    const [without, retain] = [this.#without, this.#retain[id] ?? []];
    const node = new Node({ random, incarnation: life, without, retain, entries, durable: !empty });
    this.#members.set(id, { node, status: node.status });
    const effects = this.#ask(node, id, { type: "init", node_id: id, node_ids: [...this.#ids] });
    // Where a node begins is no news, and neither is that it answers.
    this.#of(id).status = node.status;
    this.#carryOut(id, effects.filter((each) => each.kind !== "send" || each.envelope.dest !== CLIENT));
  }

  kill(id: string): void {
    this.#of(id);
    this.#members.delete(id);
  }

  ask(id: string, body: Body): void {
    this.#carryOut(id, this.#ask(this.#of(id).node, id, body));
  }

  /** The carrier of a node has a new link to the peer. */
  linked(id: string, peer: string): void {
    this.#step(id, { kind: "linked", peer });
  }

  /** From now on nothing arrives that goes from the one to the other. */
  cut(from: string, to: string): void {
    this.#cut.add(this.#link(from, to));
  }

  heal(): void {
    this.#cut.clear();
  }

  /** The next message from the one to the other is lost. */
  drop(from: string, to: string): void {
    this.#dropping.add(this.#link(from, to));
  }

  /** Of the texts that it keeps. */
  bytes(id: string): number {
    return this.#persisted.get(id)?.bytes ?? 0;
  }

  status(id: string): NodeStatus {
    return this.#of(id).node.status;
  }

  /** Lets so much time pass; after none at all, whatever is due has been done. */
  run(ms: number): void {
    const end = this.#now + ms;
    let instants = 0;
    for (let at = this.#nextAt(); at <= end; at = this.#nextAt()) {
      if (++instants > INSTANTS_MAX) throw new Error(`no end of what is due at ${this.#now}`);
      this.#now = Math.max(this.#now, at);
      const due = this.#flying.filter((each) => each.at <= this.#now);
      this.#flying = this.#flying.filter((each) => each.at > this.#now);
      for (const { envelope } of due) this.#arrive(envelope);
      for (const [id, { node }] of this.#members) {
        if (node.deadline <= this.#now) this.#step(id, { kind: "wake" });
      }
    }
    this.#now = end;
  }

  #nextAt(): number {
    let at = Infinity;
    for (const each of this.#flying) at = Math.min(at, each.at);
    for (const { node } of this.#members.values()) at = Math.min(at, node.deadline);
    return at;
  }

  #link(from: string, to: string): string {
    for (const id of [from, to]) if (!this.#ids.includes(id)) throw new Error(`there is no ${id}`);
    return `${from} ${to}`;
  }

  #of(id: string): Member {
    const member = this.#members.get(id);
    if (member === undefined) throw new Error(`${id} does not run`);
    return member;
  }

  #ask(node: Node, id: string, body: Body): Effect[] {
    const envelope: Envelope = { src: CLIENT, dest: id, body: { ...body, msg_id: 1 } };
    return node.step({ kind: "receive", envelope }, this.#now);
  }

  #arrive(envelope: Envelope): void {
    const { src, dest } = envelope;
    if (this.#passes(src, dest)) this.#step(dest, { kind: "receive", envelope });
    else this.#tell({ kind: "message", envelope, fate: "lost later" }, this.#now);
  }

  /** What one instant brings is answered together: a node wakes when all of it has been taken in. */
  #step(id: string, event: Event): void {
    this.#carryOut(id, this.#of(id).node.step(event, this.#now));
  }

  #carryOut(id: string, effects: readonly Effect[]): void {
    // What a node sends follows from what it believes.
    const sentAt = effects.findIndex(({ kind }) => kind === "send");
    for (const [i, effect] of effects.entries()) {
      if (i === sentAt) this.#look(id);
      if (effect.kind === "send") this.#leave(effect.envelope);
      else if (effect.kind !== "acknowledge") this.#tell({ kind: "effect", id, effect }, this.#now);
    }
    this.#look(id);
  }

  #leave(envelope: Envelope): void {
    const { src, dest } = envelope;
    const isDropped = this.#dropping.delete(`${src} ${dest}`);
    const fate = dest === CLIENT || (!isDropped && this.#passes(src, dest)) ? "sent" : "lost";
    if (fate === "sent" && dest !== CLIENT) this.#flying.push({ at: this.#now + this.#latencyMs, envelope });
    this.#tell({ kind: "message", envelope, fate }, this.#now);
  }

  #passes(src: string, dest: string): boolean {
    return this.#members.has(dest) && !this.#cut.has(`${src} ${dest}`);
  }

  /** Tells what the node believes now and did not before. */
  #look(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined || !this.#shown.has(id)) return;
    const before = member.status;
    const status = member.status = member.node.status;
    const [suspected, was] = [suspectedOf(status), suspectedOf(before)];
    for (const peer of suspected) {
      if (!was.includes(peer)) this.#tell({ kind: "suspects", id, peer }, this.#now);
    }
    for (const peer of was) if (!suspected.includes(peer)) this.#tell({ kind: "sees", id, peer }, this.#now);
    if (placeOf(status) !== placeOf(before)) this.#tell({ kind: "place", id, status }, this.#now);
  }
}

function suspectedOf({ peers }: NodeStatus): string[] {
  return peers.filter(({ suspectedAt }) => suspectedAt !== undefined).map(({ id }) => id);
}

function placeOf({ relay, peers }: NodeStatus): string {
  return [relay, ...peers.filter(({ neighbour }) => neighbour).map(({ id }) => id)].join(" ");
}
