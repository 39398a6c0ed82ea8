/** What nodes that are made of handlers share, one event after the other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Body, Json } from "../../../../lib/core/message.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { HandlerNode } from "../../../../lib/runtime/handlers/handler_node.ts";
import {
  MaelstromError,
  type Message,
  type NodeMaker,
  type Request,
} from "../../../../lib/runtime/handlers/node.ts";
import { Rig } from "../../workbench/reference/rig.ts";

const random = seeded(1);
const rigOf = (make: NodeMaker) => new Rig(new HandlerNode({ random }, make));

test("init and topology are answered, and say who there is", () => {
  const rig = rigOf(() => ({}));
  assert.deepEqual(rig.ask("c0", { type: "read", msg_id: 1 }), [
    "n0 → c0 error 1: this node has not been initialised",
  ]);
  assert.deepEqual(rig.init(), ["n0 → c0 init_ok 1", "n0 → c0 topology_ok 2"]);
  assert.equal(rig.node.id, "n0");
  assert.deepEqual(rig.node.peers, ["n1", "n2"]);
  assert.deepEqual(rig.node.neighbours, ["n1"]);
});

test("a node may do something of its own when it is told of the others", () => {
  const told: string[] = [];
  const rig = rigOf((node) => ({
    init() {
      told.push(...node.peers);
      return {};
    },
    topology: () => ({ taken: node.neighbours.length }),
  }));
  assert.deepEqual(rig.init(), ["n0 → c0 init_ok 1", "n0 → c0 topology_ok 2"]);
  assert.deepEqual(told, ["n1", "n2"]);
});

test("a value is kept, delivered and read once, and none is refused", () => {
  const kept: boolean[] = [];
  const rig = rigOf((node) => ({
    broadcast({ body: { message } }) {
      kept.push(node.keep(message));
      return {};
    },
    read: () => ({ messages: node.values }),
  }));
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
  const deep = JSON.parse("[".repeat(10_000) + "]".repeat(10_000));
  const refused = [undefined, deep].map((message) =>
    rig.ask("c1", { type: "broadcast", message, msg_id: 1 })
  );
  assert.deepEqual(refused, [["n0 → c1 error 1: there is no value"], [
    "n0 → c1 error 1: the value is nested too deeply",
  ]]);
});

test("what is malformed or unknown is refused, and an answer is never answered", () => {
  const rig = rigOf(() => ({}));
  rig.init();
  const bodies: Body[] = [{ type: "dance" }, { type: "toString" }, {
    type: "topology",
    topology: { n0: 1 },
  }];
  const refused = bodies.flatMap((body, i) => rig.ask("c0", { ...body, msg_id: i + 1 }));
  assert.deepEqual(refused.map((line) => line.slice(0, 18)), [
    ...["n0 → c0 error 1: u", "n0 → c0 error 2: u", "n0 → c0 error 3: t"],
  ]);
  assert.deepEqual(rig.ask("n1", { type: "dance_ok", in_reply_to: 0 }), []);
  assert.deepEqual(rig.ask("n1", { type: "error", in_reply_to: 5 }), []);
});

test("a handler may refuse, or answer later; whatever else it throws is a bug of its own", () => {
  const waiting: Request[] = [];
  const rig = rigOf(() => ({
    refuse() {
      throw new MaelstromError(20, "no such key");
    },
    later: (request) => void waiting.push(request),
    break() {
      throw new RangeError("a bug");
    },
    answer({ body: { type } }) {
      for (const { answer } of waiting) answer({ type: "at_last", message: type });
      return { type: "answered" };
    },
  }));
  rig.init();
  assert.deepEqual(rig.ask("c1", { type: "refuse", msg_id: 1 }), ["n0 → c1 error 1: no such key"]);
  assert.deepEqual(rig.ask("c1", { type: "later", msg_id: 2 }), []);
  assert.deepEqual(rig.ask("c2", { type: "answer" }), [
    'n0 → c1 at_last 2 "answer"',
    "n0 → c2 answered 0",
  ]);
  assert.throws(() => rig.ask("c1", { type: "break" }), /a bug/);
});

test("a question is open until it is answered, by no error, and may be asked again", () => {
  const rig = rigOf(() => ({}));
  rig.init();
  const [first, second] = [1, 2].map((value) => rig.node.ask("n1", { type: "echo", echo: value }));
  const states = () => [first?.isOpen, second?.isOpen];
  rig.ask("n1", { type: "error", in_reply_to: 1 });
  rig.ask("n1", { type: "echo_ok", in_reply_to: 9 });
  assert.deepEqual(states(), [true, true]);
  rig.ask("n1", { type: "echo_ok", in_reply_to: 2 });
  assert.deepEqual(states(), [true, false]);
  first?.giveUp();
  assert.deepEqual(states(), [false, false]);
});

test("a question is asked again until it is answered, once, and its answer is handed over once", () => {
  const answers: Message[] = [];
  const rig = rigOf((node) => ({
    start() {
      const take = (answer: Message) => void answers.push(answer);
      node.ask("n1", { type: "get" }, { retryMs: 500, onAnswer: take });
      node.ask("n2", { type: "get" }, { retryMs: 400, onError: take });
      return undefined;
    },
  }));
  rig.init();
  assert.deepEqual(rig.ask("c1", { type: "start" }), ["n0 → n1 get #1", "n0 → n2 get #2"]);
  rig.ask("n1", { type: "error", in_reply_to: 1, code: 11 });
  rig.ask("n2", { type: "error", in_reply_to: 2, code: 20 });
  assert.deepEqual(rig.until(1_000), ["500 n0 → n1 get #1", "1000 n0 → n1 get #1"]);
  for (const echo of [1, 2]) rig.ask("n1", { type: "get_ok", in_reply_to: 1, echo });
  assert.deepEqual(answers.map(({ type, echo, code }) => [type, echo ?? code]), [["error", 20], [
    "get_ok",
    1,
  ]]);
  assert.deepEqual(rig.until(10_000), []);
  assert.equal(rig.node.deadline, Infinity);
});

test("whoever gets a message shares nothing with the one who sent it", () => {
  const list: Json[] = [1];
  const node = new HandlerNode({ random }, (node) => ({
    tell() {
      node.send("n1", { type: "list", list });
      list.push(2);
      return undefined;
    },
  }));
  node.step({
    kind: "receive",
    envelope: { src: "c", dest: "n0", body: { type: "init", node_id: "n0", node_ids: ["n0"] } },
  }, 0);
  const effects = node.step(
    { kind: "receive", envelope: { src: "c", dest: "n0", body: { type: "tell" } } },
    0,
  );
  assert.deepEqual(effects.map((effect) => effect.kind === "send" && effect.envelope.body["list"]), [[1]]);
});

test("timers run in order, late ones too, and what they set anew waits for its own moment", () => {
  const rig = rigOf(() => ({}));
  const { node } = rig;
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
