/** Draws what is in view: a path for each kind of line, however many lines it has. */
import { scaleLinear } from "d3-scale";
import { type Columns, TICKS_PER_MS } from "../../../workbench/report/columns/columns.ts";
import type { Messages } from "../../../workbench/report/columns/messages.ts";
import type { Way } from "../../../workbench/report/columns/way.ts";
import { type Html, html } from "../../../workbench/report/html/markup.ts";
import { shortened } from "../../../workbench/report/text.ts";
import { type Layout, type Segment, TOP } from "./layout.ts";

/** With more arrows in view their heads would be all that one sees. */
const HEADS_MAX = 500;
const COLOURS = 8;
/** A character of a label takes about so much, px. */
const CHAR_WIDTH = 6.3;
const NAME_CHARS_MAX = 9;
/** px */
const LIFE_ROW_MIN = 4;
/** A label that is closer to the right edge would be cut off, px. */
const EDGE = 14;

export interface Followed {
  readonly value: number;
  readonly way: Way;
  /** The messages by which it came to each node first. */
  readonly first: ReadonlySet<number>;
  /** All that brought it, or would have. */
  readonly bringing: ReadonlySet<number>;
}

export interface Scene {
  readonly columns: Columns;
  readonly messages: Messages;
  readonly layout: Layout;
  readonly segments: readonly Segment[];
  readonly followed: Followed | undefined;
}

export function drawn(scene: Scene): Html {
  const { layout: { left, width, bottom }, followed } = scene;
  return html`
    <clipPath id="in-view">
      <rect x="${left}" y="0" width="${width - left}" height="${bottom + 2}" />
    </clipPath>
    <g clip-path="url(#in-view)">${cutsOf(scene)}</g>
    ${ticksOf(scene)}
    ${namesOf(scene)}
    <g clip-path="url(#in-view)" class="${followed === undefined ? "lines" : "lines faded"}">
      <path class="life" d="${livesOf(scene)}"/>
      ${outagesOf(scene)}
      ${linesOf(scene)}
    </g>
    <g clip-path="url(#in-view)">${wayOf(scene)}</g>
  `;
}

function span(layout: Layout, from: number, to: number | null): readonly [number, number] {
  const end = to === null ? layout.width : layout.x(to / TICKS_PER_MS);
  return [layout.x(from / TICKS_PER_MS), Math.min(layout.width, end)];
}

/** A band for each cut; rows that are not on its largest side are darker. */
function cutsOf({ columns: { cuts, nodes }, layout }: Scene): readonly Html[] {
  return cuts.map(({ from, to, side, said }) => {
    const [left, right] = span(layout, from, to);
    if (right < layout.left || left > layout.width) return html``;
    const start = Math.max(left, layout.left);
    const room = Math.floor((right - start - 8) / CHAR_WIDTH);
    const sizes = nodes.map((_, row) => side.filter((each) => each === side[row]).length);
    const most = Math.max(...sizes);
    const main = side[sizes.indexOf(most)];
    const darker = nodes.map((_, row) =>
      side[row] === main ? "" : `M${left} ${layout.y(row) - layout.row / 2}H${right}v${layout.row}H${left}z`
    );
    return html`
      <rect class="cut" x="${left}" y="${TOP - 4}" width="${Math.max(
        1,
        right - left,
      )}" height="${layout.bottom - TOP + 4}">
        <title>cut: ${said}</title>
      </rect>
      <path class="side" d="${darker.join("")}" />
      <path class="cut-edge" d="M${left} ${TOP - 4}V${layout.bottom}M${right} ${TOP - 4}V${layout.bottom}" />
      ${room > 6 &&
        html`<text class="cut-name" x="${start + 4}" y="${TOP - 10}">${
          shortened(`cut: ${said}`, room)
        }</text>`}
    `;
  });
}

function ticksOf({ layout }: Scene): Html {
  const { view: { from, to }, left, width, bottom } = layout;
  const ticks = scaleLinear([from, to], [left, width]).ticks(Math.max(3, width / 110));
  const inMs = to - from < 4_000;
  const said = (ms: number) => `${plain(inMs ? ms : ms / 1000)}`.replace("-", "−");
  const labels = ticks.filter((ms) => layout.x(ms) < width - EDGE).map((ms) =>
    html`<text x="${layout.x(ms)}" y="${bottom + 16}" text-anchor="middle">${said(ms)}</text>`
  );
  const lines = ticks.map((ms) => `M${layout.x(ms)} ${TOP}V${bottom + 4}`).join("");
  return html`
    <path class="grid" d="${lines}" />
    <g clip-path="none">${labels}<text x="${left - 6}" y="${bottom + 16}" text-anchor="end">${inMs
      ? "ms"
      : "s"}</text></g>
  `;
}

function plain(n: number): number {
  return Math.round(n * 1_000) / 1_000;
}

/** Where rows are too close for a line each, those that are named have one. */
function livesOf({ columns: { nodes }, layout }: Scene): string {
  const every = layout.row < LIFE_ROW_MIN ? layout.nameEvery : 1;
  const lines = nodes.map((_, row) =>
    row % every > 0 ? "" : `M${layout.left} ${layout.y(row)}H${layout.width}`
  );
  return lines.join("");
}

function namesOf({ columns: { nodes }, layout }: Scene): readonly Html[] {
  const size = Math.min(12, Math.max(9, layout.row - 1));
  return nodes.map((node, row) =>
    row % layout.nameEvery > 0 ? html`` : html`
      <text class="name" x="${layout.left - 6}" y="${layout.y(row) + 4}" text-anchor="end"
        font-size="${size}">${shortened(node, NAME_CHARS_MAX)}</text>
    `
  );
}

function outagesOf({ columns: { outages }, layout }: Scene): readonly Html[] {
  return (["down", "paused"] as const).map((state) => {
    const d = outages.filter((outage) => outage.state === state).map(({ node, from, to }) => {
      const [left, right] = span(layout, from, to);
      return `M${left} ${layout.y(node)}H${Math.max(left + 1, right)}`;
    });
    return d.length === 0 ? html`` : html`
      <path class="outage ${state}" d="${d.join("")}" />
    `;
  });
}

/** By colour, and those that were lost apart. */
function linesOf({ messages, segments, followed }: Scene): readonly Html[] {
  const others = segments.filter(({ message }) => followed?.first.has(message) !== true);
  const kinds = Map.groupBy(others, ({ message, lost }) => {
    const colour = Math.min(messages.type[message] ?? 0, COLOURS - 1);
    const kind = followed?.bringing.has(message) === true ? "bringing" : `t${colour}`;
    return lost ? `${kind} gone` : kind;
  });
  const withHeads = segments.length <= HEADS_MAX;
  return [...kinds].toSorted(([a], [b]) => a < b ? 1 : -1).map(([kind, lines]) => {
    const isGone = kind.endsWith("gone");
    const ends = isGone ? lines.map(cross) : withHeads ? lines.map((line) => head(line, 6)) : [];
    return html`
      <path class="line ${kind}" d="${lines.map(stroke).join("")}" />
      ${ends.length > 0 && html`
        <path class="${isGone ? "cross" : "head"} ${kind}" d="${ends.join("")}" />
      `}
    `;
  });
}

function stroke({ x1, y1, x2, y2 }: Segment): string {
  return `M${x1} ${y1}L${x2} ${y2}`;
}

function cross({ x2, y2 }: Segment): string {
  return `M${tenth(x2 - 2.5)} ${tenth(y2 - 2.5)}l5 5m0 -5l-5 5`;
}

function head({ x1, y1, x2, y2 }: Segment, size: number): string {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const corner = (side: number) =>
    `L${tenth(x2 - size * ux - side * 0.4 * size * uy)} ${tenth(y2 - size * uy + side * 0.4 * size * ux)}`;
  return `M${x2} ${y2}${corner(1)}${corner(-1)}z`;
}

function tenth(n: number): number {
  return Math.round(n * 10) / 10;
}

/** Since when each node has the followed value, and the messages that brought it there. */
function wayOf({ layout, messages, followed }: Scene): Html | false {
  if (followed === undefined) return false;
  const { way, first } = followed;
  const had = way.steps.map(({ node, at, lostAt }) =>
    `M${layout.x(at)} ${layout.y(node)}H${lostAt === undefined ? layout.width : layout.x(lostAt)}`
  );
  const lines = [...first].map((message) => layout.segment(messages, message));
  const guessed = way.steps.filter(({ inferred }) => inferred).map(({ message }) => message);
  const dots = way.steps.map(({ node, at, how }) =>
    html`
      <circle class="${how}" cx="${layout.x(at)}" cy="${layout.y(node)}" r="${how === "told"
        ? 5.5
        : Math.min(4, layout.row / 2)}" />
    `
  );
  const [sure, inferred] = [
    lines.filter(({ message }) => !guessed.includes(message)),
    lines.filter(({ message }) => guessed.includes(message)),
  ];
  return html`
    <path class="had" d="${had.join("")}" />
    <path class="way" d="${sure.map(stroke).join("")}" />
    <path class="way inferred" d="${inferred.map(stroke).join("")}" />
    <path class="way-head" d="${lines.map((line) => head(line, 8)).join("")}" />
    ${dots}
  `;
}
