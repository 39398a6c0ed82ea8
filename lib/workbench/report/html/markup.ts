/** HTML in pieces: whatever is put into one is escaped, unless it is a piece itself. */
import type { Json } from "../../../core/message.ts";

/** A piece of HTML that is sound. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Hole = Html | string | number | undefined | false | readonly Hole[];

/** A template whose holes take pieces, lists of pieces, and plain text. Its lines and their indentation are only layout. */
export function html(template: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  const parts = partsOf(template);
  let text = parts[0] ?? "";
  holes.forEach((hole, i) => text += filled(hole) + (parts[i + 1] ?? ""));
  return new Html(text);
}

/** By template: a table has many rows of one. */
const known = new WeakMap<TemplateStringsArray, readonly string[]>();

function partsOf(template: TemplateStringsArray): readonly string[] {
  const parts = known.get(template) ?? template.map((part) => part.replaceAll(/\s*\n\s*/g, "\n"));
  known.set(template, parts);
  return parts;
}

function filled(hole: Hole): string {
  if (hole instanceof Html) return hole.text;
  if (typeof hole === "string") return escaped(hole);
  if (typeof hole === "number") return String(hole);
  if (hole === undefined || hole === false) return "";
  return hole.map(filled).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for quoted attributes. */
export function escaped(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** Characters that nobody sees, or that turn the direction of the text around them, are spelt out. */
export function visible(text: string): string {
  return text.replaceAll(
    // deno-lint-ignore no-control-regex
    /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A longer value, name or sentence is cut off, characters. */
export const VALUE_CHARS_MAX = 40;
export const NAME_CHARS_MAX = 40;
export const SENTENCE_CHARS_MAX = 2_000;

export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  // Half a surrogate pair is no character.
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…`;
}

export function valueText(value: Json, most: number = VALUE_CHARS_MAX): string {
  return visible(shortened(JSON.stringify(value), most));
}
