/** Draws a space-time diagram: a line for each node, time to the right, messages as arrows, cuts as shaded bands. */
import type { Json } from "../../core/message.ts";
import type { Span } from "./recording.ts";
import type { Arrow, Band, Row, Scene } from "./scene.ts";
import { path, type Picture, pictureOf, type Point, px, styleWithin, text } from "./svg.ts";
import { shortened } from "./text.ts";

const WIDTH = 960;
const LEFT = 64;
const RIGHT = 24;
/** Above the lines: title, what the marks mean, the names of the cuts, when the value was everywhere. */
const TOP = 108;
const BOTTOM = 48;
const HEIGHT_OF_ROWS_MAX = 720;
const ROW_MAX = 56;
/** A message that chance lost ends after this share of its way, which would have taken so long, ms, if none arrived. */
const LOST_SHARE = 0.42;
const TRIP_MS = 10;
const VALUE_CHARS_MAX = 5;
const NAME_CHARS_MAX = 7;
/** Half the width of what stands above the end of a value's way, px. */
const EVERYWHERE_HALF_WIDTH = 110;

const STYLE = `
  .band { fill: #fff1e5; } .band-edge { stroke: #d4a27f; } .band-name { fill: #953800; }
  .wall { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 1 4; stroke-linecap: round; }
  .life { stroke: #afb8c1; stroke-width: 1.5; } .out { stroke: #cf222e; stroke-width: 3; stroke-dasharray: 2 3; }
  .name { fill: #1f2328; font-weight: 600; font-size: 12px; }
  .holds { stroke: #0969da; stroke-width: 3.5; } .dot { fill: #0969da; } .told { fill: #ffffff; stroke: #0969da; stroke-width: 3; }
  .value { stroke: #0969da; stroke-width: 2; } .value-head { fill: #0969da; }
  .other { stroke: #6e7781; stroke-width: 1.2; } .other-head { fill: #6e7781; }
  .control { stroke: #b4bcc4; } .control-head { fill: #b4bcc4; }
  .lost { stroke-dasharray: 3 3; } .cross { fill: none; stroke-width: 1.5; stroke-dasharray: none; }
  .everywhere { stroke: #0969da; stroke-dasharray: 2 3; }
  .value-text { fill: #0969da; font-weight: 600; }`;

const DARK_STYLE = `
    .band { fill: #2d1f14; } .band-edge { stroke: #7a5233; } .band-name { fill: #f0a062; }
    .wall { stroke: #f0883e; } .life { stroke: #3d444d; } .out { stroke: #f85149; }
    .name { fill: #f0f6fc; } .holds { stroke: #4493f8; } .dot { fill: #4493f8; }
    .told { fill: #0d1117; stroke: #4493f8; } .value { stroke: #4493f8; } .value-head { fill: #4493f8; }
    .other { stroke: #9198a1; } .other-head { fill: #9198a1; }
    .control { stroke: #545d68; } .control-head { fill: #545d68; } .value-text { fill: #4493f8; }
    .everywhere { stroke: #4493f8; }`;

interface Frame {
  readonly x: (at: number) => number;
  readonly y: (row: number) => number;
  readonly top: number;
  readonly bottom: number;
}

/** The rules for diagrams that are parts of a page. */
export const spaceTimeStyle: string = styleWithin({ style: STYLE, darkStyle: DARK_STYLE });

/** A whole SVG file, or a part of a page. `title` stands above the diagram. */
export function spaceTimeOf(scene: Scene, title: string, standing: Picture["standing"] = "alone"): string {
  const frame = frameOf(scene);
  const tripMs = typicalTripMs(scene.arrows);
  // What matters most lies on top.
  const order = ["control", "other", "value"] as const;
  const arrows = order.flatMap((kind) => scene.arrows.filter((arrow) => arrow.kind === kind));
  return pictureOf({
    width: WIDTH,
    height: frame.bottom + BOTTOM,
    label: title,
    style: STYLE,
    darkStyle: DARK_STYLE,
    standing,
    parts: [
      text(LEFT, 26, title, "title"),
      notShownOf(scene),
      legendOf(scene),
      clipped(frame, scene.bands.map((band) => bandOf(band, frame))),
      ...axisOf(scene, frame),
      ...scene.bands.map((band) => bandNameOf(band, scene, frame)),
      everywhereOf(scene, frame),
      ...scene.rows.map((row, i) => nameOf(row, frame.y(i))),
      clipped(frame, [
        ...scene.rows.map((row, i) => lifeOf(row, i, scene, frame)),
        ...arrows.map((arrow) => arrowOf(arrow, scene, frame, tripMs)),
        ...scene.rows.map((row, i) => marksOf(row, i, frame)),
      ]),
    ],
  });
}

function frameOf({ from, to, rows }: Scene): Frame {
  const gap = Math.min(ROW_MAX, HEIGHT_OF_ROWS_MAX / Math.max(1, rows.length));
  return {
    x: (at) => px(LEFT + (WIDTH - LEFT - RIGHT) * (at - from) / (to - from)),
    y: (row) => px(TOP + (row + 0.5) * gap),
    top: TOP,
    bottom: Math.round(TOP + rows.length * gap),
  };
}

/** A nested document cuts off what reaches beyond it, and needs no id, so that two pictures can stand on one page. */
function clipped({ top, bottom }: Frame, parts: readonly string[]): string {
  const [width, height] = [WIDTH - LEFT - RIGHT, bottom - top];
  const box = `x="${LEFT}" y="${top}" width="${width}" height="${height}"`;
  return [`<svg ${box} viewBox="${LEFT} ${top} ${width} ${height}">`, ...parts, "</svg>"].join("\n");
}

/** How long a message mostly takes; a lost one is drawn as if it had taken as long. */
function typicalTripMs(arrows: readonly Arrow[]): number {
  const trips = arrows.filter(({ lost }) => !lost).map(({ from, to }) => to - from).toSorted((a, b) => a - b);
  return trips[Math.floor(trips.length / 2)] ?? TRIP_MS;
}

// Around the lines.

function legendOf({ value, rows }: Scene): string {
  const y = 48;
  const samples = [
    { width: 138, mark: arrow([0, y - 4], [30, y - 4], "value"), said: `brings value ${inShort(value)}` },
    { width: 162, mark: arrow([0, y - 4], [30, y - 4], "other"), said: "brings others only" },
    { width: 206, mark: arrow([0, y - 4], [30, y - 4], "control"), said: "acknowledgement or probe" },
    { width: 96, mark: lost([0, y - 4], [26, y - 4], "other"), said: "is lost" },
    { width: 138, mark: line("holds", [0, y - 4], [30, y - 4]), said: "holds the value" },
    ...rows.some(({ outages }) => outages.length > 0)
      ? [{ width: 0, mark: line("out", [0, y - 4], [30, y - 4]), said: "is down or paused" }]
      : [],
  ];
  let x = LEFT;
  return samples.map(({ width, mark, said }) => {
    const sample = `<g transform="translate(${x} 0)">${mark}${text(38, y, said)}</g>`;
    x += width;
    return sample;
  }).join("\n");
}

function inShort(value: Json): string {
  const whole = JSON.stringify(value);
  return whole.length > VALUE_CHARS_MAX ? `${whole.slice(0, VALUE_CHARS_MAX - 1)}…` : whole;
}

/** Too much to be shown is said. */
function notShownOf({ rowsLeftOut, arrowsLeftOut }: Scene): string {
  const leftOut = [
    ...rowsLeftOut > 0 ? [`${rowsLeftOut.toLocaleString("en")} nodes`] : [],
    ...arrowsLeftOut > 0 ? [`${arrowsLeftOut.toLocaleString("en")} messages`] : [],
  ];
  return leftOut.length === 0 ? "" : text(WIDTH - RIGHT, 26, `not shown: ${leftOut.join(", ")}`, "", "end");
}

function axisOf(scene: Scene, { x, top, bottom }: Frame): string[] {
  const zero = Math.min(...scene.rows.map(({ toldAt }) => toldAt ?? Infinity));
  const origin = zero === Infinity ? scene.from : zero;
  const stepMs = niceStep(scene.to - scene.from);
  const first = Math.ceil((scene.from - origin) / stepMs);
  const last = Math.floor((scene.to - origin) / stepMs);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * stepMs);
  const since = zero === Infinity ? "ms" : "ms since a client told the value";
  return [
    ...ticks.flatMap((ms) => [
      `<line class="grid" x1="${x(origin + ms)}" x2="${x(origin + ms)}" y1="${top}" y2="${bottom}"/>`,
      text(x(origin + ms), bottom + 16, signed(ms), "", "middle"),
    ]),
    text((LEFT + WIDTH - RIGHT) / 2, bottom + 34, since, "", "middle"),
  ];
}

/** 1, 2 or 5 times a power of ten, so that there are about ten ticks. */
function niceStep(lengthMs: number): number {
  const power = 10 ** Math.floor(Math.log10(lengthMs / 10));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => lengthMs / step <= 14) ?? lengthMs;
}

function signed(ms: number): string {
  return `${ms < 0 ? "−" : ""}${Math.abs(ms).toLocaleString("en")}`;
}

function bandOf({ from, to, walls }: Band, { x, y, top, bottom }: Frame): string {
  const [left, right] = [x(from), x(Math.min(to, Number.MAX_SAFE_INTEGER))];
  const edges = [left, right].map((at) => line("band-edge", [at, top], [at, bottom]));
  const between = walls.map((row) => {
    const at = px((y(row) + y(row + 1)) / 2);
    return line("wall", [left, at], [right, at]);
  });
  const fill = `<rect class="band" x="${left}" y="${top}" width="${px(right - left)}" height="${
    bottom - top
  }"/>`;
  return [fill, ...edges, ...between].join("");
}

function bandNameOf({ from, to, label }: Band, scene: Scene, { x, top }: Frame): string {
  const start = text(x(Math.max(from, scene.from)), top - 26, label, "band-name");
  const healed = to < scene.to ? text(x(to), top - 26, "heal", "band-name", "middle") : "";
  return start + healed;
}

/** The moment from which every node holds the value; said only where each has a line. */
function everywhereOf({ rows, rowsLeftOut, bands, to }: Scene, { x, top, bottom }: Frame): string {
  const last = rows.map(({ holds }) => holds.at(-1));
  const at = Math.max(...last.map((span) => span?.to === Infinity ? span.from : Infinity));
  if (rows.length === 0 || rowsLeftOut > 0 || at >= to) return "";
  const healedAt = Math.max(...bands.map((band) => band.to).filter((end) => end < at));
  const after = healedAt === -Infinity
    ? ""
    : `, ${Math.round(at - healedAt).toLocaleString("en")} ms after the heal`;
  const mark = line("everywhere", [x(at), top - 4], [x(at), bottom]);
  const middle = Math.min(x(at), WIDTH - EVERYWHERE_HALF_WIDTH);
  return mark + text(middle, top - 10, `everywhere${after}`, "value-text", "middle");
}

// The lines.

function nameOf({ node }: Row, y: number): string {
  return text(LEFT - 14, y + 4, shortened(node, NAME_CHARS_MAX), "name", "end");
}

function lifeOf({ holds, outages }: Row, row: number, { from, to }: Scene, { x, y }: Frame): string {
  const along = (kind: string, span: Span) =>
    line(kind, [x(Math.max(span.from, from)), y(row)], [x(Math.min(span.to, to)), y(row)]);
  return [
    along("life", { from, to }),
    ...holds.filter((span) => span.from < to && span.to > from).map((span) => along("holds", span)),
    ...outages.map((span) => along("out", span)),
  ].join("");
}

/** A ring where a client told the value, and a dot where it came from another node. */
function marksOf({ holds, toldAt }: Row, row: number, { x, y }: Frame): string {
  const came = holds.filter(({ from }) => from !== toldAt);
  const dots = came.map(({ from }) => `<circle class="dot" cx="${x(from)}" cy="${y(row)}" r="4.5"/>`);
  const ring = `<circle class="told" cx="${x(toldAt ?? 0)}" cy="${y(row)}" r="6"/>`;
  return [...dots, ...toldAt === undefined ? [] : [ring]].join("");
}

// The arrows.

function arrowOf(drawn: Arrow, { bands }: Scene, { x, y }: Frame, tripMs: number): string {
  const { source, target, from, to, kind } = drawn;
  const start: Point = [x(from), y(source)];
  if (!drawn.lost) return arrow(start, [x(to), y(target)], kind);
  const end: Point = [x(from + tripMs), y(target)];
  return lost(start, partly(start, end, wallShare(drawn, bands)), kind);
}

/** The share of its way after which a message meets the side of a cut that it cannot cross. */
function wallShare({ source, target, to }: Arrow, bands: readonly Band[]): number {
  const walls = bands.filter((band) => band.from <= to && to <= band.to).flatMap(({ walls }) => walls);
  const ways = walls.map((wall) => (wall + 0.5 - source) / (target - source)).filter((way) =>
    way > 0 && way < 1
  );
  return ways.length === 0 ? LOST_SHARE : Math.min(...ways);
}

function partly([x, y]: Point, [toX, toY]: Point, share: number): Point {
  return [px(x + share * (toX - x)), px(y + share * (toY - y))];
}

/** The head is drawn by hand: markers cannot take the colour of their line everywhere. */
function arrow(from: Point, to: Point, kind: Arrow["kind"]): string {
  const [length, half] = kind === "value" ? [9, 3.6] : [7, 2.8];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const distance = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / distance, dy / distance];
  const neck: Point = [to[0] - length * ux, to[1] - length * uy];
  const corner = (side: number): Point => [
    px(neck[0] - side * half * uy),
    px(neck[1] + side * half * ux),
  ];
  const shaft = line(kind, from, [px(neck[0]), px(neck[1])]);
  return `${shaft}<path class="${kind}-head" d="${path([to, corner(1), corner(-1)])}Z"/>`;
}

function lost(from: Point, to: Point, kind: Arrow["kind"]): string {
  const [x, y] = to;
  const cross = path([[x - 3, y - 3], [x + 3, y + 3]]) + path([[x - 3, y + 3], [x + 3, y - 3]]);
  return `${line(`${kind} lost`, from, to)}<path class="${kind} cross" d="${cross}"/>`;
}

function line(kind: string, [x1, y1]: Point, [x2, y2]: Point): string {
  return `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}
