/** How a space-time diagram is drawn, and that the one of the README shows what is said of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Scene } from "../../../../lib/workbench/report/scene.ts";
import { spaceTimeOf } from "../../../../lib/workbench/report/space_time.ts";
import { healedCut } from "../../../bench/pictures/healed_cut.ts";

const always = Infinity;
const scene: Scene = {
  from: 0,
  to: 1000,
  value: 7,
  rows: [
    { node: "n0", toldAt: 200, holds: [{ from: 200, to: always }], outages: [] },
    { node: "<n1>", toldAt: undefined, holds: [{ from: 700, to: always }], outages: [] },
  ],
  arrows: [
    { source: 0, target: 1, from: 650, to: 700, kind: "value", lost: false },
    { source: 0, target: 1, from: 300, to: 350, kind: "value", lost: true },
    { source: 1, target: 0, from: 800, to: 850, kind: "control", lost: false },
  ],
  bands: [{ from: 100, to: 600, label: "cut: n0 | n1", walls: [0] }],
  rowsLeftOut: 0,
  arrowsLeftOut: 0,
};

function count(svg: string, pattern: RegExp): number {
  return [...svg.matchAll(pattern)].length;
}

test("spaceTimeOf(): a line for each node, an arrow for each message, a band for the cut, in light and in dark", () => {
  const svg = spaceTimeOf(scene, "A title");
  assert.equal(count(svg, /class="life"/g), 2);
  // One of each is in the legend.
  assert.equal(count(svg, /class="value-head"/g), 2);
  assert.equal(count(svg, /class="control-head"/g), 2);
  assert.equal(count(svg, /class="band"/g), 1);
  assert.ok(svg.includes("everywhere, 100 ms after the heal") && svg.includes("&lt;n1&gt;"));
  assert.ok(svg.includes("prefers-color-scheme: dark"));
  assert.ok(!/NaN|Infinity|undefined/.test(svg));
});

test("spaceTimeOf(): a message that a cut kept out ends at the wall, half-way between the lines", () => {
  const svg = spaceTimeOf(scene, "A title");
  const wall = /class="wall" x1="[^"]*" y1="([^"]*)"/.exec(svg)?.[1];
  const end = /class="value lost"[^>]* y2="([^"]*)"/.exec(svg)?.[1];
  assert.ok(wall !== undefined && end === wall);
});

test("spaceTimeOf(): what is not everywhere in the end is not said to be, and what is left out is", () => {
  const lost = {
    ...scene.rows[1],
    node: "n1",
    toldAt: undefined,
    holds: [{ from: 700, to: 800 }],
    outages: [],
  };
  const svg = spaceTimeOf({ ...scene, rows: [...scene.rows, lost], rowsLeftOut: 0, arrowsLeftOut: 12 }, "");
  assert.ok(!svg.includes("everywhere,") && svg.includes("not shown: 12 messages"));
  const down = { ...lost, outages: [{ from: 800, to: always }] };
  assert.ok(spaceTimeOf({ ...scene, rows: [down] }, "").includes("is down or paused"));
});

test("spaceTimeOf(): nothing at all is a picture, too", () => {
  const svg = spaceTimeOf({ ...scene, rows: [], arrows: [], bands: [] }, "");
  assert.ok(svg.endsWith("</svg>\n") && !/NaN|Infinity|undefined/.test(svg));
});

test("the picture of the README: a value told on one side is held there alone until the heal, then everywhere within a second", () => {
  const { scene, svg } = healedCut();
  const [cut] = scene.bands;
  assert.ok(cut !== undefined);
  const [wall] = cut.walls;
  assert.equal(wall, 1);
  const heldAt = scene.rows.map(({ holds }) => holds[0]?.from ?? Infinity);
  assert.ok(heldAt.slice(0, 2).every((at) => at > cut.from && at < cut.to));
  assert.ok(heldAt.slice(2).every((at) => at > cut.to && at < cut.to + 1000));
  assert.equal(scene.arrowsLeftOut, 0);
  assert.equal(healedCut().svg, svg);
});
