/** The parts of the page: words, rates, places, and the document with its policy [Y4]. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { layoutOf } from "../../../../lib/pages/live/drawing/layout.ts";
import { livePage } from "../../../../lib/pages/live/document/frame.ts";
import { HISTORY_S, RateHistory } from "../../../../lib/pages/live/state/rates.ts";
import { bytes, count, list, rate, time, trip } from "../../../../lib/pages/live/state/words.ts";
import { viewOf } from "./snapshots.ts";

test("numbers, times and lists read well", () => {
  assert.deepEqual([count(12_345), rate(0), rate(0.44), rate(120.4), rate(12_345), rate(1_234_567)], [
    ...["12,345", "0", "0.4", "120", "12 k", "1.2 M"],
  ]);
  assert.deepEqual([bytes(0), bytes(999.4), bytes(999.6), bytes(1_234_567)], [
    "0 B",
    "999 B",
    "1.0 kB",
    "1.2 MB",
  ]);
  assert.deepEqual([time(0), time(59_999), time(60_000), time(7_200_000), time(9e7)], [
    ...["0 s", "59 s", "1 min", "2 h", "1 d"],
  ]);
  assert.deepEqual([trip(0.34), trip(12.3)], ["0.3 ms", "12 ms"]);
  assert.deepEqual([list([]), list(["a"]), list(["a", "b"]), list(["a", "b", "c"]), list([..."abcde"])], [
    ...["", "a", "a and b", "a, b and c", "a, b and 3 more"],
  ]);
});

test("rates are those of the last seconds, and begin anew with a life of the node", () => {
  const rates = new RateHistory();
  const at = (s: number, entries: number) => rates.note(viewOf({ uptime_ms: 1_000 * s, entries })).entries;
  assert.deepEqual([at(1, 100), at(2, 120), at(3, 140), at(4, 140), at(5, 140), at(6, 140)], [
    ...[0, 20, 20, 10, 0, 0],
  ]);
  assert.deepEqual([at(1, 3), at(2, 5)], [0, 2]);
  for (let s = 3; s < 3 + 2 * HISTORY_S; s++) at(s, 5);
  assert.equal(rates.history.length, HISTORY_S);
});

test("members keep their places at the rim, but for the root in the middle and those that pass on", () => {
  const at = (relays: readonly (string | null | undefined)[]) =>
    layoutOf(
      relays.map((relay, i) => ({ id: `n${i + 1}`, ...relay !== undefined && { relay } })),
      100,
      50,
    ).map(({ x, y }) => [Math.round(x), Math.round(y)]);
  assert.deepEqual(at([null, "n1", "n1"]), [[0, 0], [100, 0], [-100, 0]]);
  assert.deepEqual(at([undefined, null, "n2"]), [[0, -50], [0, 0], [-100, 0]]);
  assert.deepEqual(at([null, "n1", "n2"]), [[0, 0], [56, 0], [-100, 0]]);
  assert.deepEqual(at([null]), [[0, 0]]);
});

test("where there are many relays, each stands in the middle of those that it passes on to", () => {
  const relays = Array.from({ length: 6 }, (_, i) => ({ id: `r${i}`, relay: "n1" }));
  // Dealt out in turn, as a layout of two levels has it.
  const leaves = Array.from({ length: 18 }, (_, i) => ({ id: `leaf${i}`, relay: `r${i % 6}` }));
  const placed = layoutOf([{ id: "n1", relay: null }, ...relays, ...leaves], 100, 100);
  const angles = new Map(placed.map(({ id, x, y }) => [id, Math.atan2(y, x)]));
  for (let i = 0; i < 6; i++) {
    const [relay = NaN, middle = NaN] = [angles.get(`r${i}`), angles.get(`leaf${i + 6}`)];
    assert.ok(Math.abs(relay - middle) < 1e-9, `r${i} stands at ${relay}, and its branch at ${middle}`);
  }
});

test("the page's policy allows its own script and style and nothing else", () => {
  const { html, policy } = livePage("let a = 1;");
  const inside = (tag: string) => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? "";
  for (const [tag, rule] of [["script", "script-src"], ["style", "style-src"]] as const) {
    const hash = createHash("sha256").update(inside(tag)).digest("base64");
    assert.ok(policy.includes(`${rule} 'sha256-${hash}'`), policy);
  }
  assert.match(policy, /^default-src 'none'; .*connect-src 'self'; /);
  assert.doesNotMatch(html, /https?:|\son\w+=|style=/);
});
