/** Which nodes and messages a space-time diagram shows, and on which lines. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../lib/core/message.ts";
import { completeGrudge } from "../../../../lib/workbench/faults/grudge.ts";
import { Recorder } from "../../../../lib/workbench/report/recording.ts";
import { sceneOf, viewOf } from "../../../../lib/workbench/report/scene.ts";

const nodes = ["n0", "n1", "n2", "n3"];

/** n3 is told 7 while it is cut off with n1; after the heal n0 hears of it, and n2 from n0. */
function crossing(): Recorder {
  const recorder = new Recorder();
  recorder.parted(completeGrudge([["n0", "n2"], ["n1", "n3"]]), 100);
  recorder.passed({
    envelope: { src: "c1", dest: "n3", body: { type: "broadcast", message: 7 } },
    sentAt: 200,
    endedAt: 200,
  });
  brings(recorder, "n3", "n1", 210, 7);
  recorder.passed({ ...message("n3", "n0", 210, [7]), endedAt: 215, dropped: "partition" });
  recorder.passed(message("n0", "n2", 220, []));
  recorder.parted(new Map(), 300);
  brings(recorder, "n3", "n0", 310, 7);
  brings(recorder, "n0", "n2", 360, 7);
  brings(recorder, "n3", "n2", 370, 7);
  return recorder;
}

function message(src: string, dest: string, sentAt: number, values: Json[]) {
  const runs = values.length === 0 ? {} : { runs: [[src, 1, values]] };
  const body = { type: "delta", incarnation: 1, seq: 1, digest: [], ...runs };
  return { envelope: { src, dest, body }, sentAt, endedAt: sentAt + 50 };
}

function brings(recorder: Recorder, src: string, dest: string, sentAt: number, value: Json): void {
  recorder.passed(message(src, dest, sentAt, [value]));
}

function sceneWith(recorder: Recorder, changes: Partial<Parameters<typeof sceneOf>[1]> = {}) {
  return sceneOf(recorder.recording, { nodes, value: 7, from: 50, to: 450, ...changes });
}

test("sceneOf(): the sides of a cut stand together, with a wall between them", () => {
  const { rows, bands } = sceneWith(crossing());
  assert.deepEqual(rows.map(({ node }) => node), ["n0", "n2", "n1", "n3"]);
  assert.deepEqual(bands, [{ from: 100, to: 300, label: "cut: n0,n2 | n1,n3", walls: [1] }]);
});

test("sceneOf(): where there is a way round a cut there is no wall", () => {
  const recorder = new Recorder();
  recorder.parted(new Map([["n0", new Set(["n1"])], ["n1", new Set(["n0"])]]), 100);
  assert.deepEqual(sceneWith(recorder).bands, [
    { from: 100, to: Infinity, label: "cut: some links, with a way round", walls: [] },
  ]);
});

test("sceneOf(): each message is an arrow by what it brings; a node holds a value from when it came first", () => {
  const { rows, arrows } = sceneWith(crossing());
  const told = arrows.map(({ source, target, from, to, kind, lost }) =>
    `${rows[source]?.node}>${rows[target]?.node} ${from}-${to} ${kind}${lost ? " lost" : ""}`
  );
  assert.deepEqual(told, [
    "n3>n1 210-260 value",
    "n3>n0 210-215 value lost",
    "n0>n2 220-270 control",
    "n3>n0 310-360 value",
    "n0>n2 360-410 value",
    "n3>n2 370-420 value",
  ]);
  assert.deepEqual(rows.map(({ toldAt, holds }) => [toldAt, ...holds.map(({ from }) => from)]), [
    [undefined, 360],
    [undefined, 410],
    [undefined, 260],
    [200, 200],
  ]);
  assert.equal(sceneWith(crossing(), { value: 8 }).arrows[0]?.kind, "other");
});

test("sceneOf(): a value that a node loses is held until then, and again from when it comes back", () => {
  const recorder = crossing();
  recorder.loses("n1", [8], 265);
  recorder.loses("n1", [7, 8], 270);
  recorder.loses("n3", "all", 280);
  recorder.holds("n1", [7], 400);
  const holds = new Map(sceneWith(recorder).rows.map((row) => [row.node, row.holds]));
  assert.deepEqual(holds.get("n1"), [{ from: 260, to: 270 }, { from: 400, to: Infinity }]);
  assert.deepEqual(holds.get("n3"), [{ from: 200, to: 280 }]);
});

test("sceneOf(): of too many nodes those stay by which the value came, of too many messages those that brought it", () => {
  const recorder = crossing();
  for (let i = 0; i < 50; i++) recorder.passed(message("n1", "n2", 300, []));
  const few = sceneWith(recorder, { rowsMax: 2 });
  assert.deepEqual(few.rows.map(({ node }) => node), ["n0", "n3"]);
  assert.equal(few.rowsLeftOut, 2);
  const thin = sceneWith(recorder, { arrowsMax: 10 });
  assert.equal(thin.arrows.length + thin.arrowsLeftOut, 56);
  assert.ok(thin.arrows.length <= 10);
  const firsts = thin.arrows.filter(({ kind, lost }) => kind === "value" && !lost);
  assert.ok([260, 360, 410].every((at) => firsts.some(({ to }) => to === at)));
});

test("viewOf(): from before the cut that the value met until after the last node held it; nothing of a value that nobody has", () => {
  const { recording } = crossing();
  const view = viewOf(recording, nodes, 7);
  assert.ok(view !== undefined && view.from < 100 && view.from > 0 && view.to > 410 && view.to < 500);
  assert.equal(viewOf(recording, nodes, 9), undefined);
});
