/** Why a value was late: the way to its last node, and each stretch of it by what the nodes said and what was recorded. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { slowest, whyOf } from "../../../../../lib/workbench/report/why/why.ts";
import { Story, textOf, VALUE } from "./told.ts";

/** n1 is told it at 10, holds it back until 50, n0 gathers until 120, and the last has it at 140. */
function calm(): Story {
  return new Story().star()
    .told("n1", 10).holds("n1", 10)
    .says("n1", 10, { kind: "wait", reason: "company", peer: "n0", ms: 40 })
    .sent("n1", "n0", [50, 70]).holds("n0", 70)
    .says("n0", 70, { kind: "wait", reason: "window", ms: 50 })
    .sent("n0", "n2", [120, 140]).holds("n2", 140);
}

test("whyOf(): in a calm cluster a value waits at home and for the window, and is on its way", () => {
  const why = calm().why();
  assert.deepEqual(textOf(why), [
    "10–50 linger n1 n0",
    "50–70 network n1 n0",
    "70–120 window n0 n2",
    "120–140 network n0 n2",
  ]);
  assert.deepEqual(why.parts, [
    { cause: "window", ms: 50 },
    { cause: "linger", ms: 40 },
    { cause: "network", ms: 40 },
  ]);
  assert.deepEqual([why.told, why.last, why.ms], [{ node: "n1", at: 10 }, { node: "n2", at: 140 }, 130]);
  assert.deepEqual([why.missing, why.inferred, why.traced], [[], false, true]);
});

test("whyOf(): what is added to a set is a value, too, and its time begins with the request", () => {
  const story = new Story().star().told("n0", 10, 15, VALUE, "add").holds("n0", 15);
  story.sent("n0", "n1", [15, 20]).holds("n1", 20).sent("n0", "n2", [15, 25]).holds("n2", 25);
  assert.deepEqual(textOf(story.why()), ["10–15 network n0", "15–25 network n0 n2"]);
});

test("whyOf(): what should have left and has not, and what is taken in late, waits for its process", () => {
  const story = new Story().star()
    .told("n1", 10).holds("n1", 15)
    .says("n1", 15, { kind: "wait", reason: "company", peer: "n0", ms: 40 })
    .sent("n1", "n0", [60, 70]).holds("n0", 75).sent("n0", "n2", [75, 80]).holds("n2", 80);
  assert.deepEqual(textOf(story.why()), [
    "10–15 stalled n1",
    "15–55 linger n1 n0",
    "55–60 stalled n1 n0",
    "60–70 network n1 n0",
    "70–75 stalled n0",
    "75–80 network n0 n2",
  ]);
});

test("whyOf(): where no way leads on it is the cut, then nobody knows a way until a probe finds one", () => {
  const story = new Story().star().cut(5, "n2")
    .told("n1", 10).holds("n1", 10).sent("n1", "n0", [10, 20]).holds("n0", 20)
    .sent("n0", "n2", [20, 40], "partition")
    .says("n0", 60, { kind: "miss", peer: "n2", misses: 2 })
    .says("n0", 60, { kind: "suspect", peer: "n2" })
    .says("n0", 60, { kind: "tree", neighbours: ["n1"] })
    .says("n2", 60, { kind: "suspect", peer: "n0" })
    .says("n2", 60, { kind: "tree", neighbours: [] })
    .cut(100)
    .says("n0", 150, { kind: "hear", peer: "n2" })
    .says("n2", 160, { kind: "hear", peer: "n0" })
    .says("n0", 170, { kind: "tree", neighbours: ["n1", "n2"] })
    .says("n0", 170, { kind: "wait", reason: "company", peer: "n2", ms: 5 })
    .sent("n0", "n2", [175, 195]).holds("n2", 195);
  assert.deepEqual(textOf(story.why()), [
    "10–20 network n1 n0",
    "20–100 cut n0 n2",
    "100–150 probe n0 n2",
    "150–160 probe n2 n0",
    "160–170 catch-up n0 n2",
    "170–175 linger n0 n2",
    "175–195 network n0 n2",
  ]);
});

test("whyOf(): a message that is lost waits to be noticed, then for the next try, then for the peer that asks", () => {
  const story = new Story().star()
    .told("n0", 0).holds("n0", 0).sent("n0", "n1", [0, 5]).holds("n1", 5)
    .says("n0", 0, { kind: "send", reason: "flush", peer: "n2", runs: [] })
    .sent("n0", "n2", [0, 1], "loss")
    .says("n0", 50, { kind: "miss", peer: "n2", misses: 1 })
    .sent("n0", "n2", [50, 51], "loss")
    .says("n2", 70, { kind: "wait", reason: "pull", peer: "n0", ms: 10 })
    .says("n2", 80, { kind: "send", reason: "pull", peer: "n0", runs: [] })
    .says("n0", 90, { kind: "send", reason: "answer", peer: "n2", runs: [] })
    .sent("n0", "n2", [90, 99]).holds("n2", 99);
  assert.deepEqual(textOf(story.why()), [
    "0–50 loss n0 n2",
    "50–70 back-off n0 n2",
    "70–90 pull n0 n2",
    "90–99 network n0 n2",
  ]);
});

test("whyOf(): a node counts on a neighbour that is cut off, while another way is open: a silence not noticed yet", () => {
  const story = new Story().star().cut(5, "n0")
    .told("n1", 10).holds("n1", 10).sent("n1", "n0", [10, 30], "partition")
    .says("n1", 60, { kind: "suspect", peer: "n0" })
    .says("n1", 60, { kind: "tree", neighbours: [] })
    .sent("n1", "n2", [80, 90]).holds("n2", 90).holds("n0", 95).sent("n2", "n0", [91, 95]);
  const texts = textOf(story.why());
  assert.deepEqual(texts.slice(0, 2), ["10–60 silence n1 n0", "60–80 probe n1 n2"]);
});

test("whyOf(): nodes that are paused or down, and one that had it and was killed", () => {
  const story = new Story().star();
  const { recorder } = story;
  recorder.became("n2", "paused", 20);
  story.told("n1", 10).holds("n1", 10).sent("n1", "n0", [10, 20]).holds("n0", 20).sent("n0", "n2", [20, 90]);
  recorder.became("n2", "up", 90);
  story.holds("n2", 90);
  assert.deepEqual(textOf(story.why()), ["10–20 network n1 n0", "20–90 paused n2"]);

  const killed = new Story().star().told("n0", 0).holds("n0", 0)
    .sent("n0", "n2", [0, 10]).holds("n2", 10);
  killed.recorder.became("n2", "down", 30);
  killed.recorder.loses("n2", "all", 30);
  killed.recorder.became("n2", "up", 50);
  killed.says("n0", 55, { kind: "miss", peer: "n2", misses: 1 }).sent("n0", "n2", [60, 70]).holds("n2", 70);
  killed.sent("n2", "n1", [70, 80]).holds("n1", 80);
  assert.deepEqual(textOf(killed.why()), [
    "0–10 network n0 n2",
    "10–30 forgot n2",
    "30–50 down n2",
    "50–55 silence n0 n2",
    "55–60 back-off n0 n2",
    "60–70 network n0 n2",
    "70–80 network n2 n1",
  ]);
});

test("whyOf(): of nodes that say nothing, only the network and cuts have a name; the way is inferred where nobody sees inside", () => {
  const story = new Story("test").cut(5, "n2")
    .told("n1", 10).sent("n1", "n2", [12, 30], "partition").sent("n1", "n0", [12, 20])
    .cut(100);
  const body = { type: "gossip", msg_id: 7, all: [1, 7] };
  story.recorder.passed({ envelope: { src: "n0", dest: "n2", body }, sentAt: 120, endedAt: 130 });
  const why = story.why();
  assert.deepEqual(textOf(why), [
    "10–12 unknown n1 n0",
    "12–20 network n1 n0",
    "20–100 cut n0 n2",
    "100–120 unknown n0 n2",
    "120–130 network n0 n2",
  ]);
  assert.deepEqual([why.inferred, why.traced, why.last], [true, false, { node: "n2", at: 130 }]);
});

test("whyOf(): where no message is known that brought it, the time until a read showed it is unknown, but for cuts", () => {
  const story = new Story("test").cut(50, "n2").told("n1", 10).cut(100);
  story.recorder.shows("n2", [7], 130);
  const why = story.why();
  assert.deepEqual(textOf(why), ["10–50 unknown n1 n2", "50–100 cut n1 n2", "100–130 unknown n1 n2"]);
  assert.deepEqual([why.told, why.last], [{ node: "n1", at: 10 }, { node: "n2", at: 130 }]);
});

test("whyOf(): a value that some node never had says which; of one that nobody has there is nothing to say", () => {
  const story = new Story().star().told("n1", 10).holds("n1", 10).sent("n1", "n0", [10, 20]).holds("n0", 20);
  assert.deepEqual(story.why().missing, ["n2"]);
  assert.deepEqual(story.why().last, { node: "n0", at: 20 });
  assert.equal(whyOf(story.facts, 8), undefined);
});

test("slowest(): values that some node lacks come first, then those that took longest", () => {
  const story = calm().told("n0", 200, 200, "quick");
  for (const node of ["n0", "n1", "n2"]) story.holds(node, 201, "quick");
  story.told("n0", 300, 300, "lost").holds("n0", 300, "lost");
  assert.deepEqual(slowest(story.facts, 2), ["lost", 7]);
  assert.deepEqual(slowest(story.facts, 9), ["lost", 7, "quick"]);
});
