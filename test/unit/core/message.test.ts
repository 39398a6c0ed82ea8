/** The schemas of the wire: which bodies are what their type says, and what is said of those that are not. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import {
  gossipFault,
  hintFault,
  isGossip,
  isGossipType,
  isHint,
  readRequest,
} from "../../../lib/core/message.ts";

const gossip = {
  type: "delta",
  life: 1,
  n: 1,
  echo: [1, 2, 0.5],
  holds: [["n0.1", [1, 3]]],
  runs: [["n0.1", 2, [null, { a: [1] }]]],
  sights: [["n1", 0, 4, ["n2"], []]],
  want: true,
  window: 12.5,
};

test("readRequest() reads what each type demands and lets other fields through [W3]", () => {
  deepEqual(readRequest({ type: "read", later: 1 }), { type: "read" });
  deepEqual(readRequest({ type: "broadcast", message: null }), { type: "broadcast", message: null });
  deepEqual(readRequest({ type: "echo", echo: [1] }), { type: "echo", echo: [1] });
  deepEqual(readRequest({ type: "topology", topology: { n0: ["n1"], n1: [] } }), { type: "topology" });
  deepEqual(readRequest({ type: "init", node_id: "n0", node_ids: ["n0"] }), {
    type: "init",
    node_id: "n0",
    node_ids: ["n0"],
  });
});

test("readRequest() names the first thing that is wrong with a body [W3]", () => {
  const wrong = [
    [{ type: "broadcast" }, /^broadcast must have required properties message/],
    [{ type: "echo" }, /^echo must have required properties echo/],
    [{ type: "topology" }, /^topology must have required properties topology/],
    [{ type: "topology", topology: [] }, /^topology \/topology must be object/],
    [{ type: "topology", topology: { n0: "n1" } }, /^topology \/topology\/n0 must be array/],
    [{ type: "init", node_ids: ["n0"] }, /^init must have required properties node_id/],
    [{ type: "init", node_id: "n0", node_ids: [] }, /^init \/node_ids must not have fewer than 1/],
    [{ type: "init", node_id: "", node_ids: ["n0"] }, /^init \/node_id must not have fewer than 1/],
    [{ type: "init", node_id: "n0", node_ids: ["n0", 1] }, /^init \/node_ids\/1 must be string/],
  ] as const;
  for (const [body, reason] of wrong) {
    const request = readRequest(body);
    equal(request.type, "malformed");
    match(request.type === "malformed" ? request.reason : "", reason);
  }
});

test("readRequest() knows no other type, whatever it is called [W3]", () => {
  for (const type of ["", "reads", "read_ok", "__proto__", "constructor", "toString"]) {
    deepEqual(readRequest({ type }), { type: "unknown" });
  }
});

test("isGossip() takes gossip with and without what is optional [W4]", () => {
  equal(isGossip(gossip), true);
  equal(isGossip({ type: "ack", life: 0, n: 1, holds: [] }), true);
  equal(isGossip({ ...gossip, later: "anything" }), true);
});

test("isGossip() refuses each field out of its range, and gossipFault() names it [W4]", () => {
  const wrong = {
    life: [-1, 0.5, 2 ** 53, "1", null],
    n: [0, -1, 1.5, 2 ** 53],
    echo: [[], [1, 2], [1, 0, 0], [1, 1, -1], [1, 1, Infinity], [1, 1, 1, 1]],
    holds: [{}, [["", [1, 1]]], [["a", [1]]], [["a", [0, 1]]], [["a", [1, 2 ** 53]]], [["x".repeat(257), [
      1,
      1,
    ]]]],
    runs: [[["a", 0, [1]]], [["a", 1]], [["a", 1, {}]], [["", 1, [1]]]],
    sights: [[["a", 1, 1, []]], [["a", -1, 1, [], []]], [["a", 1, 1, [1], []]], [["a", 1, 1, [""], []]]],
    want: [1, "true", null],
    window: [-1, Infinity, "1"],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const body = { ...gossip, [field]: value };
      equal(isGossip(body), false, JSON.stringify(body));
      match(gossipFault(body), new RegExp(`^gossip /${field}`));
    }
  }
  equal(isGossip({ type: "ack" }), false);
  equal(isGossip(null), false);
});

test("isHint() takes entries and no other thing for them, and hintFault() says what is wrong [W4]", () => {
  equal(isHint({ type: "hint", runs: gossip.runs, later: 1 }), true);
  for (const runs of [undefined, null, {}, [["n0.1", 0, []]], [["n0.1", 1]], [[1, 1, []]]]) {
    equal(isHint({ type: "hint", runs }), false, JSON.stringify(runs));
  }
  match(hintFault({ type: "hint" }), /^a hint must have required properties runs/);
});

test("isGossipType() knows the four kinds of gossip [W4]", () => {
  const types = ["delta", "ack", "probe", "hint", "read", ""];
  deepEqual(types.map(isGossipType), [true, true, true, true, false, false]);
});
