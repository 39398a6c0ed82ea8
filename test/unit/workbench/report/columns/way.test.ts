/** Which node had a value from whom: by the messages of our protocol, or inferred from messages of any other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LISTED_MAX } from "../../../../../lib/workbench/report/columns/brought.ts";
import { brings, Story } from "./story.ts";

const nodes = ["n0", "n1", "n2"];

test("each node has a value from the first message that arrived with it; what was lost brought nothing", () => {
  const story = new Story().tells("n0", "x", 10)
    .sends("n0", "n2", [11, 11], brings("x"), "loss")
    .sends("n0", "n1", [11, 31], brings("x"))
    .sends("n1", "n2", [31, 51], brings("x"))
    .sends("n0", "n2", [35, 45], brings("x"));
  for (const [node, at] of [["n0", 10], ["n1", 31], ["n2", 45]] as const) {
    story.recorder.holds(node, ["x"], at);
  }
  const { steps, never } = story.told(nodes).way(0);
  assert.deepEqual(steps, [
    { node: 0, at: 10, how: "told", inferred: false },
    { node: 1, at: 31, how: "message", message: 1, inferred: false },
    { node: 2, at: 45, how: "message", message: 3, inferred: false },
  ]);
  assert.deepEqual(never, []);
});

test("a node that never had a value is named, and one that lost it, too", () => {
  const story = new Story().tells("n0", "x", 10).sends("n0", "n1", [11, 31], brings("x"));
  story.recorder.holds("n1", ["x"], 31);
  story.recorder.loses("n1", "all", 40);
  const { steps, never } = story.told(nodes).way(0);
  assert.deepEqual(steps[1], {
    ...{ node: 1, at: 31, how: "message", message: 0, inferred: false },
    ...{ lostAt: 40, hasAgain: false },
  });
  assert.deepEqual(never, [2]);
});

test("where nobody knows the protocol, a way is inferred from numbers that its sender could know", () => {
  const story = new Story().tells("n0", 7, 10).tells("n2", 8, 10)
    .sends("n0", "n1", [11, 31], { type: "gossip", msg_id: 8, seen: { all: [7, 99] } })
    .sends("n1", "n2", [12, 20], { type: "gossip", seen: { all: [7] } })
    .sends("n1", "n2", [32, 52], { type: "gossip", seen: { all: [7] } });
  const { columns, messages, way } = story.told(nodes);
  assert.deepEqual(columns.inferred, [true]);
  assert.deepEqual([0, 1, 2].map((message) => [...messages.valuesOf(message)]), [[0], [], [0]]);
  assert.deepEqual(way(0).steps.map(({ node, at, how, inferred }) => [node, at, how, inferred]), [
    [0, 10, "told", false],
    [1, 31, "message", true],
    [2, 52, "message", true],
  ]);
});

test("what only a read tells came unseen", () => {
  const story = new Story().tells("n0", 7, 10);
  story.recorder.shows("n1", [7], 60);
  assert.deepEqual(story.told(nodes).way(0).steps.at(-1), {
    node: 1,
    at: 60,
    how: "unseen",
    inferred: false,
  });
});

test("of a message that says everything again only LISTED_MAX values are listed, what was new among them", () => {
  const story = new Story();
  const values = Array.from({ length: LISTED_MAX + 20 }, (_, i) => `v${i}`);
  for (const value of values) story.tells("n0", value, 10);
  const old = values.slice(0, -3);
  story.sends("n0", "n1", [11, 31], brings(...old)).sends("n0", "n1", [40, 60], brings(...values));
  const { messages } = story.told(nodes);
  assert.equal(messages.valuesOf(0).length, old.length, "all of it was new");
  assert.deepEqual([messages.valuesOf(1).length, messages.brought[1]], [LISTED_MAX, values.length]);
  assert.deepEqual([...messages.valuesOf(1).subarray(0, 3)], [
    values.length - 3,
    values.length - 2,
    values.length - 1,
  ]);
});
