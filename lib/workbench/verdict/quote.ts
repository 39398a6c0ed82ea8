/** Quotations of what nodes print and answer, at a length that a report can bear. */

/** The longest quotation, in characters. */
export const QUOTE_CHARS_MAX = 200;

export function quoted(text: string): string {
  return text.length > QUOTE_CHARS_MAX ? `${text.slice(0, QUOTE_CHARS_MAX)}…` : text;
}
