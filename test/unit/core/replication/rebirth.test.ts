/** A node whose log or clock went back meets what others remember of it: it begins a later life, and says so. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { INCARNATION_LEAP_MAX, incarnationAfter, isOriginOf } from "../../../../lib/core/incarnation.ts";
import type { Body, Json } from "../../../../lib/core/message.ts";
import { type Mechanism, Node } from "../../../../lib/core/node.ts";
import { type Random, seeded } from "../../../../lib/core/random.ts";
import { VERSION_MAX } from "../../../../lib/core/incarnation.ts";
import { stepped } from "../stepped.ts";
import { type Entry, keeping, type Told } from "../../../shared/entries.ts";

const LEAST: Random = { next: () => 0 };

interface Sent {
  readonly to: string;
  readonly body: Body;
}

/** n0, in its 5th life unless told otherwise, with what earlier ones made safe. */
function start(
  entries?: readonly Entry[],
  more: { incarnation?: number; without?: readonly Mechanism[] } = {},
): Node {
  const node = new Node({
    random: LEAST,
    incarnation: 5,
    ...entries && { entries: keeping(entries), durable: true },
    ...more,
  });
  ask(node, { type: "init", node_id: "n0", node_ids: ["n0", "n1", "n2"] });
  return node;
}

function ask(node: Node, body: Body, src = "c1", now = 0): Told[] {
  return stepped(node, { kind: "receive", envelope: { src, dest: "n0", body } }, now);
}

/** What n1 says in its 9th life. */
function word(body: Readonly<Record<string, unknown>>, n = 1): Body {
  return { type: "ack", incarnation: 9, seq: n, digest: [], ...body };
}

function sent(effects: readonly Told[]): Sent[] {
  return effects.flatMap((effect) =>
    effect.kind === "send" ? { to: effect.envelope.dest, body: effect.envelope.body } : []
  );
}

function notices(effects: readonly Told[]): string[] {
  return effects.flatMap((effect) => effect.kind === "notice" ? effect.text : []);
}

function entered(effects: readonly Told[]): (readonly [origin: string, seq: number, value: Json])[] {
  return effects.flatMap((effect) =>
    effect.kind === "persist" && effect.own
      ? effect.entries.map(({ origin, seq, value }) => [origin, seq, value] as const)
      : []
  );
}

test("incarnationAfter() is above the life before it, by no more than INCARNATION_LEAP_MAX, or there is none [B3]", () => {
  equal(incarnationAfter(7, LEAST), 8);
  equal(incarnationAfter(7, { next: () => 1 - 1e-9 }), 7 + INCARNATION_LEAP_MAX);
  equal(incarnationAfter(VERSION_MAX, seeded(1)), undefined);
});

test("isOriginOf() tells a node's origins from those of one whose id begins alike [B4]", () => {
  deepEqual(["n1.k3", "n1.x.k3", "n10.k3", "n1"].map((origin) => isOriginOf("n1", origin)), [
    true,
    false,
    false,
    false,
  ]);
});

test("values of a later incarnation are numbered above those that are held of the same [B5]", () => {
  const node = start();
  const origin = `n0.${(71).toString(36)}`;
  ask(node, word({ type: "delta", runs: [[origin, 2, ["of another incarnation"]]] }), "n1", 1);
  ask(node, word({ ack: [70, 3, 0] }, 2), "n1", 2);
  deepEqual(entered(ask(node, { type: "broadcast", message: "new" }, "c1", 3)), [[origin, 3, "new"]]);
});

test("what entered twice under one number enters again without what is missing between [B6]", () => {
  const node = start([{ origin: "n0.5", seq: 1, value: "a" }, { origin: "n0.5", seq: 3, value: "c" }]);
  const effects = ask(node, word({ digest: [["n0.5", [1, 9]]] }), "n1", 1);
  deepEqual(entered(effects).map(([, , value]) => value), ["a", "c"]);
});

test("Node that others remember in a later life begins one above it, tells its neighbours, and says so [B5]", () => {
  const node = start();
  ask(node, { type: "broadcast", message: "before" });
  const effects = ask(node, word({ ack: [70, 3, 0] }), "n1", 1);
  match(notices(effects).join(), /^n1 remembers a later life of this node, .* this is life 71 from now on$/);
  const said = sent(effects);
  deepEqual(said.map(({ to, body }) => [to, body["incarnation"], body["poll"], body["runs"]]), [
    ["n1", 71, true, [["n0.5", 1, ["before"]]]],
    ["n2", 71, true, [["n0.5", 1, ["before"]]]],
  ]);
  deepEqual(entered(ask(node, { type: "broadcast", message: "after" })), [["n0.1z", 1, "after"]]);
  deepEqual(notices(ask(node, word({ ack: [70, 3, 0] }, 2), "n1", 2)), [], "once");
});

test("Node that others remember in a later life goes on as it is where rebirth is switched off", () => {
  const node = start(undefined, { without: ["rebirth"] });
  const effects = ask(node, word({ ack: [70, 3, 0] }), "n1", 1);
  deepEqual([notices(effects), sent(effects)], [[], []]);
  deepEqual(entered(ask(node, { type: "broadcast", message: "after" })), [["n0.5", 1, "after"]]);
});

test("Node that has a twin of its own number enters its values again, under an origin that is its own [B5] [B6]", () => {
  for (const said of [{ ack: [5, 40, 0] }, { digest: [["n0.5", [1, 2]]] }]) {
    const node = start();
    ask(node, { type: "broadcast", message: "mine" });
    const effects = ask(node, word(said), "n1", 1);
    match(notices(effects).join(), /another life of this node with the same number/);
    deepEqual(entered(effects), [["n0.6", 1, "mine"]]);
  }
});

test("Node takes its own past from others as it does what is anybody's, and says that it went back [B7]", () => {
  const node = start([{ origin: "n0.1", seq: 1, value: "a" }]);
  const effects = ask(
    node,
    word({ type: "delta", digest: [["n0.1", [1, 3]]], runs: [["n0.1", 2, ["b", "c"]]] }),
    "n1",
    1,
  );
  match(
    notices(effects).join(),
    /^the log of this node went back in time: n1 holds 2 entries that this node was told and lacks; /,
  );
  deepEqual(sent(ask(node, { type: "read", msg_id: 1 }))[0]?.body["messages"], ["a", "b", "c"]);
  deepEqual(notices(ask(node, word({ digest: [["n0.1", [1, 9]]] }, 2), "n1", 2)), [], "once");
});

test("Node in memory says nothing of a past that it cannot have kept [B7]", () => {
  deepEqual(notices(ask(start(), word({ digest: [["n0.1", [1, 3]]] }), "n1", 1)), []);
});

test("Node tells a ghost that asks of the life that it knows, and people once for each [B2]", () => {
  const node = start();
  ask(node, word({ incarnation: 30, seq: 4 }), "n1", 1);
  const ghost = ask(node, word({ poll: true }), "n1", 2);
  deepEqual(notices(ghost), ["n1 speaks in life 9, and 30 is known: it is told, and not heard"]);
  deepEqual(sent(ghost).map(({ to, body }) => [to, body["ack"]]), [["n1", [30, 4, 1]]]);
  const again = ask(node, word({ poll: true }, 2), "n1", 3);
  deepEqual([notices(again), sent(again).length], [[], 1]);
  const late = ask(node, word({}, 3), "n1", 4);
  deepEqual([notices(late), sent(late)], [[], []], "what asks for nothing was on its way for long");
});

test("Node that meets another value under a number that it holds enters both, and says so [B8]", () => {
  const node = start();
  const delta = (n: number, values: readonly Json[]) =>
    ask(node, word({ type: "delta", runs: [["n2.7", 1, values]] }, n), "n1", n);
  delta(1, ["a", { k: [1], l: 2 }, "c"]);
  const same = delta(2, ["a", { l: 2, k: [1] }, "c"]);
  deepEqual([entered(same), notices(same)], [[], []]);
  const other = delta(3, ["a", { k: [1], l: 3 }, "c", "d"]);
  deepEqual(notices(other), ["two values are entry 2 of n2.7: both are kept"]);
  deepEqual(entered(other), [["n0.5", 1, { k: [1], l: 3 }], ["n0.5", 2, { k: [1], l: 2 }]]);
  deepEqual(entered(delta(4, ["a", { k: [1], l: 3 }])), [], "once");
  const read = sent(ask(node, { type: "read", msg_id: 1 }))[0]?.body["messages"];
  deepEqual(read, ["a", { k: [1], l: 2 }, "c", "d", { k: [1], l: 3 }]);
});

test("Node that meets another value in a hint, or after a gap, enters both, too [B8]", () => {
  const node = start();
  ask(node, { type: "push", runs: [["n2.7", 3, ["c"]]] }, "n1");
  const effects = ask(node, { type: "push", runs: [["n2.7", 3, ["C"]]] }, "n1");
  deepEqual(entered(effects), [["n0.5", 1, "C"], ["n0.5", 2, "c"]]);
});
