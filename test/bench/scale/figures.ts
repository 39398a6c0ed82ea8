/** The figures of a row by name, as tables, fits and plots show them; and how they grow. */
import type { Figures } from "./measure.ts";
import type { Row } from "./row.ts";

export interface Figure {
  /** Over a column. */
  readonly head: string;
  /** Over a panel and along its axis; undefined where it is not drawn. */
  readonly panel?: { readonly title: string; readonly unit: string };
  /** What it is measured by, drawn beside it. */
  readonly guide?: { readonly name: string; readonly of: (nodes: number) => number };
  readonly of: (row: Measured) => number | null;
}

export interface Measured extends Row {
  readonly figures: Figures;
}

const root = { name: "√N", of: Math.sqrt };

export const figures: readonly Figure[] = [
  {
    head: "messages a value",
    panel: { title: "Messages per value", unit: "messages" },
    guide: { name: "N − 1", of: (nodes) => nodes - 1 },
    of: ({ figures }) => figures.messagesPerValue,
  },
  { head: "÷ (N − 1)", of: ({ plan, figures }) => figures.messagesPerValue / (plan.nodes - 1) },
  {
    head: "bytes a value",
    panel: { title: "Bytes per value", unit: "bytes" },
    of: ({ figures }) => figures.bytesPerValue,
  },
  {
    head: "median ms",
    panel: { title: "To the last node, median", unit: "ms" },
    of: ({ figures }) => figures.medianMs,
  },
  {
    head: "max ms",
    panel: { title: "To the last node, maximum", unit: "ms" },
    of: ({ figures }) => figures.maxMs,
  },
  {
    head: "after heal ms",
    panel: { title: "From a heal to all everywhere", unit: "ms" },
    of: ({ figures }) => figures.afterHealMs,
  },
  { head: "busiest messages/s", of: ({ figures }) => figures.messages.busiest },
  {
    head: "× mean",
    panel: { title: "Busiest node's messages", unit: "× the mean" },
    guide: root,
    of: ({ figures }) => figures.messages.ratio,
  },
  { head: "busiest KB/s", of: ({ figures }) => figures.bytes.busiest / 1024 },
  {
    head: "× mean",
    panel: { title: "Busiest node's bytes", unit: "× the mean" },
    guide: root,
    of: ({ figures }) => figures.bytes.ratio,
  },
  { head: "√N", of: ({ plan }) => root.of(plan.nodes) },
  {
    head: "KB a node",
    panel: { title: "Memory per node", unit: "KB" },
    of: ({ figures }) => figures.kbPerNode,
  },
  {
    head: "wall ms a virtual s",
    panel: { title: "Wall time per virtual second", unit: "ms" },
    of: ({ plan, figures }) => 1000 * figures.wallS / plan.seconds,
  },
];

export function isMeasured(row: Row): row is Measured {
  return row.figures !== undefined;
}

/** By nodes, of the rows of one scenario that have the figure. */
export function pointsOf(figure: Figure, rows: readonly Row[]): (readonly [nodes: number, of: number])[] {
  return rows.filter(isMeasured).flatMap((row) => {
    const of = figure.of(row);
    return of === null || !(of > 0) ? [] : [[row.plan.nodes, of] as const];
  });
}

/** The power of N by which it grows: the slope of the least squares line through the logarithms. */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number | undefined {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (of: (log: readonly [number, number]) => number) =>
    logs.reduce((sum, log) => sum + of(log), 0) / logs.length;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const spread = mean(([x]) => (x - meanX) ** 2);
  return spread > 0 ? mean(([x, y]) => (x - meanX) * (y - meanY)) / spread : undefined;
}

/** Three digits that count, and no more than are there. */
export function digits(n: number): string {
  if (n >= 100) return Math.round(n).toLocaleString("en");
  return n.toFixed(n >= 10 ? 1 : 2);
}
