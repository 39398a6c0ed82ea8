/** What a recording keeps: messages between nodes, what was told and held and lost, cuts and outages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Body } from "../../../../lib/core/message.ts";
import { Recorder, TRACES_MAX, valuesIn, WHOLE_MAX } from "../../../../lib/workbench/report/recording.ts";
import { defaults, type Settings } from "../../../../lib/workbench/settings.ts";
import { simulate } from "../../../../lib/workbench/world/sim.ts";

const passage = (src: string, dest: string, body: Body) => ({
  envelope: { src, dest, body },
  sentAt: 1,
  endedAt: 2,
});

test("Recorder: messages between nodes are kept, of a client's only the values that it told", () => {
  const recorder = new Recorder();
  recorder.passed(passage("n0", "n1", { type: "ack" }));
  recorder.passed(passage("c1", "n1", { type: "broadcast", message: 7 }));
  recorder.passed({ ...passage("c1", "n2", { type: "broadcast", message: 8 }), dropped: "down" });
  recorder.passed(passage("c1", "n1", { type: "read" }));
  const { passages, told } = recorder.recording;
  assert.deepEqual(passages.map(({ envelope }) => envelope.body.type), ["ack"]);
  assert.deepEqual(told, [{ node: "n1", values: [7], at: 2 }]);
});

test("Recorder: a cut lasts until the heal or the next cut, an outage until the node is up; what is open has no end", () => {
  const recorder = new Recorder();
  const grudge = new Map([["n0", new Set(["n1"])]]);
  recorder.parted(grudge, 10);
  recorder.parted(grudge, 20);
  recorder.parted(new Map(), 30);
  recorder.parted(grudge, 40);
  recorder.became("n0", "up", 0);
  recorder.became("n0", "paused", 5);
  recorder.became("n0", "down", 6);
  recorder.became("n0", "up", 7);
  recorder.became("n1", "down", 8);
  const { cuts, outages } = recorder.recording;
  assert.deepEqual(cuts.map(({ from, to }) => [from, to]), [[10, 20], [20, 30], [40, Infinity]]);
  assert.deepEqual(outages, [
    { node: "n0", state: "paused", from: 5, to: 6 },
    { node: "n0", state: "down", from: 6, to: 7 },
    { node: "n1", state: "down", from: 8, to: Infinity },
  ]);
});

test("Recorder: what nodes say of their decisions counts from the beginning of the load, up to its limit", () => {
  const recorder = new Recorder();
  recorder.began(1_000);
  const event = { kind: "suspect", peer: "n1" } as const;
  for (let i = 0; i < TRACES_MAX + 2; i++) recorder.traced("n0", event, 1_000 + i);
  const { traces } = recorder.recording;
  assert.deepEqual(traces[1], { node: "n0", event, at: 1 });
  assert.equal(traces.length, TRACES_MAX);
});

test("valuesIn(): a broadcast's message, the runs of entries of a peer message, and of anything else nothing", () => {
  const runs = [["n0", 1, [5, "six"]], ["n1", 3, [{ seven: 7 }]]];
  assert.deepEqual(valuesIn({ type: "broadcast", message: null }), [null]);
  assert.deepEqual(valuesIn({ type: "delta", incarnation: 1, seq: 1, digest: [], runs }), [5, "six", {
    seven: 7,
  }]);
  assert.deepEqual(valuesIn({ type: "ack", incarnation: 1, seq: 1, digest: [] }), []);
  assert.deepEqual(valuesIn({ type: "delta", runs: "many" }), []);
});

test("what reads show is kept once for each node, and again after the node lost its memory", () => {
  const recorder = new Recorder();
  recorder.shows("n0", [1, 2], 10);
  recorder.shows("n0", [1, 2, 3], 20);
  recorder.shows("n1", [1], 20);
  recorder.loses("n0", "all", 30);
  recorder.shows("n0", [1], 40);
  assert.deepEqual(recorder.recording.held, [
    { node: "n0", values: [1, 2], at: 10 },
    { node: "n0", values: [3], at: 20 },
    { node: "n1", values: [1], at: 20 },
    { node: "n0", values: [1], at: 40 },
  ]);
});

test("Recorder: messages beyond WHOLE_MAX are packed and read the same, those beyond the maximum are counted", () => {
  const most = WHOLE_MAX + 2;
  const recorder = new Recorder(most);
  const body = (seq: number) => ({
    type: "delta",
    seq,
    runs: [["n0.1", seq, [{ a: null }]]],
    poll: undefined,
  });
  for (let seq = 0; seq < most + 3; seq++) recorder.passed(passage("n0", "n1", body(seq)));
  recorder.began(0.5);
  const { passages, overlooked } = recorder.recording;
  assert.deepEqual([passages.length, overlooked], [most, 3]);
  for (const seq of [WHOLE_MAX - 1, WHOLE_MAX, most - 1]) {
    const { envelope: { src, dest, body: kept }, sentAt, endedAt, dropped } = passages[seq] ?? assert.fail();
    assert.deepEqual({ src, dest, sentAt, endedAt }, { src: "n0", dest: "n1", sentAt: 0.5, endedAt: 1.5 });
    assert.equal(JSON.stringify(kept), JSON.stringify(body(seq)));
    assert.equal(dropped, undefined);
  }
});

test("Recorder: a packed message keeps why it was dropped", () => {
  const recorder = new Recorder();
  for (let i = 0; i <= WHOLE_MAX; i++) {
    recorder.passed({ ...passage("n0", "n1", { type: "ack" }), dropped: "loss" });
  }
  const last = recorder.recording.passages.at(-1);
  assert.deepEqual([last?.dropped, last?.envelope.body], ["loss", { type: "ack" }]);
});

const troubled: Settings = {
  ...defaults,
  timeLimitS: 6,
  latencyMs: 20,
  nemesis: ["partition", "kill", "loss"],
  nemesisIntervalS: 1,
};

for (const seed of [1, 2, 3]) {
  test(`recording moves nothing: seed ${seed} has the same results with it and without`, () => {
    const settings = { ...troubled, seed };
    const recorder = new Recorder();
    assert.deepEqual(simulate(settings, { recorder }), simulate(settings));
    assert(recorder.recording.passages.length > 100, "and something was recorded");
  });
}
