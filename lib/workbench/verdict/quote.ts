/** Quotations of what nodes print and answer, at a length that a report can bear. */

import { shortened, visible } from "../report/text.ts";

/** The longest quotation, in characters. */
export const QUOTE_CHARS_MAX = 200;

/** What would move the cursor, colour a terminal or turn the text around is spelt out. */
export function quoted(text: string): string {
  return visible(shortened(text, QUOTE_CHARS_MAX));
}
