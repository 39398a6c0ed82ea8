/** A cluster whose nodes come up, are killed and are paused: who is down, who is excused, and who is accused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { INIT_TIMEOUT_MS } from "../../../lib/workbench/introduction.ts";
import { world } from "./faults/struck.ts";

test("Cluster: start() sends every node init, and topology once all have answered", () => {
  const { cluster, scheduler, notes } = world({ nodeCount: 2 });
  let unanswered: readonly string[] | undefined;
  cluster.start((who) => unanswered = who);
  scheduler.run();
  assert.deepEqual(unanswered, []);
  assert.deepEqual(notes, ["n0 start", "n1 start", "n0 init", "n1 init", "n0 topology", "n1 topology"]);
  assert.ok(cluster.isUp("n0"));
});

test("Cluster: a killed node is down until it has answered init and topology again", () => {
  const { cluster, scheduler, notes, forgot } = world({ nodeCount: 1 });
  cluster.start(() => {});
  scheduler.run();
  notes.length = 0;
  assert.deepEqual([cluster.kill("n0"), cluster.kill("n0"), cluster.isUp("n0")], [true, false, false]);
  assert.deepEqual([cluster.restart("n0"), cluster.restart("n0"), cluster.isUp("n0")], [true, false, false]);
  scheduler.run();
  assert.ok(cluster.isUp("n0"));
  assert.deepEqual(notes, ["n0 kill", "n0 start", "n0 init", "n0 topology"]);
  assert.deepEqual(forgot, ["n0"]);
});

test("Cluster: a restarted node that does not answer init within INIT_TIMEOUT_MS is accused", () => {
  const { cluster, scheduler, violations, state } = world({ nodeCount: 1 });
  cluster.start(() => {});
  scheduler.run();
  const before = scheduler.now();
  cluster.kill("n0");
  state.mute = true;
  cluster.restart("n0");
  scheduler.run(before + INIT_TIMEOUT_MS - 1);
  assert.equal(violations.count, 0);
  scheduler.run();
  assert.deepEqual(violations.kept.map(({ node, kind }) => [node, kind]), [["n0", "init-unanswered"]]);
  assert.equal(cluster.isUp("n0"), false);
});

test("Cluster: a node that is killed while it starts starts afresh and nobody is accused", () => {
  const { cluster, scheduler, violations, state } = world({ nodeCount: 1 });
  cluster.start(() => {});
  scheduler.run();
  cluster.kill("n0");
  state.mute = true;
  cluster.restart("n0");
  scheduler.run(scheduler.now() + 5);
  cluster.kill("n0");
  state.mute = false;
  cluster.restart("n0");
  scheduler.run();
  assert.deepEqual([cluster.isUp("n0"), violations.count], [true, 0]);
});

test("Cluster: a request is excused if its node was paused or down at any time since", () => {
  const { cluster, scheduler } = world({ nodeCount: 1 });
  cluster.start(() => {});
  scheduler.run(100);
  assert.equal(cluster.wasDisturbed("n0", 100), false);
  scheduler.run(200);
  cluster.pause("n0");
  assert.equal(cluster.wasDisturbed("n0", 201), true);
  cluster.resume("n0");
  assert.deepEqual([cluster.wasDisturbed("n0", 150), cluster.wasDisturbed("n0", 201)], [true, false]);
});
