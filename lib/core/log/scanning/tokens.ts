/** Where a string or a number of JSON ends, if it is as JSON.stringify writes it. The texts are UTF-8, and zeros follow. */

/** JSON.stringify writes no number that is longer. */
export const NUMBER_CHARS_MAX = 25;
/** A number of so many digits is the shortest that spells it, as no two of them are the same double. */
export const EXACT_DIGITS_MAX = 15;
/** Smaller numbers are written with an exponent: 0.000001, 1e-7. */
export const LEADING_ZEROS_MAX = 5;

/** The highest bit of each of four bytes. */
export const TOPS = 0x80808080 | 0;

const HIGH_SURROGATE = 0xd800;
const LOW_SURROGATE = 0xdc00;
const BEHIND_SURROGATES = 0xe000;

/** Where the number ends that begins at `at`, its digits at `start`; -1 where JSON.stringify would write it otherwise. */
export function endOfNumber(text: DataView, at: number, start: number): number {
  let point = -1;
  let significant = -1;
  let isPlain = true;
  let i = start;
  for (;; i++) {
    const byte = text.getUint8(i);
    if (byte >= 0x30 && byte <= 0x39) {
      if (significant < 0 && byte !== 0x30) significant = i;
    } else if (byte === 0x2e /* . */ && point < 0) point = i;
    else if (byte === 0x65 /* e */ || byte === 0x2b /* + */ || byte === 0x2d /* - */) isPlain = false;
    else break;
  }
  if (i - at > NUMBER_CHARS_MAX) return -1;
  // Neither a zero nor the point at the end, no zero too many at the beginning.
  isPlain &&= point > start && text.getUint8(i - 1) > 0x30 && i - start - 1 <= EXACT_DIGITS_MAX;
  isPlain &&= significant === start ||
    point === start + 1 && significant > point && significant - point - 1 <= LEADING_ZEROS_MAX;
  return isPlain || isShortest(text, at, i) ? i : -1;
}

function isShortest(text: DataView, at: number, end: number): boolean {
  let spelled = "";
  for (let i = at; i < end; i++) spelled += String.fromCharCode(text.getUint8(i));
  return String(Number(spelled)) === spelled;
}

/** Where the quote is that ends the string which goes on at `from`; -1 where JSON.stringify would write it otherwise. */
export function endOfString(text: DataView, from: number): number {
  let isAfterHigh = false;
  for (let i = from;; i++) {
    let unit = text.getUint8(i);
    if (unit === 0x22 /* " */) return i;
    if (unit < 0x20) return -1;
    const isEscaped = unit === 0x5c; /* \ */
    if (isEscaped) {
      i++;
      unit = text.getUint8(i);
      if (unit === 0x75 /* u */) {
        unit = escaped(text, i + 1);
        if (unit < 0) return -1;
        i += 4;
      } else if (!isShortEscape(unit)) return -1;
    }
    // Two halves would be one character, which is written as it is.
    if (isAfterHigh && isEscaped && unit >= LOW_SURROGATE) return -1;
    isAfterHigh = unit >= HIGH_SURROGATE && unit < LOW_SURROGATE;
  }
}

function isShortEscape(unit: number): boolean {
  if (unit === 0x22 || unit === 0x5c) return true;
  return unit === 0x62 || unit === 0x66 || unit === 0x6e || unit === 0x72 || unit === 0x74;
}

/** The character that four digits spell, where it has to be escaped like this: a control character or half a surrogate pair. */
function escaped(text: DataView, from: number): number {
  let unit = 0;
  for (let i = from; i < from + 4; i++) {
    const byte = text.getUint8(i);
    if (byte >= 0x30 && byte <= 0x39) unit = 16 * unit + byte - 0x30;
    else if (byte >= 0x61 && byte <= 0x66) unit = 16 * unit + byte - 0x57;
    else return -1;
  }
  const isHalf = unit >= HIGH_SURROGATE && unit < BEHIND_SURROGATES;
  const isControl = unit < 0x20 && unit !== 8 && unit !== 9 && unit !== 10 && unit !== 12 && unit !== 13;
  return isHalf || isControl ? unit : -1;
}

/** Whether the key from `start` to `end`, its quote included, stands at another place, too. */
export function isSameKey(text: DataView, other: number, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.getUint8(i) !== text.getUint8(other + i - start)) return false;
  return true;
}

/** By how many the bytes from `from` to `to` are more than the characters, of which a surrogate pair is two. */
export function continuations(text: DataView, from: number, to: number): number {
  let more = 0;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const word = text.getInt32(i, true);
    if ((word & TOPS) === 0) continue;
    // A byte that continues a character begins with 10, the first of four with 1111.
    more += tops(word & ~(word << 1)) - tops(word & (word << 1) & (word << 2) & (word << 3));
  }
  for (; i < to; i++) {
    const byte = text.getUint8(i);
    if (byte >> 6 === 0b10) more++;
    else if (byte >= 0xf0) more--;
  }
  return more;
}

/** Of how many of the four bytes the highest bit is set. */
function tops(word: number): number {
  return Math.imul((word & TOPS) >>> 7, 0x01010101) >>> 24;
}
