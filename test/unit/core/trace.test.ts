/** What a node says of its decisions if it is asked to; nothing else is different for it [N13]. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import type { Body } from "../../../lib/core/message.ts";
import { type Event, Node } from "../../../lib/core/node.ts";
import { seeded } from "../../../lib/core/random.ts";
import type { TraceEvent } from "../../../lib/core/trace.ts";
import type { Told } from "../../shared/entries.ts";
import { stepped } from "./stepped.ts";

const END_MS = 600;

type Happened = readonly [at: number, effects: readonly Told[]];

const told = (id: string, body: Body, src = "c1"): Event => ({
  kind: "receive",
  envelope: { src, dest: id, body },
});

/** One of n0, n1 and n2 is told a value after it has heard a peer, and then hears nothing more. */
function lonely(id: string, peer: string, trace: boolean): Happened[] {
  const node = new Node({ random: seeded(1), incarnation: 1, trace });
  const all: Happened[] = [];
  const step = (event: Event, at: number) => all.push([at, stepped(node, event, at)]);
  step(told(id, { type: "init", msg_id: 1, node_id: id, node_ids: ["n0", "n1", "n2"] }), 0);
  const digest = [["n2.1", [1, 1]]];
  // The relay is asked at once, the others only later.
  const ack = id === "n0" ? {} : { ack: [1, 1, 0] };
  step(told(id, { type: "ack", incarnation: 1, seq: 1, digest, window: 400, ...ack }, peer), 100);
  step(told(id, { type: "broadcast", message: "v" }), 110);
  while (node.deadline < END_MS) step({ kind: "wake" }, Math.max(110, node.deadline));
  return all;
}

function said(happened: readonly Happened[]): string[] {
  return happened.flatMap(([at, effects]) =>
    effects.flatMap((effect) => effect.kind === "trace" ? `${Math.round(at)} ${textOf(effect.event)}` : [])
  );
}

function textOf(event: TraceEvent): string {
  if (event.kind === "tree") return `tree ${event.relay ?? "-"} ${event.neighbours}`.trimEnd();
  if (event.kind === "miss") return `miss ${event.peer} ${event.misses}`;
  if (event.kind === "send") return `send ${event.reason} ${event.peer} ${event.runs.join(" ")}`.trimEnd();
  return event.kind === "wait"
    ? `wait ${event.reason} ${event.peer ?? "all"} ${Math.round(event.ms ?? NaN)}`
    : `${event.kind} ${event.peer}`;
}

test("Node says for whom a value waits and why, what leaves, and who is missed and suspected [N13]", () => {
  deepEqual(said(lonely("n1", "n0", true)), [
    "0 tree n0 n0",
    "0 send news n0",
    "100 hear n0",
    "100 wait pull n0 20",
    "110 wait company n0 45",
    "120 send pull n0 n1.1,1,1",
    "280 miss n0 1",
    "280 send retry n0 n1.1,1,1",
    "448 miss n0 2",
    "448 suspect n0",
    "448 tree -",
    "448 wait probe all 310",
    "448 send probe n2 n1.1,1,1",
  ]);
});

test("A relay says that it gathers, and for how long [N13]", () => {
  deepEqual(said(lonely("n0", "n1", true)).slice(0, 6), [
    "0 tree - n1,n2",
    "100 hear n1",
    "100 wait pull n1 20",
    "110 wait window all 0",
    "110 send flush n1 n0.1,1,1",
    "110 send flush n2 n0.1,1,1",
  ]);
});

test("Node says nothing of its decisions unless it is asked to, and they are the same [N13]", () => {
  for (const [id, peer] of [["n0", "n1"], ["n1", "n0"]] as const) {
    const plain = lonely(id, peer, false);
    deepEqual(said(plain), []);
    const traced = lonely(id, peer, true);
    deepEqual(traced.map(([at, effects]) => [at, effects.filter(({ kind }) => kind !== "trace")]), plain);
  }
});
