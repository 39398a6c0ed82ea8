/** Rows of the table of values: what became of each, and which node had it how long after it was told. */
import { type Columns, TICKS_PER_MS } from "../columns/columns.ts";
import { type Fate, fates } from "../values/words.ts";
import { type Html, html } from "./markup.ts";
import { count, duration, milliseconds, moment } from "./numbers.ts";

/** With more nodes a row has a strip of cells without numbers. */
export const NUMBERED_NODES_MAX = 30;
/** Shades of a cell: the last one is late. */
const SHADES = 6;
/** Of a strip, px; its cells are narrower where there are many. */
const STRIP = 700;
const CELL_MAX = 7;

export interface Table {
  readonly columns: Columns;
  /** By value, ms since the load began. */
  readonly toldAt: Float64Array;
}

/** The places of the values, the worst fate and the longest latency first. */
export function mostTellingFirst({ values }: Columns): number[] {
  const rank = new Map<Fate, number>(fates.map((fate, i) => [fate, i]));
  const ranks = values.fate.map((fate) => rank.get(fate) ?? 0);
  const slowest = values.trueMs.map((ms, i) => Math.max(ms ?? Infinity, values.stableMs[i] ?? 0));
  const places = values.text.map((_, i) => i);
  return places.sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0) || compare(slowest[b], slowest[a]) || a - b);
}

/** Two that are infinite are equal. */
function compare(a = 0, b = 0): number {
  return a === b ? 0 : a - b;
}

export function headOf({ nodes }: Columns): Html {
  const cells = nodes.length <= NUMBERED_NODES_MAX
    ? nodes.map((node) => html`<th scope="col" class="n c">${node}</th>`)
    : html`<th>${nodes[0]} … ${nodes.at(-1)}</th>`;
  return html`
    <tr>
      <th scope="col">Value</th><th scope="col">Fate</th><th scope="col">Told</th><th scope="col" class="n">At</th>
      <th scope="col" class="n">True</th><th scope="col" class="n">Stable</th>${cells}
    </tr>
  `;
}

export function rowOf(table: Table, value: number): Html {
  const { nodes, values } = table.columns;
  const node = values.node[value] ?? -1;
  const fate = values.fate[value] ?? "ok";
  const cells = nodes.map((_, i) => cellOf(table, value, i));
  return html`
    <tr class="${fate.replaceAll(" ", "-")}">
      <th scope="row"><span class="value" data-value="${value}">${values.text[value]}</span></th>
      <td class="fate">${fate}</td>
      <td>${node < 0 ? "–" : nodes[node]}</td>
      <td class="n">${node < 0 ? "–" : moment(table.toldAt[value] ?? 0)}</td>
      <td class="n">${latency(values.trueMs[value])}</td>
      <td class="n">${latency(values.stableMs[value])}</td>
      ${nodes.length <= NUMBERED_NODES_MAX ? cells.map(numbered) : html`<td>${strip(cells, nodes)}</td>`}
    </tr>
  `;
}

interface Cell {
  /** How long after it was told, ms; undefined for never. */
  readonly ms: number | undefined;
  readonly shade: number;
  /** The node was told it. */
  readonly isTold: boolean;
  /** It lost it, for good or until it came again. */
  readonly lost: "" | "lost" | "again";
}

function cellOf({ columns }: Table, value: number, node: number): Cell {
  const { nodes, values, lateMs } = columns;
  const ticks = values.had[value * nodes.length + node] ?? -1;
  const loss = values.lost.find(([ofValue, ofNode]) => ofValue === value && ofNode === node);
  const lost = loss === undefined ? "" : loss[3] === 1 ? "again" : "lost";
  const isTold = values.node[value] === node;
  if (ticks < 0) return { ms: undefined, shade: 0, isTold, lost };
  const ms = ticks / TICKS_PER_MS;
  return { ms, shade: shadeOf(ms, lateMs), isTold, lost };
}

function shadeOf(ms: number, lateMs: number): number {
  if (ms > lateMs) return SHADES;
  return 1 + Math.floor((SHADES - 1) * Math.min(0.999, Math.sqrt(ms / lateMs)));
}

function numbered({ ms, shade, isTold, lost }: Cell): Html {
  if (ms === undefined) return html`<td class="n c s0">–</td>`;
  const mark = lost === "lost" ? "✗" : lost === "again" ? "↻" : "";
  const said = isTold ? "●" : milliseconds(ms).replaceAll(",", "");
  return html`<td class="n c s${shade}">${said}${mark}</td>`;
}

function strip(cells: readonly Cell[], nodes: readonly string[]): Html {
  const paths: string[] = new Array<string>(SHADES + 1).fill("");
  const cell = Math.max(1, Math.min(CELL_MAX, Math.floor(STRIP / nodes.length)));
  const wide = Math.max(1, cell - 1);
  cells.forEach(({ shade, lost }, i) => {
    const kind = lost === "lost" ? 0 : shade;
    const x = i * cell;
    paths[kind] += kind === 0 ? `M${x} 2l${wide} 10m0 -10l-${wide} 10` : `M${x} 1h${wide}v12h-${wide}z`;
  });
  const had = cells.filter(({ ms }) => ms !== undefined);
  const last = cells.reduce((last, { ms = -1 }, i) => ms > (cells[last]?.ms ?? -1) ? i : last, 0);
  const label = `${count(had.length)} of ${count(nodes.length)} nodes had it, the last one ${
    nodes[last]
  } after ${duration(cells[last]?.ms ?? 0)}`;
  return html`
    <svg class="strip" width="${cell * cells.length}" height="14" role="img"
      aria-label="${label}"><title>${label}</title>${paths.map((d, i) =>
        d !== "" && html`
          <path class="s${i}" d="${d}" />
        `
      )}</svg>
  `;
}

function latency(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? "–" : milliseconds(ms);
}
