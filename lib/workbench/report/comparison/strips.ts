/** Charts of a comparison: for each figure a line for each protocol, and on it a mark for each seed. */
import { type Html, html } from "../html/markup.ts";
import { count } from "../html/numbers.ts";
import { type Compared, type ComparedRun, type Figure, figures, middleOf, msText } from "./comparison.ts";
import { px } from "../svg.ts";

/** px */
const WIDTH = 1_000;
const LEFT = 190;
const RIGHT = 100;
const ROW = 24;
const TOP = 10;
const BOTTOM = 26;
/** Where runs stand that never came so far, beside the scale. */
const NEVER_X = WIDTH - 56;

interface Chart {
  readonly title: string;
  readonly about: string;
  readonly figure: Figure;
  readonly textOf: (value: number) => string;
}

const charts: readonly Chart[] = [
  {
    title: "Messages an operation",
    about: "Between nodes, acknowledgements, retries and what a cut swallowed included.",
    figure: figures.messagesPerOp,
    textOf: (value) => value.toFixed(2),
  },
  {
    title: "Maximum stable latency, ms",
    about:
      "Of the values that got everywhere. While a cut parts the nodes, no protocol can be faster than the cut.",
    figure: figures.stableMax,
    textOf: msText,
  },
  {
    title: "After heals, ms",
    about: "The longest time from a heal until all nodes had all acknowledged values.",
    figure: figures.afterHealsMs,
    textOf: msText,
  },
  {
    title: "Lost values",
    about: "Acknowledged, and not at every node in the end.",
    figure: figures.lost,
    textOf: count,
  },
];

/** Those that show a difference. */
export function stripsOf(protocols: readonly Compared[]): Html[] {
  const telling = charts.filter(({ figure }) =>
    new Set(protocols.flatMap(({ runs }) => runs.map(figure))).size > 1
  );
  return telling.map((chart) => stripOf(chart, protocols));
}

function stripOf({ title, about, figure, textOf }: Chart, protocols: readonly Compared[]): Html {
  const values = protocols.flatMap(({ runs }) => runs.map(figure)).filter(Number.isFinite);
  const most = Math.max(1, ...values);
  const x = (value: number) => px(LEFT + (WIDTH - LEFT - RIGHT) * place(value) / place(most));
  const height = TOP + ROW * protocols.length + BOTTOM;
  const said = protocols.map((each) => `${each.name} ${textOf(middleOf(each, figure))}`).join(", ");
  return html`
    <section>
      <h2>${title}</h2>
      <p class="lead">${about}</p>
      <div class="wide">
        <svg class="chart" viewBox="0 0 ${WIDTH} ${height}" role="img"
          aria-label="${title}, the middle seed: ${said}">
    ${ticksTo(most).map((tick) =>
      html`
        <path class="grid" d="M${x(tick)} ${TOP}V${height - BOTTOM}" />
        <text x="${x(tick)}" y="${height - 8}" text-anchor="middle">${count(tick)}</text>
      `
    )}
    ${protocols.map((compared, row) => rowOf(compared, TOP + (row + 0.5) * ROW, { figure, textOf, x }))}
        </svg>
      </div>
    </section>
  `;
}

function rowOf(
  compared: Compared,
  y: number,
  { figure, textOf, x }: Pick<Chart, "figure" | "textOf"> & { readonly x: (value: number) => number },
): Html {
  const { name, runs } = compared;
  const middle = middleOf(compared, figure);
  const at = (value: number) => Number.isFinite(value) ? x(value) : NEVER_X;
  const marks = (valid: boolean, mark: (x: number) => string) =>
    [...new Set(runs.filter((run) => run.valid === valid).map((run: ComparedRun) => mark(at(figure(run)))))]
      .join("");
  return html`
    <text class="${name === "hearsay" ? "protocol own" : "protocol"}" x="${LEFT - 14}" y="${y + 4}"
      text-anchor="end">${name}</text>
    <path class="axis" d="M${LEFT} ${y}H${WIDTH - RIGHT}" />
    <path class="seed valid" d="${marks(true, (x) => `M${x} ${y}h0`)}" />
    <path class="seed invalid" d="${marks(false, (x) => `M${px(x - 3)} ${y - 3}l6 6m0 -6l-6 6`)}" />
    <path class="middle" d="M${at(middle)} ${y - 8}v16" />
    ${runs.some((run) => figure(run) === Infinity) &&
      html`<text class="never-text" x="${NEVER_X + 8}" y="${y + 4}">never</text>`}
    <title>${name}: ${textOf(middle)} in the middle of ${runs.length}</title>
  `;
}

/** Nought has a place of its own, and from 1 on each power of ten takes as much room as the one before. */
function place(value: number): number {
  return Math.log10(1 + value);
}

function ticksTo(most: number): number[] {
  const powers = Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, power) => 10 ** power);
  return [0, ...powers];
}
