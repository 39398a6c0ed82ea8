/** Draws how each figure grows: a log-log panel each, as plain SVG that reads in light and in dark. */
import { path, pictureOf, type Point, px, text } from "../../../lib/workbench/report/svg.ts";
import { type Figure, figures, pointsOf } from "./figures.ts";
import { type Rates, type Scenario, titleOf } from "./plan.ts";
import type { Row } from "./row.ts";
import { growthOf } from "./table.ts";

export interface Series {
  readonly scenario: Scenario;
  readonly rows: readonly Row[];
}

const COLUMNS = 3;
const PANEL = { width: 310, height: 250, left: 58, right: 14, top: 50, bottom: 42 };
const MARGIN = 16;
const LEGEND_HEIGHT = 70;
const LEGEND_COLUMN_WIDTH = 380;

const STYLE = `
  .guide { fill: none; stroke: #8c959f; stroke-dasharray: 1.5 3.5; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .cut { stroke-dasharray: 6 4; }
  .total { stroke: #0969da; } .total-dot, .total-text { fill: #0969da; }
  .per-node { stroke: #bc4c00; } .per-node-dot, .per-node-text { fill: #bc4c00; }
  .hollow { fill: #ffffff; stroke-width: 1.5; }`;

const DARK_STYLE = `
    .guide { stroke: #656c76; }
    .total { stroke: #4493f8; } .total-dot, .total-text { fill: #4493f8; }
    .per-node { stroke: #f0883e; } .per-node-dot, .per-node-text { fill: #f0883e; }
    .hollow { fill: #0d1117; }`;

export function plotOf(series: readonly Series[], rates: Rates): string {
  const drawn = figures.filter((figure) => series.some(({ rows }) => pointsOf(figure, rows).length > 0));
  const panels = drawn.flatMap((figure) =>
    figure.panel === undefined ? [] : [{ ...figure, ...figure.panel }]
  );
  const width = 2 * MARGIN + COLUMNS * PANEL.width;
  const height = 2 * MARGIN + LEGEND_HEIGHT + Math.ceil(panels.length / COLUMNS) * PANEL.height;
  const parts = panels.map((panel, i) => {
    const x = MARGIN + (i % COLUMNS) * PANEL.width;
    const y = MARGIN + LEGEND_HEIGHT + Math.floor(i / COLUMNS) * PANEL.height;
    return `<g transform="translate(${x} ${y})">${panelOf(panel, series)}</g>`;
  });
  return pictureOf({
    width,
    height,
    label: "How cost grows with the number of nodes",
    style: STYLE,
    darkStyle: DARK_STYLE,
    parts: [legendOf(series, rates), ...parts],
  });
}

function legendOf(series: readonly Series[], rates: Rates): string {
  const items = series.map(({ scenario }, i) => {
    const x = MARGIN + PANEL.left + Math.floor(i / 2) * LEGEND_COLUMN_WIDTH;
    const y = MARGIN + 12 + (i % 2) * 20;
    const sample = line([[x, y], [x + 32, y]], scenario) + dot([x + 16, y], scenario);
    return sample + text(x + 42, y + 4, titleOf(scenario, rates));
  });
  const about = `Simulated nodes, ${rates.latencyMs} ms one way between any two.`;
  return [...items, text(MARGIN + PANEL.left, MARGIN + 56, about)].join("\n");
}

interface Panel extends Figure {
  readonly title: string;
  readonly unit: string;
}

function panelOf(panel: Panel, series: readonly Series[]): string {
  const lines = series.map(({ scenario, rows }) => ({ scenario, points: pointsOf(panel, rows) }));
  const all = lines.flatMap(({ points }) => points);
  const across = axis(all.map(([x]) => x), [PANEL.left, PANEL.width - PANEL.right], false);
  const up = axis(all.map(([, y]) => y), [PANEL.height - PANEL.bottom, PANEL.top], true);
  const at = ([x, y]: Point): Point => [across.at(x), up.at(y)];
  const { course, name } = guide(panel, across, up);
  return [
    text(PANEL.left, 20, panel.title, "title"),
    growths(panel, series),
    ...ticksAcross(across, all.map(([x]) => x)),
    ...ticksUp(up),
    frame(),
    course,
    text(middle(PANEL.left, PANEL.width - PANEL.right), PANEL.height - 8, "nodes", "", "middle"),
    sideways(12, middle(PANEL.top, PANEL.height - PANEL.bottom), panel.unit),
    ...lines.map(({ scenario, points }) => line(points.map(at), scenario)),
    ...lines.flatMap(({ scenario, points }) => points.map((point) => dot(at(point), scenario))),
    name,
  ].join("\n");
}

/** "grows as N^ 0.98 0.95 …", each in the colour of its line. */
function growths(panel: Panel, series: readonly Series[]): string {
  const spans = series.flatMap(({ scenario, rows }) => {
    const power = growthOf(panel, rows);
    const word = scenario.cut ? `(${power})` : power;
    return power === "" ? [] : [`<tspan class="${colour(scenario)}-text" dx="5">${word}</tspan>`];
  });
  return spans.length === 0 ? "" : `<text x="${PANEL.left}" y="38">grows as N^${spans.join("")}</text>`;
}

// Axes.

interface Axis {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
}

/** Logarithmic; up to whole decades, or a little beyond what there is. */
function axis(values: readonly number[], [from, to]: Point, whole: boolean): Axis {
  const [least, most] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))];
  const low = whole ? Math.floor(least) : least - 0.12;
  const high = whole ? Math.max(Math.ceil(most), low + 1) : most + 0.12;
  return { low, high, at: (value) => px(from + (Math.log10(value) - low) / (high - low) * (to - from)) };
}

function ticksAcross({ at }: Axis, nodes: readonly number[]): string[] {
  const bottom = PANEL.height - PANEL.bottom;
  return [...new Set(nodes)].flatMap((n) => [
    `<line class="grid" x1="${at(n)}" x2="${at(n)}" y1="${PANEL.top}" y2="${bottom}"/>`,
    text(at(n), bottom + 15, short(n), "", "middle"),
  ]);
}

function ticksUp({ low, high, at }: Axis): string[] {
  // Within one decade more than its two ends is to be read.
  const steps = high - low === 1 ? [1, 2, 5] : [1];
  const every = Math.ceil((high - low) / 6);
  const ticks: string[] = [];
  for (let decade = low; decade <= high; decade += every) {
    for (const tick of steps.map((step) => step * 10 ** decade)) {
      if (tick > 10 ** high * 1.001) continue;
      const y = at(tick);
      ticks.push(
        `<line class="grid" x1="${PANEL.left}" x2="${PANEL.width - PANEL.right}" y1="${y}" y2="${y}"/>`,
      );
      ticks.push(text(PANEL.left - 6, y + 4, short(tick), "", "end"));
    }
  }
  return ticks;
}

/** What it is measured by, as far as the panel goes: its course, which lies under the lines, and its name, which does not. */
function guide({ guide }: Panel, across: Axis, up: Axis): { readonly course: string; readonly name: string } {
  const none = { course: "", name: "" };
  if (guide === undefined) return none;
  const steps = Array.from({ length: 41 }, (_, i) => across.low + (across.high - across.low) * i / 40);
  const seen = steps.map((step): Point => [10 ** step, guide.of(10 ** step)])
    .filter(([, y]) => y >= 10 ** up.low && y <= 10 ** up.high)
    .map(([x, y]): Point => [across.at(x), up.at(y)]);
  const end = seen.at(-1);
  if (seen.length < 2 || end === undefined) return none;
  const [x, y] = end;
  return {
    course: `<path class="guide" d="${path(seen)}"/>`,
    name: text(x - 6, y + 24, guide.name, "over", "end"),
  };
}

// Marks.

function frame(): string {
  const { left, right, top, bottom, width, height } = PANEL;
  return `<rect class="frame" x="${left}" y="${top}" width="${width - left - right}" height="${
    height - top - bottom
  }"/>`;
}

function line(points: readonly Point[], scenario: Scenario): string {
  const cut = scenario.cut ? " cut" : "";
  return points.length < 2 ? "" : `<path class="line ${colour(scenario)}${cut}" d="${path(points)}"/>`;
}

function dot([x, y]: Point, scenario: Scenario): string {
  const kind = scenario.cut ? `hollow ${colour(scenario)}` : `${colour(scenario)}-dot`;
  return `<circle class="${kind}" cx="${x}" cy="${y}" r="3.5"/>`;
}

function colour({ perNode }: Scenario): string {
  return perNode ? "per-node" : "total";
}

function sideways(x: number, y: number, said: string): string {
  return `<text transform="translate(${x} ${px(y)}) rotate(-90)" text-anchor="middle">${said}</text>`;
}

function middle(a: number, b: number): number {
  return (a + b) / 2;
}

/** "10k", "2M", "0.05" */
function short(n: number): string {
  const scales = [[1e9, "G"], [1e6, "M"], [1e3, "k"]] as const;
  const [scale, letter] = scales.find(([least]) => n >= least * 0.999) ?? [1, ""];
  return `${Number((n / scale).toPrecision(3))}${letter}`;
}
