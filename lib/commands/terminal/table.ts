/** Tables as Markdown has them where they fit, and else with fewer columns, plain or narrower ones, or in several parts. */
import { width, wrapped } from "./wrap.ts";

/** A column that is not wider is not broken below its head: a number and its unit stay together, characters. */
const UNBROKEN_MAX = 14;
/** A cell is broken into so many lines at most; a table that needs more is parted. */
const CELL_LINES_MAX = 3;

type Rows = readonly (readonly string[])[];

interface Style {
  readonly start: string;
  readonly between: string;
  readonly end: string;
}

const markdown: Style = { start: "| ", between: " | ", end: " |" };
const plain: Style = { start: "", between: "  ", end: "" };

interface Table {
  /** The first is the head. */
  readonly rows: Rows;
  /** So many of the first columns say what a row is about. */
  readonly names: number;
}

/** One table: see `tables`. */
export function table(rows: Rows, columns = Infinity, names = 1): string[] {
  return tables([{ rows, names }], columns).flat();
}

/**
 * Tables that are shown together, all of them framed or none. Lines of at most `columns` characters, as far as words allow:
 * what does not fit says beneath what all rows have in common.
 */
export function tables(all: readonly Table[], columns = Infinity): string[][] {
  const framed = all.map((table) => fitting(table, columns, markdown));
  if (framed.every((lines) => lines !== undefined)) return framed;
  return all.map((table) => fitting(table, columns, plain) ?? narrower(table, columns));
}

function fitting({ rows, names }: Table, columns: number, style: Style): string[] | undefined {
  const isFitting = (rows: Rows) => total(naturalWidths(rows), style) <= columns;
  if (isFitting(rows)) return linesOf(rows, naturalWidths(rows), style);
  const { differing, beneath } = compared(rows, names, columns);
  return isFitting(differing)
    ? [...linesOf(differing, naturalWidths(differing), style), ...beneath]
    : undefined;
}

function narrower({ rows, names }: Table, columns: number): string[] {
  const { differing, beneath } = compared(rows, names, columns);
  return [...squeezed(differing, columns, names), ...beneath];
}

/** Plain columns, with cells of several lines, or in several parts. */
function squeezed(rows: Rows, columns: number, names: number): string[] {
  const natural = naturalWidths(rows);
  const least = leastWidths(rows, natural);
  const narrow = narrowed(natural, least, columns);
  const isReadable = narrow !== undefined &&
    rows.every((cells) => cells.every((cell, i) => wrapped(cell, narrow[i] ?? 0).length <= CELL_LINES_MAX));
  const unbroken = natural.map((most, i) => most <= UNBROKEN_MAX ? least[i] ?? most : most);
  const parts = isReadable ? [] : partsOf(unbroken, columns, names);
  if (parts.length <= 1) return linesOf(rows, narrow ?? least, plain);
  const named = natural.slice(0, names).map((_, i) => i);
  const tableOf = (part: readonly number[]) =>
    squeezed(rows.map((cells) => [...named, ...part].map((i) => cells[i] ?? "")), columns, names);
  return parts.flatMap((part, i) => i === 0 ? tableOf(part) : ["", ...tableOf(part)]);
}

/** The columns of each part, which repeats the names. */
function partsOf(widths: readonly number[], columns: number, names: number): number[][] {
  const parts: number[][] = [];
  for (let i = names; i < widths.length; i++) {
    const part = parts.at(-1);
    const together = [...widths.slice(0, names), ...(part ?? []).map((j) => widths[j] ?? 0), widths[i] ?? 0];
    if (part !== undefined && total(together, plain) <= columns) part.push(i);
    else parts.push([i]);
  }
  return parts;
}

/** The widest columns give way first; undefined where even the longest words do not fit. */
function narrowed(natural: readonly number[], least: readonly number[], columns: number) {
  const widths = [...natural];
  while (total(widths, plain) > columns) {
    const spare = widths.map((width, i) => width > (least[i] ?? 0) ? width : 0);
    const widest = spare.indexOf(Math.max(...spare));
    if (spare[widest] === 0) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** The columns in which rows differ, and what all of them have in the others. */
function compared(rows: Rows, names: number, columns: number) {
  const [head = [], first = [], ...others] = rows;
  const isCommon = head.map((_, i) =>
    i >= names && (others.length > 0 || first[i] === "") && others.every((cells) => cells[i] === first[i])
  );
  const common = head.flatMap((name, i) => isCommon[i] && first[i] !== "" ? [`${name} ${first[i]}`] : []);
  return {
    differing: rows.map((cells) => cells.filter((_, i) => !isCommon[i])),
    beneath: common.length === 0 ? [] : wrapped(`All: ${common.join(", ")}`, columns),
  };
}

function naturalWidths(rows: Rows): number[] {
  return (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => width(cells[i] ?? ""))));
}

function leastWidths(rows: Rows, natural: readonly number[]): number[] {
  const longestWord = (text = "") => Math.max(...text.split(" ").map(width));
  const [head = [], ...others] = rows;
  return natural.map((most, i) => {
    const least = most <= UNBROKEN_MAX ? width : longestWord;
    return Math.max(longestWord(head[i]), ...others.map((cells) => least(cells[i] ?? "")));
  });
}

function total(widths: readonly number[], { start, between, end }: Style): number {
  const frame = start.length + end.length + between.length * (widths.length - 1);
  return widths.reduce((sum, width) => sum + width, frame);
}

function linesOf(rows: Rows, widths: readonly number[], { start, between, end }: Style): string[] {
  const line = (cells: readonly string[]) =>
    `${start}${widths.map((most, i) => padded(cells[i] ?? "", most)).join(between)}${end}`.trimEnd();
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
