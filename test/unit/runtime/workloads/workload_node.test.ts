/** The node of Maelstrom's other workloads: each request, what tells them apart, and what is refused. */
import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { type Body, readPeerMessage } from "../../../../lib/core/message.ts";
import {
  type Effect,
  KEY_DOES_NOT_EXIST,
  MALFORMED_REQUEST,
  Node,
  NOT_SUPPORTED,
  TEMPORARILY_UNAVAILABLE,
  VALUE_BYTES_MAX,
} from "../../../../lib/core/node.ts";
import { fork } from "../../../../lib/core/random.ts";
import { whyUnserved, type WorkloadName, workloadNames } from "../../../../lib/runtime/workloads/names.ts";
import { WorkloadNode } from "../../../../lib/runtime/workloads/workload_node.ts";

interface Life {
  readonly id?: string;
  readonly incarnation?: number;
  readonly seed?: number;
  readonly ids?: readonly string[];
}

function unborn(workload?: WorkloadName, { incarnation = 1, seed = 1 }: Life = {}): WorkloadNode {
  const life = { incarnation, random: fork(seed, "node") };
  return new WorkloadNode({ workload, node: new Node(life), ...life });
}

function born(workload?: WorkloadName, life: Life = {}): WorkloadNode {
  const { id = "n0", ids = [id] } = life;
  const node = unborn(workload, life);
  ask(node, { type: "init", msg_id: 1, node_id: id, node_ids: ids }, id);
  return node;
}

function ask(node: WorkloadNode, body: Body, dest = "n0"): Effect[] {
  return node.step({ kind: "receive", envelope: { src: "c1", dest, body } }, 0);
}

/** What the client gets in return. */
function answer(node: WorkloadNode, body: Body, dest = "n0"): Body | undefined {
  const sent = ask(node, { ...body, msg_id: 2 }, dest).flatMap((effect) =>
    effect.kind === "send" && effect.envelope.dest === "c1" ? [effect.envelope.body] : []
  );
  equal(sent.length <= 1, true);
  return sent[0] && JSON.parse(JSON.stringify(sent[0]));
}

function ok(type: string, more: Record<string, unknown> = {}): Body {
  return { type, in_reply_to: 2, ...more };
}

function error(code: number, text: string): Body {
  return ok("error", { code, text });
}

test("WorkloadNode: echo answers the payload, and unique-ids an id", () => {
  deepEqual(answer(born("echo"), { type: "echo", echo: { a: [1] } }), ok("echo_ok", { echo: { a: [1] } }));
  deepEqual(Object.keys(answer(born("unique-ids"), { type: "generate" }) ?? {}), [
    "type",
    "id",
    "in_reply_to",
  ]);
});

test("WorkloadNode: topics, keys and ids are as the core is [H9]", () => {
  const node = born();
  const [topic, key] = ["flags", "dark"];
  deepEqual(answer(node, { type: "broadcast", topic, key, message: true }), ok("broadcast_ok"));
  deepEqual(answer(node, { type: "get", topic, key }), ok("get_ok", { value: true, stamp: 1 }));
  deepEqual(answer(node, { type: "delete", topic, key }), ok("delete_ok"));
  deepEqual(answer(node, { type: "get", topic, key }), error(KEY_DOES_NOT_EXIST, "key does not exist"));
  deepEqual(answer(node, { type: "read" }), ok("read_ok", { messages: [] }));
});

test("WorkloadNode: ids differ within a life, between nodes, between lives, and where a clock was set back [O4]", () => {
  const lives = [
    {},
    { id: "n1", seed: 2 },
    { id: "n1.1", seed: 3 },
    { incarnation: 2, seed: 4 },
    { incarnation: 1, seed: 5 },
  ];
  const ids = lives.flatMap(({ id = "n0", ...life }) => {
    const node = born("unique-ids", { id, ...life });
    return Array.from({ length: 100 }, () => answer(node, { type: "generate" }, id)?.["id"]);
  });
  equal(new Set(ids).size, 500);
  match(String(ids[0]), /^n0\.1\.[0-9a-z]+\.1$/);
});

test("WorkloadNode: a g-set reads each element once, equal ones are one [O1]", () => {
  const node = born("g-set");
  deepEqual(answer(node, { type: "read" }), ok("read_ok", { value: [] }));
  for (const element of [1, { a: 1, b: 2 }, { b: 2, a: 1 }, 1]) {
    deepEqual(answer(node, { type: "add", element }), ok("add_ok"));
  }
  deepEqual(answer(node, { type: "read" }), ok("read_ok", { value: [1, { a: 1, b: 2 }] }));
});

test("WorkloadNode: a counter reads the sum, and an equal delta counts again", () => {
  const node = born("pn-counter");
  deepEqual(answer(node, { type: "read" }), ok("read_ok", { value: 0 }));
  for (const delta of [5, 5, -3, 0]) deepEqual(answer(node, { type: "add", delta }), ok("add_ok"));
  deepEqual(answer(node, { type: "read" }), ok("read_ok", { value: 7 }));
  deepEqual(answer(node, { type: "read" }), ok("read_ok", { value: 7 }));
});

test("WorkloadNode: a sum beyond 2^53 does not depend on the order of the additions [O3]", () => {
  const large = Number.MAX_SAFE_INTEGER;
  const sumOf = (deltas: readonly number[]): unknown => {
    const node = born("pn-counter");
    for (const delta of deltas) answer(node, { type: "add", delta });
    return answer(node, { type: "read" })?.["value"];
  };
  equal(sumOf([large, large, 3, -large, -large]), 3);
  equal(sumOf([3, -large, large, -large, large]), 3);
});

test("WorkloadNode: two nodes that hear of each other's additions read the same sum, however often they hear", () => {
  const ids = ["n0", "n1"];
  const nodes = new Map(ids.map((id, seed) => [id, born("g-counter", { id, ids, seed })]));
  for (const [id, node] of nodes) for (const delta of [1, 1, 10]) answer(node, { type: "add", delta }, id);
  for (let now = 0; now < 10_000; now += 100) {
    for (const node of nodes.values()) {
      for (const effect of node.step({ kind: "wake" }, now)) {
        if (effect.kind !== "send" || readPeerMessage(effect.envelope.body) === undefined) continue;
        const to = nodes.get(effect.envelope.dest);
        to?.step({ kind: "receive", envelope: effect.envelope }, now);
        to?.step({ kind: "receive", envelope: effect.envelope }, now);
      }
    }
  }
  const sums = [...nodes].map(([id, node]) => answer(node, { type: "read" }, id)?.["value"]);
  deepEqual(sums, [24, 24]);
});

test("WorkloadNode: without a name, it serves broadcast until an add tells, and echo and generate at any time [O2]", () => {
  const always = (node: WorkloadNode): void => {
    equal(answer(node, { type: "echo", echo: 1 })?.type, "echo_ok");
    equal(answer(node, { type: "generate" })?.type, "generate_ok");
  };
  const [set, counter, broadcast] = [born(), born(), born()];
  for (const node of [set, counter, broadcast]) {
    always(node);
    deepEqual(answer(node, { type: "read" }), ok("read_ok", { messages: [] }));
  }
  answer(set, { type: "add", element: 1 });
  answer(counter, { type: "add", delta: -1 });
  answer(broadcast, { type: "topology", topology: {} });
  for (const node of [set, counter, broadcast]) always(node);
  deepEqual(answer(set, { type: "read" }), ok("read_ok", { value: [1] }));
  deepEqual(answer(counter, { type: "read" }), ok("read_ok", { value: -1 }));
  deepEqual(answer(broadcast, { type: "read" }), ok("read_ok", { messages: [] }));
  const refusal = error(NOT_SUPPORTED, "this node serves broadcast: add is no request of it");
  deepEqual(answer(broadcast, { type: "add", delta: 1 }), refusal);
  equal(answer(set, { type: "broadcast", message: 1 })?.["code"], NOT_SUPPORTED);
  equal(answer(set, { type: "add", delta: 1 })?.["code"], MALFORMED_REQUEST);
});

test("WorkloadNode: an add that is malformed tells nothing", () => {
  const node = born();
  const neither = error(MALFORMED_REQUEST, "add has neither an element nor a delta");
  deepEqual(answer(node, { type: "add" }), neither);
  equal(answer(node, { type: "add", delta: 0.5 })?.["code"], MALFORMED_REQUEST);
  deepEqual(answer(node, { type: "read" }), ok("read_ok", { messages: [] }));
});

test("WorkloadNode: with a name, requests of other workloads are refused, and unknown ones as ever", () => {
  const requests = ["topology", "broadcast", "read", "echo", "generate", "add"];
  const served = workloadNames.map((name) => {
    const node = born(name);
    const asked = requests.map((type) => [
      type,
      answer(node, { type, topology: {}, message: 1, echo: 1, element: 1, delta: 1 })?.["code"],
    ]);
    return [name, asked.flatMap(([type, code]) => code === NOT_SUPPORTED ? [] : [type]).join()];
  });
  deepEqual(Object.fromEntries(served), {
    "broadcast": "topology,broadcast,read",
    "echo": "echo",
    "unique-ids": "generate",
    "g-set": "read,add",
    "g-counter": "read,add",
    "pn-counter": "read,add",
  });
  deepEqual(answer(born("echo"), { type: "cas" }), error(NOT_SUPPORTED, "unknown type: cas"));
});

test("WorkloadNode: deltas are whole and exact, and of a g-counter not negative; other adds are refused", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const codes = (workload: WorkloadName, deltas: readonly unknown[]): unknown[] =>
    deltas.map((delta) => answer(born(workload), { type: "add", delta })?.["code"]);
  const bad = [2 * most, -2 * most, 0.5, "1", null, undefined];
  deepEqual(codes("pn-counter", [most, -most, 0, ...bad]), [
    undefined,
    undefined,
    undefined,
    ...bad.map(() => 12),
  ]);
  deepEqual(codes("g-counter", [most, 0, -1, -most]), [undefined, undefined, 12, 12]);
  deepEqual(answer(born("g-set"), { type: "add" }), error(12, "add must have required properties element"));
});

test("WorkloadNode: an element that is too long is refused in the words of its request", () => {
  const long = answer(born("g-set"), { type: "add", element: "x".repeat(VALUE_BYTES_MAX) });
  deepEqual(long, error(MALFORMED_REQUEST, `add /element is over ${VALUE_BYTES_MAX} bytes`));
});

test("WorkloadNode: what cannot be made safe is refused", () => {
  const node = born("g-counter");
  node.step({ kind: "storage", fault: "the disk is full" }, 0);
  deepEqual(answer(node, { type: "add", delta: 1 }), error(TEMPORARILY_UNAVAILABLE, "the disk is full"));
  deepEqual(answer(node, { type: "read" }), ok("read_ok", { value: 0 }));
});

test("WorkloadNode: before init, for other nodes, and without a msg_id it is as the core is", () => {
  const early = answer(unborn("g-set"), { type: "add", element: 1 });
  deepEqual(early, error(TEMPORARILY_UNAVAILABLE, "not initialised yet"));
  const node = born("g-set");
  deepEqual(ask(node, { type: "add", element: 1, msg_id: 2 }, "n1"), []);
  deepEqual(ask(node, { type: "add", element: 1, in_reply_to: 2 }), []);
  deepEqual(ask(node, { type: "broadcast", message: 1 }), [
    { kind: "drop", reason: "from c1: this node serves g-set: broadcast is no request of it" },
  ]);
  deepEqual(ask(born(), { type: "generate" }), []);
  notEqual(ask(node, { type: "add", element: 1 }).length, 0);
  deepEqual(answer(node, { type: "read" }), ok("read_ok", { value: [1] }));
});

test("whyUnserved(): Maelstrom's other workloads each have a reason, and what is served has none", () => {
  const others = ["kafka", "lin-kv", "txn-list-append", "txn-rw-register"];
  for (const name of others) match(whyUnserved(name) ?? "", new RegExp(`^${name} [a-z]`));
  const none = [...workloadNames, "__proto__", "toString"];
  deepEqual(none.map(whyUnserved), none.map(() => undefined));
});
