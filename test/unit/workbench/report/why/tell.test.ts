/** Why a value was late, as a person reads it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonOf, linesOf, sentencesOf } from "../../../../../lib/workbench/report/why/tell.ts";
import { NODES, Story } from "./told.ts";

const told = () => new Story().told("n1", 12_300, 12_305).holds("n1", 12_305);

test("linesOf(): step by step with times, then where the time went", () => {
  const story = told().star()
    .says("n1", 12_305, { kind: "wait", reason: "company", peer: "n0", ms: 95 })
    .sent("n1", "n0", [12_400, 12_500]).holds("n0", 12_500).sent("n0", "n2", [12_500, 12_600]).holds(
      "n2",
      12_600,
    );
  assert.deepEqual(linesOf(story.why(), NODES.length), [
    "value 7, told to n1 at 12.300 s, was on all 3 nodes 0.300 s later; the last was n2",
    "",
    "     at s    for s",
    "   12.300           a client tells it to n1",
    "   12.300    0.005  the client's request is on its way to n1",
    "   12.305    0.095  n1 waits for company on the way to n0",
    "   12.400    0.100  it is on its way from n1 to n0",
    "   12.500    0.100  it is on its way from n0 to n2",
    "   12.600           n2 has it, and so have all",
    "",
    "where the time went: 0.205 s the network · 0.095 s waiting for company",
  ]);
});

test("linesOf(): what is missing, inferred or not said is named so", () => {
  const story = new Story("test").told("n1", 0).sent("n1", "n0", [5, 10]);
  assert.deepEqual(linesOf(story.why(), NODES.length), [
    "value 7, told to n1 at 0.000 s, is not on n2; the last to get it was n0, 0.010 s later",
    "",
    "     at s    for s",
    "    0.000           a client tells it to n1",
    "    0.000    0.005  n1 has it, and does not say why it does not go to n0",
    "    0.005    0.005  it is on its way from n1 to n0",
    "    0.010           n0 has it",
    "                    no message carried it to n2",
    "",
    "where the time went: 0.005 s unknown · 0.005 s the network",
    "The nodes said nothing of their decisions: only the network and cuts have a name.",
    "The way is inferred from the messages that carry the value.",
  ]);
});

test("linesOf(): messages that did not arrive where the value is missing are named, with what became of them", () => {
  const story = new Story().star().told("n1", 0).holds("n1", 0)
    .sent("n1", "n0", [0, 10], "partition").sent("n1", "n2", [5, 10], "loss");
  assert.deepEqual(linesOf(story.why(), NODES.length).slice(-5), [
    "    0.000           n1 has it",
    "    0.000           n1 sends it to n0, where it does not arrive: a cut",
    "    0.005           n1 sends it to n2, where it does not arrive: it is lost",
    "",
    "where the time went: it took none",
  ]);
  assert.equal(
    sentencesOf(story.why())[0],
    "At 0.000 s: n1 sends it to n0, where it does not arrive: a cut.",
  );
});

test("sentencesOf(): a sentence for each step, and one for the sum", () => {
  const story = new Story().star().told("n0", 1_000).holds("n0", 1_000)
    .sent("n0", "n1", [1_000, 1_100]).holds("n1", 1_100).sent("n0", "n2", [1_000, 1_200]).holds("n2", 1_200);
  assert.deepEqual(sentencesOf(story.why()), [
    "At 1.000 s, for 0.200 s: it is on its way from n0 to n2.",
    "Where the time went: 0.200 s the network.",
  ]);
});

test("jsonOf(): the same for programs", () => {
  const story = new Story().star().told("n0", 1_000).holds("n0", 1_000)
    .sent("n0", "n1", [1_000, 1_100]).holds("n1", 1_100).sent("n0", "n2", [1_000, 1_200]).holds("n2", 1_200);
  assert.deepEqual(jsonOf(story.why()), {
    value: 7,
    ms: 200,
    told: { node: "n0", "at-ms": 1_000 },
    last: { node: "n2", "at-ms": 1_200 },
    missing: [],
    parts: [{ cause: "network", ms: 200 }],
    stretches: [{
      ...{ "from-ms": 1_000, "to-ms": 1_200, cause: "network", node: "n0", peer: "n2" },
      says: "it is on its way from n0 to n2",
    }],
    inferred: false,
    traced: true,
  });
});
