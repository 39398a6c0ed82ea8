/** Nodes, logs and deltas for the benches: states that can be measured again and again without changing. */
import { Log } from "../../../lib/core/log/log.ts";
import type { Body, Envelope, Json } from "../../../lib/core/message.ts";
import { type Event, Node, type PeerStatus } from "../../../lib/core/node.ts";
import { Progress } from "../../../lib/core/replication/progress.ts";
import { seeded } from "../../../lib/core/random.ts";
import { add, type Entry, keeping, type Told, told } from "../../shared/entries.ts";
import { stepped } from "../../unit/core/stepped.ts";

/** A delta brings so many values. */
export const DELTA_VALUES = 100;
/** The origin whose values come in deltas. */
export const ORIGIN = "n9.k3f81b7x";

export const wake = { kind: "wake" } as const;

export function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `n${i}`);
}

export function receive(envelope: Envelope) {
  return { kind: "receive", envelope } as const;
}

/** From 1, consecutive, of one origin. */
export function* entriesOf(origin: string, count: number, from = 1): Generator<Entry> {
  for (let seq = from; seq < from + count; seq++) yield { origin, seq, value: seq };
}

/** So many values of each of so many origins. */
export interface Extent {
  readonly origins: number;
  readonly values: number;
}

export function logOf({ origins, values }: Extent): Log {
  const log = new Log();
  for (let i = 0; i < origins; i++) {
    for (let seq = 1; seq <= values; seq++) {
      add(log, { origin: originOf(i), seq, value: i * values + seq });
    }
  }
  return log;
}

export function originOf(i: number): string {
  return `n${i}.k3f81b7x`;
}

/** A peer that has said that it holds all of it but the newest `lacking` entries of the first origin. */
export function peerOf({ origins, values }: Extent, lacking = 0): Progress {
  const peer = new Progress("n1");
  const lasts = Array.from({ length: origins }, (_, i) => i === 0 ? values - lacking : values);
  const digest = lasts.flatMap((last, i): [string, number[]][] => last < 1 ? [] : [[originOf(i), [1, last]]]);
  peer.hear({ incarnation: 1, seq: 1, digest }, 1, 0);
  return peer;
}

/** A node that knows who it is, and holds so many values of its own that it has yet to tell of. */
export function nodeOf(
  me: string,
  members: readonly string[],
  restored = 0,
  incarnation = 1,
  now = 0,
): Node {
  const entries = keeping(entriesOf(`${me}.${incarnation}`, restored));
  const node = new Node({ random: seeded(1), incarnation, entries, durable: restored > 0 });
  stepped(node, fromClient(me, { type: "init", msg_id: 1, node_id: me, node_ids: [...members] }), now);
  return node;
}

function fromClient(dest: string, body: Body) {
  return receive({ src: "c1", dest, body });
}

export function broadcast(dest: string, message: Json) {
  return fromClient(dest, { type: "broadcast", msg_id: 2, message });
}

/** What the given peer says in its first life. */
export function word(src: string, dest: string, body: { readonly [field: string]: unknown }) {
  return receive({ src, dest, body: { type: "ack", incarnation: 1, digest: [], ...body } });
}

/** The i-th delta of a peer: each brings the values that follow on those of the one before, `overlap` of them again. */
export function delta(src: string, dest: string, i: number, overlap = 0) {
  const first = i * (DELTA_VALUES - overlap) + 1;
  const values = Array.from({ length: DELTA_VALUES }, (_, k) => first + k);
  const digest = [[ORIGIN, [1, first + DELTA_VALUES - 1]]];
  return word(src, dest, { type: "delta", seq: i + 1, digest, runs: [[ORIGIN, first, values]] });
}

/** A relay and the moment at which it stands. */
export interface Standing {
  readonly node: Node;
  readonly now: number;
}

/** A relay whose peers have all been heard: what it holds is on its way to them, a batch each, and nothing is due. */
export function waitingRelay(peers: number, outstanding: number): Standing {
  const members = names(peers + 1);
  const node = nodeOf("n0", members, outstanding);
  const now = node.deadline;
  node.step(wake, now);
  for (const id of members.slice(1)) stepped(node, word(id, "n0", { seq: 1, ack: [1, 1, 0] }), now);
  return { node, now };
}

/** A relay that has lost all its peers, and probes them. */
export function lonelyRelay(peers: number, outstanding: number): Standing {
  const node = nodeOf("n0", names(peers + 1), outstanding);
  while (!node.status.peers.every(isLost)) node.step(wake, node.deadline);
  return { node, now: node.deadline };
}

/** A relay whose peers have confirmed all that it holds, except one, which it has lost. */
export function busyRelay(peers: number, outstanding: number): Standing {
  const members = names(peers + 2);
  const node = nodeOf("n0", members, outstanding);
  let now = 0;
  while (!node.status.peers.some(isLost)) {
    now = node.deadline;
    confirm(node, node.step(wake, now).map(told), members[peers + 1], now);
  }
  // Some are called only because one is lost, and confirm that they know.
  confirm(
    node,
    stepped(node, broadcast("n0", "the last before it is measured"), now),
    members[peers + 1],
    now,
  );
  return { node, now };
}

function isLost({ suspectedAt }: PeerStatus): boolean {
  return suspectedAt !== undefined;
}

/** Whoever is told something has it from then on, and says so at once; apart from the one who is away. */
function confirm(node: Node, effects: readonly Told[], away: string | undefined, now: number): void {
  const { entries } = node.status;
  const digest = entries === 0 ? [] : [["n0.1", [1, entries]]];
  const queue = [...effects];
  for (let i = 0; i < queue.length; i++) {
    const effect = queue[i];
    if (effect?.kind !== "send" || effect.envelope.dest === away || effect.envelope.dest === "c1") continue;
    const { seq } = effect.envelope.body;
    queue.push(...stepped(node, word(effect.envelope.dest, "n0", { seq, ack: [1, seq, 0], digest }), now));
  }
}

/** Nodes on a network that takes no time: whatever one says to another arrives before anything else happens. */
export class Cluster {
  readonly #nodes: ReadonlyMap<string, Node>;
  #now: number;

  constructor(nodes: ReadonlyMap<string, Node>, now = 0) {
    this.#nodes = nodes;
    this.#now = now;
  }

  /** So many nodes that have greeted each other. */
  static of(count: number): Cluster {
    const members = names(count);
    const cluster = new Cluster(new Map(members.map((id) => [id, nodeOf(id, members)])));
    cluster.run(2_000);
    return cluster;
  }

  get now(): number {
    return this.#now;
  }

  step(id: string, event: Event): void {
    this.#carry(this.#stepped(id, event));
  }

  /** Lets so much time pass. */
  run(ms: number): void {
    const end = this.#now + ms;
    this.runUntil(() => this.#nextAt() > end);
    this.#now = end;
  }

  /** Lets time pass, from one thing that is due to the next, until it is so. */
  runUntil(isSo: () => boolean): void {
    while (!isSo()) {
      this.#now = Math.max(this.#now, this.#nextAt());
      for (const [id, node] of this.#nodes) if (node.deadline <= this.#now) this.step(id, wake);
    }
  }

  #nextAt(): number {
    let at = Infinity;
    for (const node of this.#nodes.values()) at = Math.min(at, node.deadline);
    return at;
  }

  #stepped(id: string, event: Event): Told[] {
    const node = this.#nodes.get(id);
    return node === undefined ? [] : stepped(node, event, this.#now);
  }

  #carry(first: readonly Told[]): void {
    const queue = [...first];
    for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) {
      if (effect.kind !== "send") continue;
      const { envelope } = effect;
      for (const next of this.#stepped(envelope.dest, receive(envelope))) {
        if (next.kind === "send") queue.push(next);
      }
    }
  }
}
