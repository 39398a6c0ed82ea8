/** Nodes that keep what they are told to: what is gone stays gone, and who lacks it hears so. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { BLOCKS_PER_STEP_MAX, Node } from "../../../../lib/core/node.ts";
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

test("a step lets so many blocks go, and the node wants to be woken again at once", () => {
  const node = new Node({ random: seeded(1), incarnation: 1, retain: SECONDS });
  const ask = (body: { type: string }, now: number) =>
    node.step({ kind: "receive", envelope: { src: "c", dest: "n0", body: { ...body, msg_id: 1 } } }, now);
  ask({ type: "init", ...{ node_id: "n0", node_ids: ["n0"] } }, 0);
  const BLOCKS = BLOCKS_PER_STEP_MAX + 1;
  for (let i = 0; i < BLOCKS * 1_024; i++) ask({ type: "broadcast", ...{ message: i } }, 0);
  node.step({ kind: "wake" }, 0);
  const gone = (now: number) =>
    node.step({ kind: "wake" }, now).flatMap((effect) => effect.kind === "persist" ? effect.gaps ?? [] : []);
  deepEqual(gone(9_999), []);
  equal(gone(10_000).length, BLOCKS_PER_STEP_MAX);
  equal(node.deadline <= 10_000, true);
  equal(gone(10_000).length, 1);
  equal(node.deadline, Infinity);
});
