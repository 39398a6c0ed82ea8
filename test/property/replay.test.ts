/** A list of events replays a node: whatever is read from it between them, every effect is the same. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Digest, type Effect, type Event, Node } from "../../lib/core/node.ts";
import { seeded } from "../../lib/core/random.ts";
import { type Happening, happenings, ME, members } from "../fuzz/events.ts";
import { holds } from "./holds.ts";

/** So many deadlines after the last event are met, too. */
const DEADLINES = 20;

interface Reader {
  readonly node: Node;
  readonly me: string;
  readonly position: Digest;
}

/** What can be read of a node, each with the trouble that a reader takes over it. */
const readings = {
  status({ node }: Reader): void {
    for (const peer of node.status.peers) peer.holds("n1.1", 1);
  },
  takeBatch({ node, position }: Reader): void {
    while (node.takeBatch(position).more);
  },
  deadline({ node }: Reader): void {
    equal(Number.isNaN(node.deadline), false);
  },
  /** As a client reads: it is answered, and what is due does not leave on its account. */
  read({ node, me }: Reader, now: number): void {
    const envelope = { src: "c9", dest: me, body: { type: "read", msg_id: 9 } };
    const effects = node.step({ kind: "receive", envelope }, now);
    deepEqual(effects.map((each) => each.kind === "send" ? each.envelope.dest : each.kind), ["c9"]);
  },
};

type Reading = keyof typeof readings;

interface Happened extends Happening {
  /** The carrier has a link to this one. */
  readonly linked?: string;
  readonly reads: readonly Reading[];
}

const reads = fc.array(fc.constantFrom<Reading>("status", "takeBatch", "deadline", "read"), { maxLength: 2 });
const linked = fc.option(fc.constantFrom("n1", "n2", "n3", "n9", ME), { freq: 9, nil: undefined });

/** What comes, and what is read after it. */
const list: fc.Arbitrary<Happened[]> = happenings.chain((all) => {
  const length = { minLength: all.length, maxLength: all.length };
  return fc.tuple(fc.array(reads, length), fc.array(linked, length)).map(([read, links]) =>
    all.map((each, i) => {
      const peer = links[i];
      return { ...each, reads: read[i] ?? [], ...(peer === undefined ? {} : { linked: peer }) };
    })
  );
});

const options = fc.record({
  incarnation: fc.constantFrom(1, 2),
  seed: fc.nat(99),
  /** Of which rank the node is: the first is next to everyone, the others meet most of them later or never. */
  me: fc.constantFrom(ME, "n1", "n3"),
});

function eventsOf({ envelope, arriving, linked, storage }: Happened): Event[] {
  const events: Event[] = [];
  if (storage !== undefined) events.push({ kind: "storage", fault: storage || undefined });
  if (envelope !== undefined) events.push({ kind: "receive", envelope });
  if (arriving !== undefined) events.push({ kind: "arriving", peer: arriving });
  if (linked !== undefined) events.push({ kind: "linked", peer: linked });
  return events;
}

/** The same with two names exchanged. */
function exchanged(all: readonly Happened[], me: string): Happened[] {
  const names = new RegExp(`\\b(${ME}|${me})\\b`, "g");
  return JSON.parse(JSON.stringify(all).replace(names, (name) => name === me ? ME : me));
}

/** Every effect in order, by step. */
function replay(node: Node, me: string, all: readonly Happened[], isRead: boolean): Effect[][] {
  const effects: Effect[][] = [];
  const reader = { node, me, position: new Digest() };
  let now = 0;
  for (const each of all) {
    now += each.afterMs;
    for (const event of eventsOf(each)) effects.push(node.step(event, now));
    if (isRead) { for (const reading of each.reads) readings[reading](reader, now); }
    if (node.deadline <= now) effects.push(node.step({ kind: "wake" }, now));
  }
  for (let i = 0; i < DEADLINES && node.deadline < Infinity; i++) {
    now = Math.max(now, node.deadline);
    effects.push(node.step({ kind: "wake" }, now));
  }
  return effects;
}

test("a node does the same whether it is read between the events or not [I8]", () => {
  holds(
    fc.property(options, list, ({ me, seed, incarnation }, all) => {
      const given = exchanged(all, me);
      const made = (): Node => new Node({ incarnation, random: seeded(seed) });
      deepEqual(replay(made(), me, given, true), replay(made(), me, given, false));
    }),
    500,
  );
});

test("a status has a row for every other member, met or not, in order of rank [N12]", () => {
  const node = new Node({ incarnation: 1, random: seeded(1) });
  const ask = (src: string, body: { type: string; [field: string]: unknown }) =>
    node.step({ kind: "receive", envelope: { src, dest: "n2", body } }, 0);
  ask("c1", { type: "init", node_id: "n2", node_ids: [...members].reverse() });
  ask("c1", { type: "broadcast", message: 1 });
  ask("n3", { type: "ack", incarnation: 1, seq: 1, digest: [["n2.1", [1, 1]], ["n3.1", [1, 2]]] });
  const rows = node.status.peers.map(({ id, lag, ahead, holds: has }) => [id, lag, ahead, has("n2.1", 1)]);
  deepEqual(rows, [["n0", 1, 0, false], ["n1", 1, 0, false], ["n3", 0, 2, true]]);
});
