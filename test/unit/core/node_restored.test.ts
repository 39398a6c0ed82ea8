/** A node that made its entries safe: it comes back with them, numbers on, and says when it can make none safe. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Body } from "../../../lib/core/message.ts";
import { Digest, type Event, Node, TEMPORARILY_UNAVAILABLE } from "../../../lib/core/node.ts";
import { seeded } from "../../../lib/core/random.ts";
import { entriesOf, type Entry, keeping, type Told, told } from "../../shared/entries.ts";
import { stepped } from "./stepped.ts";

const entries: Entry[] = [
  { origin: "n0.1", seq: 1, value: "mine" },
  { origin: "n1.7", seq: 4, value: "from n1" },
  { origin: "n0.1", seq: 2, value: "mine, too" },
];

function comeBack(): Node {
  const node = new Node({ random: seeded(1), incarnation: 5, entries: keeping(entries), durable: true });
  ask(node, { type: "init", msg_id: 1, node_id: "n0", node_ids: ["n0", "n1", "n2"] });
  return node;
}

function ask(node: Node, body: Body, src = "c1"): Told[] {
  return stepped(node, { kind: "receive", envelope: { src, dest: "n0", body } }, 0);
}

function replies(effects: readonly Told[]): Body[] {
  return effects.flatMap((effect) =>
    effect.kind === "send" && effect.envelope.dest === "c1" ? effect.envelope.body : []
  );
}

test("Node reads what an earlier life made safe, and persists and delivers none of it again [N9]", () => {
  const node = comeBack();
  deepEqual(ask(node, { type: "read", msg_id: 2 }), [{
    kind: "send",
    envelope: {
      src: "n0",
      dest: "c1",
      body: { type: "read_ok", messages: ["mine", "mine, too", "from n1"], in_reply_to: 2 },
    },
  }]);
});

test("Node begins an origin in each life: its log may be older than what it told the others [B4]", () => {
  const effects = ask(comeBack(), { type: "broadcast", message: "more", msg_id: 2 });
  deepEqual(effects[0], { kind: "persist", own: true, entries: [{ origin: "n0.5", seq: 1, value: "more" }] });
});

test("Node tells its peers of everything it came back with, in a later life, and sends none of it on a guess [N9]", () => {
  const node = comeBack();
  const said = node.step({ kind: "wake" }, 1_000).map(told).flatMap((effect) =>
    effect.kind === "send" ? effect.envelope.body : []
  );
  const [first] = said;
  equal(first?.["incarnation"], 5);
  deepEqual(first?.["digest"], [["n0.1", [1, 2]], ["n1.7", [4, 4]]]);
  equal(first?.["runs"], undefined);
});

test("Node refuses new values while they cannot be made safe, and serves everything else [N10]", () => {
  const node = comeBack();
  deepEqual(node.step({ kind: "storage", fault: "no room" }, 0), []);
  deepEqual(replies(ask(node, { type: "broadcast", message: "new", msg_id: 2 })), [
    { type: "error", code: TEMPORARILY_UNAVAILABLE, text: "no room", in_reply_to: 2 },
  ]);
  deepEqual(replies(ask(node, { type: "broadcast", message: "mine", msg_id: 3 })), [
    { type: "broadcast_ok", in_reply_to: 3 },
  ]);
  const delta = { type: "delta", incarnation: 7, seq: 1, digest: [], runs: [["n1.7", 5, ["gossip"]]] };
  equal(ask(node, delta, "n1").some(({ kind }) => kind === "deliver"), true);
  node.step({ kind: "storage", fault: undefined }, 0);
  deepEqual(replies(ask(node, { type: "broadcast", message: "new", msg_id: 4 })), [
    { type: "broadcast_ok", in_reply_to: 4 },
  ]);
});

test("Node lets what is due leave upon a wake, and upon nothing else [N8] [S9]", () => {
  const node = comeBack();
  ask(node, { type: "ack", incarnation: 7, seq: 1, digest: [["n0.1", [1, 2]], ["n1.7", [1, 4]]] }, "n1");
  const step = (event: Event) =>
    node.step(event, 600).map(told).flatMap((effect) =>
      effect.kind === "send" && effect.envelope.dest === "n1" ? effect.envelope.body["runs"] ?? [] : []
    );
  const broadcast = (message: string): Event => {
    const body = { type: "broadcast", message };
    return { kind: "receive", envelope: { src: "c1", dest: "n0", body } };
  };
  deepEqual(["a", "b"].flatMap((value) => step(broadcast(value))), []);
  deepEqual(step({ kind: "wake" }), [["n0.5", 1, ["a", "b"]]]);
});

test("Node.takeBatch() gives what a position lacks, and moves it on [N11]", () => {
  const node = comeBack();
  const position = new Digest();
  const { runs, more } = node.takeBatch(position);
  deepEqual(entriesOf(runs), [entries[0], entries[2], entries[1]]);
  equal(more, false);
  deepEqual(node.takeBatch(position), { runs: [], gaps: [], bytes: 0, more: false });
  ask(node, { type: "broadcast", message: "more" });
  deepEqual(entriesOf(node.takeBatch(position).runs), [{ origin: "n0.5", seq: 1, value: "more" }]);
});

test("Node.status tells how far a peer is behind and ahead, and since when it counts as lost [N12]", () => {
  const node = comeBack();
  ask(node, { type: "delta", incarnation: 7, seq: 1, digest: [["n0.1", [1, 1]], ["n1.7", [1, 4]]] }, "n1");
  const { values, entries, relay, peers } = node.status;
  deepEqual({ values, entries, relay }, { values: 3, entries: 3, relay: undefined });
  const said = peers.map(({ holds: _, rttMs: __, ...rest }) => rest);
  deepEqual(said, [
    { id: "n1", neighbour: true, lag: 1, ahead: 3, suspectedAt: undefined },
    { id: "n2", neighbour: true, lag: 3, ahead: 0, suspectedAt: undefined },
  ]);
  equal(peers[0]?.holds("n0.1", 1), true);
  equal(peers[0]?.holds("n0.1", 2), false);
  for (let now = 0; now < 10_000 && node.status.peers[1]?.suspectedAt === undefined;) {
    now = Math.max(now, node.deadline);
    node.step({ kind: "wake" }, now);
  }
  const lostAt = node.status.peers[1]?.suspectedAt ?? Infinity;
  equal(lostAt > 0 && lostAt < 10_000, true, `n2 says nothing, and is lost at ${lostAt}`);
});

test("Node probes a peer at once to which the carrier has a link again, and no peer that it sees [D12]", () => {
  const node = comeBack();
  ask(node, { type: "ack", incarnation: 7, seq: 1, digest: [] }, "n1");
  const types = (peer: string) =>
    node.step({ kind: "linked", peer }, 1).map((effect) =>
      effect.kind === "send" ? `${effect.envelope.body.type} to ${effect.envelope.dest}` : effect.kind
    );
  deepEqual(types("n1"), []);
  deepEqual(types("n2"), ["probe to n2"]);
  deepEqual(types("n9"), []);
});
