/** What is printed of an entry, as --format says: a text with places for what the entry has. */
import type { Item } from "../../client/watching/item.ts";
import { nearest } from "../flags/suggest.ts";
import type { Spell } from "./value_printer.ts";

/** A longer format is refused, in characters. */
export const FORMAT_CHARS_MAX = 1_000;

/** What may stand in braces. What an entry has not is empty. */
const places: Readonly<Record<string, (item: Item) => string>> = {
  value: ({ text, deleted }) => deleted ? "" : text,
  topic: ({ topic }) => topic,
  key: ({ key = "" }) => inOneLine(key),
  id: ({ id = "" }) => inOneLine(id),
  stamp: ({ stamp }) => String(stamp ?? ""),
  deleted: ({ deleted }) => deleted ? "deleted" : "",
  origin: ({ origin }) => inOneLine(origin),
  seq: ({ seq }) => String(seq),
  /** When it is printed. */
  time: () => new Date().toISOString(),
};

export const FORMAT_RULE =
  `a text with ${Object.keys(places).map((name) => `{${name}}`).join(", ")} in it, ` +
  `and \\t, \\n, \\\\, {{ and }} for what they stand for, of at most ${FORMAT_CHARS_MAX} characters`;

const marks: Readonly<Record<string, string>> = {
  "\\t": "\t",
  "\\n": "\n",
  "\\\\": "\\",
  "{{": "{",
  "}}": "}",
};
const PARTS = /\\[tn\\]|\{\{|\}\}|\{[^{}]*\}|[\s\S]/g;

/** Undefined where it is none. */
export function parseFormat(text: string): Spell | undefined {
  if (formatFault(text) !== undefined) return undefined;
  const parts = (text.match(PARTS) ?? []).map((part) =>
    places[part.slice(1, -1)] ?? (() => marks[part] ?? part)
  );
  return (item) => parts.map((part) => part(item)).join("");
}

/** What is wrong with it, where there is more to say than the rule. */
export function formatFault(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (text.length > FORMAT_CHARS_MAX) return `it has ${text.length} characters`;
  for (const part of text.match(PARTS) ?? []) {
    if (part === "{" || part === "}") return `a ${part} stands alone: ${part}${part} is one`;
    const name = part.slice(1, -1);
    if (part.startsWith("{") && part !== "{{" && !Object.hasOwn(places, name)) return unknown(name);
  }
  return undefined;
}

function unknown(name: string): string {
  const guess = nearest(name, Object.keys(places));
  return `there is no {${name}}${guess === undefined ? "" : `: did you mean {${guess}}?`}`;
}

/** As in JSON, without the quotation marks. */
function inOneLine(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
