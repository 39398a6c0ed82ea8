/** What the diagram draws: the stretch in view, the messages in it, thinned where there are too many, and what is pointed at. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Layout, nearest, TOP } from "../../../../lib/pages/report/space_time/layout.ts";
import { DRAWN_MAX, pick } from "../../../../lib/pages/report/space_time/pick.ts";
import { LENGTH_MS_MIN, moved, within, zoomed } from "../../../../lib/pages/report/space_time/view.ts";
import { Messages } from "../../../../lib/workbench/report/columns/messages.ts";
import { brings, Story } from "../../workbench/report/columns/story.ts";

const whole = { from: 0, to: 1_000 };
const all = { hidden: new Set<number>() };

test("a zoom keeps the moment under the pointer in its place, and stays within the run", () => {
  assert.deepEqual(zoomed(whole, whole, 2, 250), { from: 125, to: 625 });
  assert.deepEqual(zoomed({ from: 100, to: 200 }, whole, 0.5, 100), { from: 100, to: 300 });
  assert.deepEqual(zoomed({ from: 900, to: 1_000 }, whole, 0.01, 950), whole);
  const closest = zoomed({ from: 5, to: 5.1 }, whole, 1_000, 5);
  assert.ok(Math.abs(closest.to - closest.from - LENGTH_MS_MIN) < 1e-9);
});

test("a view that is moved past an end stops there, as long as before", () => {
  assert.deepEqual(moved({ from: 100, to: 300 }, whole, -500), { from: 0, to: 200 });
  assert.deepEqual(moved({ from: 100, to: 300 }, whole, 5_000), { from: 800, to: 1_000 });
  assert.deepEqual(within({ from: -500, to: 5_000 }, whole), whole);
});

test("what is in view and passes the filter is drawn", () => {
  const { messages } = new Story().tells("n0", "a", 0)
    .sends("n0", "n1", [10, 30], brings("a"))
    .sends("n1", "n2", [40, 60], { type: "note" })
    .sends("n2", "n0", [90, 95], brings("a")).told(["n0", "n1", "n2"]);
  const picked = (changes: object, view = { from: 20, to: 91 }) =>
    pick(messages, view, { ...all, ...changes }).drawn;
  assert.deepEqual(picked({}), [0, 1, 2]);
  assert.deepEqual(picked({}, { from: 31, to: 90 }), [1]);
  assert.deepEqual(picked({ node: 1 }), [0, 1]);
  assert.deepEqual(picked({ hidden: new Set([0]) }), [1]);
  assert.deepEqual(picked({ value: 0 }), [0, 2]);
  assert.deepEqual(picked({ value: 0, node: 2 }), [2]);
});

test("of a million messages DRAWN_MAX are drawn, evenly, and those of the followed value in any case", () => {
  const count = 1_000_000;
  const ones = new Array<number>(count).fill(1);
  const none = new Array<number>(count).fill(0);
  const [took, src, dest, type, drop, bytes] = [ones, none, ones, none, none, none];
  const columns = { took, src, dest, type, drop, bytes, brought: none, listed: none, listing: [] };
  const values = {
    text: [],
    fate: [],
    node: [],
    told: [],
    stableMs: [],
    trueMs: [],
    had: [],
    lost: [],
    why: {},
  };
  const messages = new Messages({ messages: { sent: ones, ...columns }, values });
  const view = { from: 0, to: count };
  const { drawn, inView } = pick(messages, view, all);
  assert.deepEqual([drawn.length, inView], [DRAWN_MAX, count]);
  const halves = drawn.filter((message) => message < count / 2).length;
  assert.ok(Math.abs(halves - DRAWN_MAX / 2) <= 1, `${halves} of ${drawn.length} in the first half`);
  assert.ok(pick(messages, view, all, new Set([123_457])).drawn.includes(123_457));
  assert.equal(pick(messages, { from: 5_000, to: 5_010 }, all).inView, 1_001, "100 ticks make a ms");
});

test("a line that does not arrive ends on its way, and one is found near the pointer", () => {
  const { messages } = new Story()
    .sends("n0", "n1", [10, 20], brings())
    .sends("n0", "n1", [50, 50], brings(), "loss").told(["n0", "n1"]);
  const layout = new Layout({ from: 0, to: 100 }, 1_062, 2, 10);
  const segments = [0, 1].map((message) => layout.segment(messages, message));
  const [top, bottom] = [TOP + 18, TOP + 54];
  assert.deepEqual(segments[0], { message: 0, x1: 162, y1: top, x2: 262, y2: bottom, lost: false });
  assert.deepEqual([segments[1]?.lost, segments[1]?.x2, segments[1]?.y2], [true, 607, TOP + 34.2]);
  assert.equal(nearest(segments, 212, top + 20)?.message, 0);
  assert.equal(nearest(segments, 400, top), undefined);
});
