/** Tables as Markdown has them, whole where they fit, and else in narrower columns or in several parts. */
import { width, wrapped } from "./wrap.ts";

/** A cell is broken into so many lines at most; a table that needs more is parted. */
const CELL_LINES_MAX = 3;

type Rows = readonly (readonly string[])[];

/** The first row is the head. Lines of at most `columns` characters, as far as words allow. */
export function table(rows: Rows, columns = Infinity): string[] {
  const natural = widthsOf(rows, width);
  if (total(natural) <= columns) return linesOf(rows, natural);
  const narrow = narrowed(natural, widthsOf(rows, longestWord), columns);
  const isReadable = narrow !== undefined &&
    rows.every((cells) => cells.every((cell, i) => wrapped(cell, narrow[i] ?? 0).length <= CELL_LINES_MAX));
  if (isReadable || natural.length <= 2) return linesOf(rows, narrow ?? widthsOf(rows, longestWord));
  return parted(rows, natural, columns);
}

/** Each part repeats the first column, which says what the row is about. */
function parted(rows: Rows, natural: readonly number[], columns: number): string[] {
  const parts: number[][] = [];
  for (let i = 1; i < natural.length; i++) {
    const part = parts.at(-1);
    const fits = part !== undefined && total([0, ...part, i].map((j) => natural[j] ?? 0)) <= columns;
    if (fits) part.push(i);
    else parts.push([i]);
  }
  const tableOf = (part: readonly number[]) =>
    table(rows.map((cells) => [0, ...part].map((i) => cells[i] ?? "")), columns);
  return parts.flatMap((part, i) => i === 0 ? tableOf(part) : ["", ...tableOf(part)]);
}

/** The widest columns give way first; undefined where even the longest words do not fit. */
function narrowed(
  natural: readonly number[],
  least: readonly number[],
  columns: number,
): readonly number[] | undefined {
  const widths = [...natural];
  while (total(widths) > columns) {
    const spare = widths.map((width, i) => width > (least[i] ?? 0) ? width : 0);
    const widest = spare.indexOf(Math.max(...spare));
    if (spare[widest] === 0) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function widthsOf(rows: Rows, of: (text: string) => number): number[] {
  return (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => of(cells[i] ?? ""))));
}

function longestWord(text: string): number {
  return Math.max(...text.split(" ").map(width));
}

/** "| a | b |": two characters at each end, and three between two cells. */
function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 3, 1);
}

function linesOf(rows: Rows, widths: readonly number[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${widths.map((most, i) => padded(cells[i] ?? "", most)).join(" | ")} |`;
  const lines = (cells: readonly string[]) => {
    const texts = widths.map((most, i) => wrapped(cells[i] ?? "", most));
    const height = Math.max(...texts.map(({ length }) => length));
    return Array.from({ length: height }, (_, j) => line(texts.map((text) => text[j] ?? "")));
  };
  const rule = line(widths.map((most) => "-".repeat(most)));
  return rows.flatMap((cells, i) => i === 0 ? [...lines(cells), rule] : lines(cells));
}

function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}
