/** Nodes that keep what they are told to: what is gone stays gone, and who lacks it hears so. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { assert } from "../../../../lib/core/assert.ts";
import { Log } from "../../../../lib/core/log/log.ts";
import { allBut } from "../../../../lib/core/mechanisms.ts";
import type { Exchange } from "../../../../lib/core/message.ts";
import { BLOCK_BYTES_MAX } from "../../../../lib/core/log/entry_store.ts";
import { BLOCK_SHARE_MIN, BLOCKS_PER_STEP_MAX } from "../../../../lib/core/retention/expiring.ts";
import { Node } from "../../../../lib/core/node.ts";
import { Peers } from "../../../../lib/core/replication/peers.ts";
import type { Progress } from "../../../../lib/core/replication/progress.ts";
import {
  Inquiry,
  INQUIRY_AGAIN_MS,
  INQUIRY_MEMBERS_MAX,
  INQUIRY_MS,
  INQUIRY_TURN_MS,
  LOST_MAX,
} from "../../../../lib/core/retention/inquiry.ts";
import { RETIRE_MS } from "../../../../lib/core/retention/retirement.ts";
import { Members } from "../../../../lib/core/topology/members.ts";
import { seeded } from "../../../../lib/core/random.ts";
import type { Rule } from "../../../../lib/core/retention/rules.ts";
import { KeepingCluster } from "../../../sim/retention/kept.ts";

const SECONDS: readonly Rule[] = [{ pattern: "*", ageMs: 10_000 }];
const FOREVER: readonly Rule[] = [];

test("[G3] nothing that is gone comes back from a node that was away for longer, or that keeps more", () => {
  const nodes = new KeepingCluster({ n0: SECONDS, n1: FOREVER, n2: SECONDS });
  const { cluster } = nodes;
  cluster.run(1_000);
  nodes.tell("n0", "a", 1);
  cluster.run(5_000);
  cluster.kill("n2");
  cluster.run(20_000);
  cluster.start("n2", false);
  cluster.run(60_000);
  nodes.tell("n0", "b");
  cluster.run(5_000);
  deepEqual([nodes.read("n0"), nodes.read("n1"), nodes.read("n2")], [["b"], ["a", 1, "b"], ["b"]]);
});

test("[G5] a node that lacks what is gone everywhere hears so once, and then nothing is lacking", () => {
  const nodes = new KeepingCluster({ n0: SECONDS, n1: SECONDS, n2: SECONDS });
  const { cluster } = nodes;
  cluster.run(1_000);
  cluster.kill("n2");
  nodes.tell("n1", "a", 1);
  cluster.run(60_000);
  cluster.start("n2", true);
  cluster.run(30_000);
  for (const id of ["n0", "n1", "n2"]) {
    deepEqual(nodes.read(id), []);
    const { entries, peers } = cluster.status(id);
    equal(entries, 2);
    for (const { lag, ahead, neighbour } of peers) if (neighbour) deepEqual([id, lag, ahead], [id, 0, 0]);
  }
  const before = nodes.messages;
  cluster.run(600_000);
  equal(nodes.messages, before, "and nothing is said of it any more");
});

test("[G6] while a member is waited for that may keep what is lacking, next to nothing is said", () => {
  const nodes = new KeepingCluster({ n0: SECONDS, n1: SECONDS, n2: SECONDS, n3: FOREVER });
  const { cluster } = nodes;
  cluster.run(1_000);
  cluster.kill("n2");
  cluster.kill("n3");
  nodes.tell("n1", "a", 1);
  cluster.run(60_000);
  cluster.start("n2", true);
  cluster.run(5_000);
  equal(cluster.status("n2").entries, 0, "it waits for n3");
  const before = nodes.between("n2", "n0") + nodes.between("n0", "n2");
  cluster.run(INQUIRY_MS - 10_000);
  ok(nodes.between("n2", "n0") + nodes.between("n0", "n2") - before <= 4);
  equal(cluster.status("n2").entries, 0);
  cluster.run(20_000);
  equal(cluster.status("n2").entries, 2, "and gives it up");
});

test("[G5] in many nodes some are asked after others, and those that do not answer once more", () => {
  const peers = new Peers("n0", Members.including(Array.from({ length: 12 }, (_, i) => `n${i}`), "n0"));
  const asked: string[] = [];
  const ask = (peer: Progress) => void asked.push(peer.id);
  const inquiry = new Inquiry({ log: new Log(), peers, on: allBut([]), ask });
  const [first, second] = [peers.getOrCreate("n1"), peers.getOrCreate("n2")];
  assert(first !== undefined && second !== undefined, "they are members");
  inquiry.told(
    first,
    [{ origin: "a", seq: 1, count: 5 }, { origin: "n0.1", seq: 1, count: 9 }],
    "n0.1",
    1_000,
  );
  equal(inquiry.deadline, 1_000);
  deepEqual(inquiry.wake(1_000), []);
  equal(asked.length, INQUIRY_MEMBERS_MAX);
  inquiry.wake(1_000 + INQUIRY_TURN_MS);
  equal(asked.length, INQUIRY_MEMBERS_MAX, "no more at once");
  inquiry.heard(first, answerTo(1), 7, 1_300);
  inquiry.wake(1_300);
  equal(asked.length, INQUIRY_MEMBERS_MAX + 1, "as one has answered");
  inquiry.wake(1_000 + INQUIRY_AGAIN_MS);
  deepEqual([asked.filter((id) => id === "n1").length, asked.filter((id) => id === "n2").length], [1, 2]);
  equal(new Set(asked).size, 11, "and those that were not asked yet go first");
  second.holdings.add("a", [2, 2]);
  const late = 1_000 + INQUIRY_AGAIN_MS + INQUIRY_MS;
  deepEqual(inquiry.wake(late - 1), []);
  deepEqual(inquiry.wake(late + INQUIRY_TURN_MS).map(({ seq, count }) => [seq, count]), [[1, 1], [3, 3]]);
  deepEqual(inquiry.wake(late + 2 * INQUIRY_TURN_MS), [], "said once");
  equal(inquiry.deadline < Infinity, true, "n2 has one of them, and will hand it over");
  second.holdings.addGone("a", 2, 2);
  deepEqual(inquiry.wake(late + 3 * INQUIRY_TURN_MS), [{ origin: "a", seq: 2, count: 1 }]);
  equal(inquiry.deadline, Infinity);
  inquiry.heard(second, answerTo(1), 7, late + 4 * INQUIRY_TURN_MS);
  equal(inquiry.deadline, Infinity, "who answers when it is over changes nothing");
});

test("[G5] gaps that add up to more than whole numbers can say are no more than LOST_MAX entries here", () => {
  const log = new Log();
  const peers = new Peers("n0", new Members(["n0", "n1"]), allBut([]));
  const inquiry = new Inquiry({ log, peers, on: allBut(["inquiry"]), ask: () => {} });
  const peer = peers.getOrCreate("n1");
  assert(peer !== undefined, "it is a member");
  const gaps = [1, LOST_MAX, LOST_MAX - 1].map((count, i) => ({ origin: `a${i}`, seq: 1, count }));
  inquiry.told(peer, gaps, "n0.1", 0);
  deepEqual(inquiry.wake(0), [gaps[0], gaps[2]]);
  equal(log.revision, LOST_MAX);
  equal(inquiry.deadline, Infinity, "the other one is asked for no more");
});

/** A message that acknowledges the one of this number. */
function answerTo(seq: number): Exchange {
  return { type: "ack", incarnation: 1, seq: 1, ack: [7, seq, 0], digest: [] };
}

/** A node, to which clients have told these in one turn, and what is gone after one step at a moment. */
function expiring(bodies: readonly { readonly type: string }[]) {
  const node = new Node({ random: seeded(1), incarnation: 1, retain: SECONDS });
  const ask = (body: { type: string }) =>
    node.step({ kind: "receive", envelope: { src: "c", dest: "n0", body: { ...body, msg_id: 1 } } }, 0);
  ask({ type: "init", ...{ node_id: "n0", node_ids: ["n0"] } });
  for (const body of bodies) ask(body);
  node.step({ kind: "wake" }, 0);
  const gone = (now: number) =>
    node.step({ kind: "wake" }, now).flatMap((effect) => effect.kind === "persist" ? effect.gaps ?? [] : []);
  return { node, gone };
}

const broadcast = (message: unknown, topic = "") => ({ type: "broadcast", message, topic });

test("a step lets so many blocks go, and the node wants to be woken again at once", () => {
  const blocks = BLOCKS_PER_STEP_MAX + 1;
  const { node, gone } = expiring(Array.from({ length: blocks * 1_024 }, (_, i) => broadcast(i)));
  deepEqual(gone(9_999), []);
  equal(gone(10_000).length, BLOCKS_PER_STEP_MAX);
  equal(node.deadline <= 10_000, true);
  equal(gone(10_000).length, 1);
  equal(node.deadline, 10_000 + RETIRE_MS, "then it looks whether a life of which nothing is left has ended");
  deepEqual(gone(10_000 + RETIRE_MS), []);
  equal(node.deadline, Infinity);
});

test("of little blocks more go in one step, as many as take no longer, and no more of long values", () => {
  const most = BLOCKS_PER_STEP_MAX / BLOCK_SHARE_MIN;
  const inTurns = Array.from({ length: most + 1 }, (_, i) => broadcast(i, i % 2 === 0 ? "even" : "odd"));
  const little = expiring(inTurns);
  deepEqual([little.gone(10_000).length, little.gone(10_000).length], [most, 1]);
  const long = Array.from(
    { length: BLOCKS_PER_STEP_MAX + 1 },
    (_, i) => broadcast(`${i}`.padEnd(BLOCK_BYTES_MAX)),
  );
  equal(expiring(long).gone(10_000).length, BLOCKS_PER_STEP_MAX);
});
