/** HTML in pieces: whatever is put into one is escaped, unless it is a piece itself. */
import type { Json } from "../../../core/message.ts";
import { escaped, shortened, visible } from "../text.ts";

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

/** A longer value, name or sentence is cut off, characters. */
export const VALUE_CHARS_MAX = 40;
export const NAME_CHARS_MAX = 40;
export const SENTENCE_CHARS_MAX = 2_000;

export function valueText(value: Json, most: number = VALUE_CHARS_MAX): string {
  return visible(shortened(JSON.stringify(value), most));
}

/** A whole page, which needs nothing else. */
export function pageOf(title: string, styles: string, body: Html): string {
  const page = html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        <style>${new Html(styles)}</style>
      </head>
      <body>
    ${body}
      </body>
    </html>
  `;
  return page.text.trimStart();
}
