/** What reads show of nodes that nobody sees into: what is new, what is gone, and nothing twice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Observed } from "../../../../lib/workbench/report/observed.ts";
import { Recorder } from "../../../../lib/workbench/report/recording.ts";

test("Observed: a read gains what the one before had not, and loses what it has no more", () => {
  const observed = new Observed();
  assert.deepEqual(observed.read("n0", [1, "1", { a: 1, b: 2 }]), {
    gained: [1, "1", { a: 1, b: 2 }],
    lost: [],
  });
  assert.deepEqual(observed.read("n0", [{ b: 2, a: 1 }, 1, "1"]), { gained: [], lost: [] });
  assert.deepEqual(observed.read("n0", [2, 2, 1]), { gained: [2], lost: ["1", { a: 1, b: 2 }] });
  assert.deepEqual(observed.read("n1", [1]), { gained: [1], lost: [] });
  assert.deepEqual(observed.read("n0", ["1"]), { gained: ["1"], lost: [1, 2] });
});

test("Recorder: reads show what a node holds; after it lost all, what it shows is new", () => {
  const recorder = new Recorder();
  recorder.shows("n0", [1, 2], 5);
  recorder.shows("n0", [1, 2], 6);
  recorder.loses("n0", "all", 7);
  recorder.shows("n0", [], 8);
  recorder.shows("n0", [2], 9);
  recorder.shows("n0", [3], 10);
  const { held, lost } = recorder.recording;
  assert.deepEqual(held.map(({ values, at }) => [at, values]), [[5, [1, 2]], [9, [2]], [10, [3]]]);
  assert.deepEqual(lost.map(({ values, at }) => [at, values]), [[7, "all"], [10, [2]]]);
});
