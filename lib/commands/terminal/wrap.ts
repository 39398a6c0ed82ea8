/** Breaks lines between words, so that they fit a terminal. */

/** A colour shows nothing. */
// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[[\d;]*m/g;
/** A command stays whole, so that it can be copied. */
const WORDS = /(?<=^ *|: )hearsay [a-z]+(?![a-z:]).*|\S+/g;

/** A gap further right has too little room behind it, as a share of the line. */
const GAP_AT_MAX = 2 / 3;

/** Characters that show. */
export function width(text: string): number {
  return [...text.replaceAll(COLOURS, "")].length;
}

/**
 * The line in lines of at most so many characters. What follows the first stands below its text, right of a label or a mark
 * that it may have. A word that is longer stands alone, and is not broken, and neither is a row of a table.
 */
export function wrapped(line: string, columns: number): string[] {
  if (width(line) <= columns || line.startsWith("| ")) return [line];
  const start = textStart(line, columns);
  const indent = " ".repeat(width(line.slice(0, start)));
  const lines: string[] = [];
  let current = line.slice(0, start);
  let end = start;
  for (const { 0: word, index } of line.slice(start).matchAll(WORDS)) {
    const gap = line.slice(end, start + index);
    if (end > start && width(current + gap + word) > columns) {
      lines.push(current);
      current = indent + word;
    } else current += gap + word;
    end = start + index + word.length;
  }
  return [...lines, current];
}

/** Behind the last gap of two spaces that leaves room for a text, or else behind a list's mark or the indentation. */
function textStart(line: string, columns: number): number {
  const gaps = [...line.matchAll(/ {2,}(?=\S)/g)].map(({ 0: gap, index }) => index + gap.length);
  const last = gaps.findLast((end) => width(line.slice(0, end)) <= columns * GAP_AT_MAX) ?? 0;
  return last + (/^- /.exec(line.slice(last))?.[0].length ?? 0);
}

/** Terms, each with what it means beside it, or below it where the term is long. */
export function definitions(pairs: readonly (readonly [string, string])[], columns: number): string[] {
  const left = Math.min(Math.floor(columns / 3), Math.max(...pairs.map(([term]) => width(term))));
  const margin = " ".repeat(left + 4);
  return pairs.flatMap(([term, text]) => {
    const lines = wrapped(text, columns - margin.length).map((line) => margin + line);
    const head = `  ${term}`;
    const [first = "", ...more] = lines;
    return width(term) > left ? [head, ...lines] : [head + first.slice(width(head)), ...more];
  });
}

/** Lines that follow each other are one text, and broken anew; empty ones and those that are indented stand as they are. */
export function flowed(lines: readonly string[]): string[] {
  const texts: string[] = [];
  let isOpen = false;
  for (const line of lines) {
    const isText = line !== "" && !line.startsWith(" ");
    if (isText && isOpen) texts.push(`${texts.pop()} ${line}`);
    else texts.push(line);
    isOpen = isText;
  }
  return texts;
}
