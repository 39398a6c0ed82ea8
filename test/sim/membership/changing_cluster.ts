/** Real nodes on virtual time that come and go, over lines of one latency that are cut by hand. */
import { MemoryEntries } from "../../../lib/core/log/memory_entries.ts";
import type { WireMember } from "../../../lib/core/membership/record.ts";
import type { Mechanism } from "../../../lib/core/mechanisms.ts";
import type { Body, Envelope } from "../../../lib/core/message.ts";
import { type Effect, Node } from "../../../lib/core/node.ts";
import { seeded } from "../../../lib/core/random.ts";

const LATENCY_MS = 10;
const CLIENT = "client";

interface Running {
  readonly node: Node;
  readonly entries: MemoryEntries;
}

export class ChangingCluster {
  now = 1_000;
  sent = 0;
  /** Whether each message arrives twice. */
  isDoubling = false;
  readonly gone = new Map<string, string>();
  readonly #without: readonly Mechanism[];
  readonly #nodes = new Map<string, Running>();
  readonly #cut = new Set<string>();
  #flying: { readonly at: number; readonly envelope: Envelope }[] = [];
  #answers: Body[] = [];

  constructor(without: readonly Mechanism[] = []) {
    this.#without = without;
  }

  /** The list as a node has it. */
  members(id: string): Record<string, string> {
    return Object.fromEntries([...this.#of(id).node.status.members].map((each) => [each.id, each.status]));
  }

  epoch(of: string, at: string): number | undefined {
    return [...this.#of(at).node.status.members].find(({ id }) => id === of)?.epoch;
  }

  address(of: string, at: string): string | undefined {
    return [...this.#of(at).node.status.members].find(({ id }) => id === of)?.address;
  }

  get ids(): string[] {
    return [...this.#nodes.keys()];
  }

  /** A fixed list. */
  given(...ids: string[]): void {
    for (const id of ids) this.start(id, { node_ids: ids });
  }

  found(id: string): void {
    const own: WireMember = [id, this.now, this.now, 0, `${id}:1`, this.now];
    this.start(id, { node_ids: [id], members: [own], cluster_id: "c1" });
  }

  /** Asks a member, and starts with what it answers. Returns its answer. */
  join(id: string, seed: string): Body {
    const { now } = this;
    const answer = this.ask(seed, { type: "join", id, incarnation: now, address: `${id}:${now}` });
    const { cluster_id, members } = answer;
    if (answer.type === "join_ok") {
      this.start(id, { node_ids: [id], members, cluster_id, address: `${id}:${now}` });
    }
    return answer;
  }

  start(id: string, init: Omit<Body, "type">, entries = new MemoryEntries()): void {
    const random = seeded(id.length + this.now);
    const node = new Node({ random, incarnation: this.now, entries, without: this.#without });
    this.#nodes.set(id, { node, entries });
    this.gone.delete(id);
    this.#step(id, {
      src: CLIENT,
      dest: id,
      body: { type: "init", msg_id: 1, node_id: id, node_ids: [id], ...init },
    });
    this.#answers = [];
  }

  /** Starts again with what it kept. */
  restart(id: string, at = `${id}:${this.now}`): void {
    const { entries } = this.#of(id);
    this.start(id, { address: at }, entries);
  }

  kill(id: string): void {
    this.#nodes.delete(id);
  }

  entriesOf(id: string): MemoryEntries {
    return this.#of(id).entries;
  }

  /** Returns the answer that is given at once. */
  ask(id: string, body: Body): Body {
    this.#answers = [];
    this.#step(id, { src: CLIENT, dest: id, body: { ...body, msg_id: 1 } });
    return this.#answers[0] ?? { type: "none" };
  }

  /** Asks, and lets time pass. Returns the answer. */
  asked(id: string, body: Body, ms = 2_000): Body {
    this.#answers = [];
    this.#step(id, { src: CLIENT, dest: id, body: { ...body, msg_id: 1 } });
    this.run(ms);
    return this.#answers[0] ?? { type: "none" };
  }

  read(id: string): unknown {
    return JSON.parse(JSON.stringify(this.ask(id, { type: "read" })["messages"] ?? null));
  }

  cut(...sides: string[][]): void {
    for (const [i, side] of sides.entries()) {
      for (const other of sides.filter((_, j) => j !== i).flat()) {
        for (const id of side) this.#cut.add(`${id} ${other}`);
      }
    }
  }

  /** What the one sends does not arrive at the other. */
  mute(from: string, to: string): void {
    this.#cut.add(`${from} ${to}`);
  }

  heal(): void {
    this.#cut.clear();
  }

  run(ms: number): void {
    const end = this.now + ms;
    for (let at = this.#nextAt(); at <= end; at = this.#nextAt()) {
      this.now = Math.max(this.now, at);
      const due = this.#flying.filter((each) => each.at <= this.now);
      this.#flying = this.#flying.filter((each) => each.at > this.now);
      for (const { envelope } of due) {
        if (this.#nodes.has(envelope.dest)) this.#step(envelope.dest, JSON.parse(JSON.stringify(envelope)));
      }
      for (const [id, { node }] of this.#nodes) {
        if (node.deadline <= this.now) this.#carryOut(id, node.step({ kind: "wake" }, this.now));
      }
    }
    this.now = end;
  }

  #of(id: string): Running {
    const running = this.#nodes.get(id);
    if (running === undefined) throw new Error(`${id} does not run`);
    return running;
  }

  #nextAt(): number {
    const nodes = Array.from(this.#nodes.values(), ({ node }) => node.deadline);
    return Math.min(Infinity, ...this.#flying.map(({ at }) => at), ...nodes);
  }

  #step(id: string, envelope: Envelope): void {
    this.#carryOut(id, this.#of(id).node.step({ kind: "receive", envelope }, this.now));
  }

  #carryOut(id: string, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === "gone") this.gone.set(id, effect.reason);
      if (effect.kind !== "send") continue;
      const { envelope } = effect;
      if (envelope.dest === CLIENT) this.#answers.push(envelope.body);
      else {
        this.sent++;
        if (!this.#cut.has(`${id} ${envelope.dest}`)) {
          const flying = { at: this.now + LATENCY_MS, envelope };
          this.#flying.push(flying, ...this.isDoubling ? [flying] : []);
        }
      }
    }
  }
}
