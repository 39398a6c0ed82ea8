/** The node and its clients: one request in, the whole effects array out. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { VALUE_DEPTH_MAX } from "../../../lib/core/log/canonical.ts";
import { decode, encode } from "../../../lib/core/codec.ts";
import type { Body, Json } from "../../../lib/core/message.ts";
import {
  MALFORMED_REQUEST,
  Node,
  NOT_SUPPORTED,
  TEMPORARILY_UNAVAILABLE,
  VALUE_BYTES_MAX,
} from "../../../lib/core/node.ts";
import { seeded } from "../../../lib/core/random.ts";
import { type Told, told } from "../../shared/entries.ts";

/** A node that has not been told who it is. */
function unborn(incarnation = 1): Node {
  return new Node({ random: seeded(1), incarnation });
}

/** A node that is alone, so that its effects are all for its clients. */
function alone(): Node {
  const node = unborn();
  ask(node, { type: "init", msg_id: 1, node_id: "n0", node_ids: ["n0"] });
  return node;
}

function ask(node: Node, body: Body, src = "c1", dest = "n0"): Told[] {
  return node.step({ kind: "receive", envelope: { src, dest, body } }, 0).map(told);
}

function reply(body: Body, in_reply_to = 2): Told {
  return { kind: "send", envelope: { src: "n0", dest: "c1", body: { ...body, in_reply_to } } };
}

function drop(text: string): Told {
  return { kind: "drop", reason: `from c1: ${text}` };
}

function error(code: number, text: string, in_reply_to = 2): Told {
  return reply({ type: "error", code, text }, in_reply_to);
}

function broadcast(message: unknown, msg_id = 2): Body {
  return { type: "broadcast", message, msg_id };
}

/** Everything that is new on the way in: safe first, then known, then acknowledged. */
function entered(seq: number, value: Json, msg_id = 2): Told[] {
  const entries = [{ origin: "n0.1", seq, value }];
  return [
    { kind: "persist", own: true, entries },
    { kind: "deliver", entries },
    reply({ type: "broadcast_ok" }, msg_id),
  ];
}

function nested(depth: number): Json {
  let value: Json = 0;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

test("Node: init is answered, and again for the same id, in which case nothing is forgotten [N1]", () => {
  const node = unborn();
  const init = { type: "init", msg_id: 2, node_id: "n0", node_ids: ["n0"] };
  deepEqual(ask(node, init), [reply({ type: "init_ok" })]);
  ask(node, broadcast(7));
  deepEqual(ask(node, init), [reply({ type: "init_ok" })]);
  deepEqual(ask(node, { type: "read", msg_id: 2 }), [reply({ type: "read_ok", messages: [7] })]);
});

test("Node: init under another id is an error 12, and changes nothing [N1]", () => {
  const node = alone();
  deepEqual(ask(node, { type: "init", msg_id: 2, node_id: "n1", node_ids: ["n0", "n1"] }), [
    error(MALFORMED_REQUEST, "this node is already n0"),
  ]);
  equal(ask(node, { type: "read", msg_id: 2 }).length, 1);
});

test("Node: anything else before init is an error 11 [N1]", () => {
  const bodies: Body[] = [broadcast(1), { type: "read", msg_id: 2 }, { type: "echo", echo: 1, msg_id: 2 }];
  for (const body of [...bodies, { type: "nonsense", msg_id: 2 }, { type: "ack", msg_id: 2 }]) {
    deepEqual(ask(unborn(), body), [error(TEMPORARILY_UNAVAILABLE, "not initialised yet")]);
  }
});

test("Node: a broadcast is made safe, then delivered, then acknowledged [N2] [I3]", () => {
  const node = alone();
  deepEqual(ask(node, broadcast("a")), entered(1, "a"));
  deepEqual(ask(node, broadcast({ b: [null] }, 3)), entered(2, { b: [null] }, 3));
});

test("Node: an equal value is acknowledged again, and enters once [N2]", () => {
  const node = alone();
  ask(node, broadcast({ a: 1, b: 2 }));
  deepEqual(ask(node, broadcast({ b: 2, a: 1 }, 3)), [reply({ type: "broadcast_ok" }, 3)]);
  deepEqual(ask(node, { type: "read", msg_id: 4 }), [
    reply({ type: "read_ok", messages: [{ a: 1, b: 2 }] }, 4),
  ]);
});

test("Node: a broadcast that wants no answer gets none, and enters all the same [N2]", () => {
  const node = alone();
  deepEqual(ask(node, { type: "broadcast", message: 1 }), entered(1, 1).slice(0, 2));
  deepEqual(ask(node, { type: "read", msg_id: 2 }), [reply({ type: "read_ok", messages: [1] })]);
});

test("Node: a read has each value once, in the order in which they came [N3] [I1]", () => {
  const node = alone();
  const values = [3, "3", null, [3], {}, false, 1];
  for (const value of [...values, ...values]) ask(node, broadcast(value));
  deepEqual(ask(node, { type: "read", msg_id: 2 }), [reply({ type: "read_ok", messages: values })]);
});

test("Node: a read is a copy: what enters later is not in it [N3]", () => {
  const node = alone();
  ask(node, broadcast(1));
  const [before] = ask(node, { type: "read", msg_id: 2 });
  ask(node, broadcast(2));
  deepEqual(before, reply({ type: "read_ok", messages: [1] }));
});

test("Node: values that are one on the wire are one in a read [N3]", () => {
  const node = alone();
  for (const text of ["null", "1e999", "0", "-0", "1", "1.0", "[1e999]", "[null]"]) {
    const line = `{"src":"c1","dest":"n0","body":{"type":"broadcast","message":${text}}}`;
    const decoded = decode(line);
    if (decoded.ok) node.step({ kind: "receive", envelope: decoded.envelope }, 0);
  }
  const lines = ask(node, { type: "read", msg_id: 2 }).map((each) =>
    each.kind === "send" && encode(each.envelope)
  );
  deepEqual(lines, [
    '{"src":"n0","dest":"c1","body":{"type":"read_ok","messages":[null,0,1,[null]],"in_reply_to":2}}',
  ]);
});

test("Node: topology is answered and ignored, echo comes back [N4]", () => {
  const node = alone();
  deepEqual(ask(node, { type: "topology", topology: { n0: ["n9"] }, msg_id: 2 }), [
    reply({ type: "topology_ok" }),
  ]);
  deepEqual(ask(node, { type: "echo", echo: { a: [1] }, msg_id: 2 }), [
    reply({ type: "echo_ok", echo: { a: [1] } }),
  ]);
});

test("Node: an unknown type is an error 10 that names it [N5]", () => {
  for (const type of ["add", "__proto__", "toString"]) {
    deepEqual(ask(alone(), { type, msg_id: 2 }), [error(NOT_SUPPORTED, `unknown type: ${type}`)]);
  }
});

test("Node: a malformed body is an error 12 that names what is wrong [N5]", () => {
  deepEqual(ask(alone(), { type: "broadcast", msg_id: 2 }), [
    error(MALFORMED_REQUEST, "broadcast must have required properties message"),
  ]);
  deepEqual(ask(alone(), { type: "topology", topology: 1, msg_id: 2 }), [
    error(MALFORMED_REQUEST, "topology /topology must be object"),
  ]);
});

test("Node: gossip of a stranger, or out of shape, is an error 12 if an answer is wanted, and else reported [N5] [W4]", () => {
  const gossip = { type: "ack", incarnation: 1, seq: 1, digest: [], msg_id: 2 };
  deepEqual(ask(alone(), gossip), [error(MALFORMED_REQUEST, "c1 is not a member")]);
  deepEqual(ask(alone(), { type: "ack", incarnation: 1, seq: 1, digest: [] }), [drop("c1 is not a member")]);
  const pair = unborn();
  ask(pair, { type: "init", node_id: "n0", node_ids: ["n0", "c1"] });
  deepEqual(ask(pair, { ...gossip, seq: 0 }), [error(MALFORMED_REQUEST, "a peer message /seq must be >= 1")]);
  deepEqual(ask(pair, { type: "ack", incarnation: 1, seq: 0, digest: [] }), [
    drop("a peer message /seq must be >= 1"),
  ]);
});

test("Node: a message for somebody else is passed over [N7]", () => {
  deepEqual(ask(alone(), broadcast(1), "c1", "n1"), []);
  deepEqual(ask(alone(), { type: "init", msg_id: 2, node_id: "n1", node_ids: ["n1"] }, "c1", "n1"), []);
});

test("Node: an answer is never answered, nor is what asks for no answer [N5] [I9]", () => {
  const node = alone();
  deepEqual(ask(node, { type: "error", code: 10, text: "", in_reply_to: 1, msg_id: 2 }), []);
  deepEqual(ask(node, { ...broadcast(1), in_reply_to: 1 }), []);
  deepEqual(ask(node, { type: "nonsense" }), [drop("unknown type: nonsense")]);
  deepEqual(ask(node, { type: "read" }), []);
  deepEqual(ask(node, { type: "read", msg_id: 2 }), [reply({ type: "read_ok", messages: [] })]);
});

test("Node: a value of VALUE_BYTES_MAX bytes enters, a longer one is an error 12 [N6]", () => {
  const node = alone();
  const longest = "x".repeat(VALUE_BYTES_MAX - 2);
  deepEqual(ask(node, broadcast(longest)), entered(1, longest));
  const refusal = [error(MALFORMED_REQUEST, `broadcast /message is over ${VALUE_BYTES_MAX} bytes`)];
  deepEqual(ask(node, broadcast(longest + "x")), refusal);
  deepEqual(ask(node, broadcast({ a: longest })), refusal);
  deepEqual(ask(node, broadcast("\u6f22".repeat(VALUE_BYTES_MAX / 2))), refusal);
  // In a line these are short.
  deepEqual(ask(node, broadcast(Array.from({ length: 200_000 }, () => 1e20))), refusal);
  deepEqual(ask(node, { type: "read", msg_id: 2 }), [reply({ type: "read_ok", messages: [longest] })]);
});

test("Node: a value nested VALUE_DEPTH_MAX deep enters, a deeper one is an error 12 [N6]", () => {
  const node = alone();
  const deepest = nested(VALUE_DEPTH_MAX);
  deepEqual(ask(node, broadcast(deepest)), entered(1, deepest));
  deepEqual(ask(node, broadcast([deepest])), [
    error(MALFORMED_REQUEST, `broadcast /message is nested over ${VALUE_DEPTH_MAX} deep`),
  ]);
});

test("Node: whatever it answers can be written, however deep a line nests [N6]", () => {
  const depth = 200_000;
  const deep = "[".repeat(depth) + "]".repeat(depth);
  for (const body of [`"type":"echo","echo":${deep}`, `"type":"broadcast","message":${deep}`]) {
    const decoded = decode(`{"src":"c1","dest":"n0","body":{"msg_id":2,${body}}}`);
    if (!decoded.ok) continue;
    const effects = alone().step({ kind: "receive", envelope: decoded.envelope }, 0);
    for (const effect of effects) if (effect.kind === "send") encode(effect.envelope);
  }
});

test("Node: its origin is its id and its incarnation, so that a later life is told apart [B4]", () => {
  const node = unborn(35);
  ask(node, { type: "init", node_id: "n0", node_ids: ["n0"] });
  deepEqual(ask(node, { type: "broadcast", message: 1 })[0], {
    kind: "persist",
    own: true,
    entries: [{ origin: "n0.z", seq: 1, value: 1 }],
  });
});

test("Node: an acknowledged value is in every read, even where a peer holds entries of its origin [B4]", () => {
  const node = unborn();
  ask(node, { type: "init", node_id: "n0", node_ids: ["n0", "n1"] });
  ask(node, { type: "delta", incarnation: 1, seq: 1, digest: [], runs: [["n0.1", 1, ["old"]]] }, "n1");
  const replies = ask(node, broadcast("new")).filter((each) =>
    each.kind === "send" && each.envelope.dest === "c1"
  );
  deepEqual(replies, [reply({ type: "broadcast_ok" })]);
  const [read] = ask(node, { type: "read", msg_id: 2 });
  const messages = read?.kind === "send" ? read.envelope.body["messages"] : undefined;
  equal(Array.isArray(messages) && messages.includes("new"), true, JSON.stringify(messages));
});

test("Node: a node that is alone, or not yet told who it is, is due nothing [N8]", () => {
  equal(unborn().deadline, Infinity);
  const node = alone();
  ask(node, broadcast(1));
  deepEqual(node.step({ kind: "wake" }, 0), []);
  equal(node.deadline, Infinity);
  deepEqual(node.step({ kind: "wake" }, 1e9), []);
});
