/** What all reference protocols share, one event after the other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Body, Json } from "../../../../lib/core/message.ts";
import { type Broadcast, ReferenceNode } from "../../../../lib/workbench/reference/reference_node.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { Rig } from "./rig.ts";

const random = seeded(1);

test("init and topology are answered, and say who there is", () => {
  const rig = new Rig(new ReferenceNode({ random }, () => () => {}));
  assert.deepEqual(rig.ask("c0", { type: "read", msg_id: 1 }), [
    "n0 → c0 error 1: this node has not been initialised",
  ]);
  assert.deepEqual(rig.init(), ["n0 → c0 init_ok 1", "n0 → c0 topology_ok 2"]);
  assert.deepEqual(rig.node.peers, ["n1", "n2"]);
  assert.deepEqual(rig.node.neighbours, ["n1"]);
});

test("a value is kept, delivered and read once", () => {
  const kept: boolean[] = [];
  const keeping = (node: ReferenceNode) => ({ value, answer }: Broadcast) => {
    kept.push(node.keep(value));
    answer();
  };
  const rig = new Rig(new ReferenceNode({ random }, keeping));
  rig.init();
  const told = ([7, "7", { a: 1, b: 2 }, { b: 2, a: 1 }] satisfies Json[]).flatMap((message, i) =>
    rig.ask("c1", { type: "broadcast", message, msg_id: i + 3 })
  );
  assert.deepEqual(kept, [true, true, true, false]);
  assert.deepEqual(told, [
    ...["deliver 7", "n0 → c1 broadcast_ok 3", 'deliver "7"', "n0 → c1 broadcast_ok 4"],
    ...['deliver {"a":1,"b":2}', "n0 → c1 broadcast_ok 5", "n0 → c1 broadcast_ok 6"],
  ]);
  assert.deepEqual(rig.ask("c1", { type: "read", msg_id: 9 }), [
    'n0 → c1 read_ok 9 [7,"7",{"a":1,"b":2}]',
  ]);
});

test("what is malformed or unknown is refused, and an answer is never answered", () => {
  const rig = new Rig(new ReferenceNode({ random }, () => () => {}));
  rig.init();
  const bodies: Body[] = [{ type: "dance" }, { type: "broadcast" }, {
    type: "topology",
    topology: { n0: 1 },
  }];
  const refused = bodies.flatMap((body, i) => rig.ask("c0", { ...body, msg_id: i + 1 }));
  assert.deepEqual(refused.map((line) => line.slice(0, 18)), [
    ...["n0 → c0 error 1: u", "n0 → c0 error 2: b", "n0 → c0 error 3: t"],
  ]);
  const deep = { type: "broadcast", msg_id: 4, message: JSON.parse("[".repeat(10_000) + "]".repeat(10_000)) };
  assert.deepEqual(rig.ask("c0", deep), ["n0 → c0 error 4: the value is nested too deeply"]);
  assert.deepEqual(rig.ask("n1", { type: "dance_ok", in_reply_to: 0 }), []);
  assert.deepEqual(rig.ask("n1", { type: "error", in_reply_to: 5 }), []);
});

test("a request is open until it is answered, by no error, and may be sent again", () => {
  const node = new ReferenceNode({ random }, () => () => {});
  const rig = new Rig(node);
  rig.init();
  const [first, second] = [node.request("n1", 1), node.request("n1", 2)];
  const states = () => [first.isAnswered(), second.isAnswered()];
  rig.ask("n1", { type: "error", in_reply_to: 1 });
  rig.ask("n1", { type: "broadcast_ok", in_reply_to: 9 });
  assert.deepEqual(states(), [false, false]);
  rig.ask("n1", { type: "broadcast_ok", in_reply_to: 2 });
  assert.deepEqual(states(), [false, true]);
});

test("timers run in order, late ones too, and what they set anew waits for its own moment", () => {
  const node = new ReferenceNode({ random }, () => () => {});
  const rig = new Rig(node);
  const ran: string[] = [];
  const every = (ms: number) => {
    ran.push(`${ms} at ${node.now}`);
    node.after(ms, () => every(ms));
  };
  rig.init();
  for (const ms of [30, 20]) node.after(ms, () => every(ms));
  assert.equal(node.deadline, 20);
  rig.wake(25);
  rig.wake(100);
  assert.deepEqual(ran, ["20 at 25", "30 at 100", "20 at 100"]);
  assert.equal(node.deadline, 120);
});
