/** What can be seen of a session: each message once, whatever becomes of it, and who holds what. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Body, Envelope } from "../../../../lib/core/message.ts";
import { Picture, TRAIL_MAX } from "../../../../lib/workbench/session/picture.ts";
import type { Op } from "../../../../lib/workbench/verdict/history.ts";

const broadcast: Body = { type: "broadcast", message: "A" };

function envelope(body: Body = broadcast, src = "n0", dest = "n1"): Envelope {
  return { src, dest, body };
}

function begun(): Picture {
  const picture = new Picture(["n0", "n1", "n2"]);
  picture.began(1_000);
  return picture;
}

test("a message is under way until it has ended, and a copy is none that a node sent", () => {
  const picture = begun();
  const sent = envelope();
  picture.left({ envelope: sent, sentAt: 1_010, dueAt: 1_030 });
  picture.left({ envelope: sent, sentAt: 1_010, dueAt: 1_020, copy: true });
  assert.equal(picture.underWay.size, 2);
  assert.equal(picture.ledger.messages, 1);
  picture.passed({ envelope: sent, sentAt: 1_010, endedAt: 1_020 });
  assert.deepEqual([...picture.underWay].map(({ dueAt }) => dueAt), [30]);
  picture.passed({ envelope: sent, sentAt: 1_010, endedAt: 1_040, dropped: "partition" });
  assert.equal(picture.underWay.size, 0);
  assert.equal(picture.ledger.lost, 1);
  assert.deepEqual(picture.trail.map(({ endedAt, dropped }) => [endedAt, dropped]), [[40, "partition"], [
    20,
    undefined,
  ]]);
});

test("a message that chance loses as it leaves is seen, too; those of clients are not", () => {
  const picture = begun();
  picture.passed({ envelope: envelope(), sentAt: 1_005, endedAt: 1_005, dropped: "loss" });
  picture.left({ envelope: envelope(broadcast, "c1"), sentAt: 1_006, dueAt: 1_006 });
  picture.passed({ envelope: envelope(broadcast, "c1"), sentAt: 1_006, endedAt: 1_006 });
  const [lost, ...others] = picture.trail;
  assert.deepEqual([lost?.sentAt, lost?.endedAt, lost?.dropped, others.length], [5, 5, "loss", 0]);
  assert.equal(picture.ledger.messages, 1);
});

test("kinds of messages are told by what they bring and ask", () => {
  const picture = begun();
  const bodies: readonly Body[] = [
    broadcast,
    { type: "broadcast_ok" },
    { type: "probe", incarnation: 1, seq: 1, digest: [] },
    { type: "ack", incarnation: 1, seq: 1, digest: [] },
    { type: "delta", incarnation: 1, seq: 1, digest: [], runs: [["n0", 1, ["B", 7]]] },
  ];
  for (const body of bodies) picture.left({ envelope: envelope(body), sentAt: 1_000, dueAt: 1_001 });
  assert.deepEqual(picture.trail.map(({ kind }) => kind), ["value", "answer", "probe", "answer", "value"]);
  assert.deepEqual(picture.trail.map(({ values }) => values), [["A"], [], [], [], ["B", 7]]);
});

test("what is over is forgotten beyond TRAIL_MAX, what is under way is not", () => {
  const picture = begun();
  for (let i = 0; i < 2 * TRAIL_MAX + 1; i++) {
    picture.left({ envelope: envelope(), sentAt: 1_000 + i, dueAt: 1_100 + i });
    picture.holds("n1", ["x"], 1_000 + i);
  }
  assert.equal(picture.trail.length, TRAIL_MAX);
  assert.equal(picture.trail.at(-1)?.sentAt, 2 * TRAIL_MAX);
  assert.equal(picture.arrivals.length, TRAIL_MAX);
  assert.equal(picture.underWay.size, 2 * TRAIL_MAX + 1);
});

test("a node that is out has an outage until it is up again", () => {
  const picture = begun();
  picture.became("n1", "paused", 1_010);
  picture.became("n1", "down", 1_020);
  picture.became("n1", "up", 1_050);
  picture.became("n2", "down", 1_060);
  assert.deepEqual(picture.outages, [
    { node: 1, state: "paused", from: 10, to: 20 },
    { node: 1, state: "down", from: 20, to: 50 },
    { node: 2, state: "down", from: 60, to: Infinity },
  ]);
  assert.deepEqual(picture.states.slice(1), ["up", "down"]);
});

test("values are missing until every node holds them, and again when one forgets them", () => {
  const picture = begun();
  const { ledger } = picture;
  const op = (type: Op["type"], value: string, time: number): Op => ({
    ...{ index: 0, time, process: 0, thread: 0, node: "n0" },
    ...{ f: "broadcast", type, value, final: false },
  });
  for (const value of ["A", "B"]) picture.operation(op("invoke", value, 5), op("invoke", value, 5));
  picture.operation(op("fail", "B", 6), op("invoke", "B", 5));
  assert.deepEqual([ledger.operations, ledger.values.length, ledger.missing], [2, 1, 1]);
  for (const [i, node] of ["n0", "n1", "n2"].entries()) picture.holds(node, ["A", "other"], 1_010 + i);
  assert.deepEqual([ledger.missing, ledger.lateness], [0, { last: 7, median: 7, max: 7 }]);
  picture.loses("n1", "all");
  picture.loses("n2", ["A"]);
  assert.equal(ledger.missing, 1);
  picture.holds("n1", ["A"], 1_100);
  picture.holds("n2", ["A", "A"], 1_200);
  assert.deepEqual([ledger.missing, ledger.lateness?.last], [0, 7], "it was everywhere before");
});
