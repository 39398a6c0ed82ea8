/** Reads whole numbers out of a text, one character after the other. */

/** As many digits make a whole number that is safe, whatever they are. */
export const DIGITS_MAX = 15;

const [ZERO, MINUS] = [0x30, 0x2d];

/** What wholeEnd() has read. */
export let whole = 0;

/** Reads the one at this place, as JSON.stringify writes it. Returns where it ends; -1 where there is something else, or more digits. */
export function wholeEnd(text: string, from: number): number {
  const isNegative = text.charCodeAt(from) === MINUS;
  const first = isNegative ? from + 1 : from;
  const most = Math.min(text.length, first + DIGITS_MAX + 1);
  let number = 0;
  let at = first;
  for (; at < most; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) break;
    number = 10 * number + digit;
  }
  if (at === first || at > first + DIGITS_MAX) return -1;
  if (text.charCodeAt(first) === ZERO && (isNegative || at > first + 1)) return -1;
  whole = isNegative ? -number : number;
  return at;
}
