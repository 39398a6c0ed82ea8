/** The schemas of the wire: which bodies are what their type says, and what is said of those that are not. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { type Body, readPeerMessage } from "../../../lib/core/message.ts";
import { readRequest } from "../../../lib/core/requests.ts";

const gossip = {
  type: "delta",
  incarnation: 1,
  seq: 1,
  ack: [1, 2, 0.5],
  digest: [["n0.1", [1, 3]]],
  runs: [["n0.1", 2, [null, { a: [1] }]]],
  links: [["n1", 0, 4, ["n2"], []]],
  poll: true,
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

/** What is wrong with a body; nothing is with one that is taken as it is. */
function faultOf(body: Body): string | undefined {
  const message = readPeerMessage(body);
  if (message?.type === "malformed") return message.reason;
  deepEqual(JSON.parse(JSON.stringify(message)), body);
  return undefined;
}

test("readPeerMessage() takes an exchange with and without what is optional [W4]", () => {
  for (const type of ["delta", "ack", "probe"]) {
    const rest: Body[] = [{ ...gossip, type }, { ...gossip, type, later: "anything" }];
    for (const body of [{ type, incarnation: 0, seq: 1, digest: [] }, ...rest]) {
      equal(faultOf(body), undefined);
    }
  }
});

test("readPeerMessage() refuses each field out of its range, and names it [W4]", () => {
  const wrong = {
    incarnation: [-1, 0.5, 2 ** 53, "1", null],
    seq: [0, -1, 1.5, 2 ** 53],
    ack: [[], [1, 2], [1, 0, 0], [1, 1, -1], [1, 1, Infinity], [1, 1, 1, 1]],
    digest: [{}, [["", [1, 1]]], [["a", [1]]], [["a", [0, 1]]], [["a", [1, 2 ** 53]]], [["x".repeat(257), [
      1,
      1,
    ]]]],
    runs: [[["a", 0, [1]]], [["a", 1]], [["a", 1, {}]], [["", 1, [1]]]],
    links: [[["a", 1, 1, []]], [["a", -1, 1, [], []]], [["a", 1, 1, [1], []]], [["a", 1, 1, [""], []]]],
    poll: [1, "true", null],
    window: [-1, Infinity, "1"],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const body = { ...gossip, [field]: value };
      match(faultOf(body) ?? JSON.stringify(body), new RegExp(`^a peer message /${field}`));
    }
  }
  match(faultOf({ type: "ack" }) ?? "", /^a peer message must have required properties incarnation/);
});

test("readPeerMessage() takes a push of entries and of no other thing, and says what is wrong [W4]", () => {
  equal(faultOf({ type: "push", runs: gossip.runs, later: 1 }), undefined);
  for (const runs of [undefined, null, {}, [["n0.1", 0, []]], [["n0.1", 1]], [[1, 1, []]]]) {
    match(faultOf({ type: "push", runs }) ?? JSON.stringify(runs), /^a push \/runs/);
  }
  match(faultOf({ type: "push" }) ?? "", /^a push must have required properties runs/);
});

test("readPeerMessage() leaves what nodes do not say to each other to others [W4]", () => {
  for (const type of ["read", "deltas", "", "__proto__"]) {
    equal(readPeerMessage({ ...gossip, type }), undefined);
  }
});
