/** Where a string or a number of JSON ends, if it is as JSON.stringify writes it. */

/** JSON.stringify writes no number that is longer. */
const NUMBER_CHARS_MAX = 25;
/** A number of so many digits is the shortest that spells it, as no two of them are the same double. */
const EXACT_DIGITS_MAX = 15;
/** Smaller numbers are written with an exponent: 0.000001, 1e-7. */
const LEADING_ZEROS_MAX = 5;

const HIGH_SURROGATE = 0xd800;
const LOW_SURROGATE = 0xdc00;
const BEHIND_SURROGATES = 0xe000;

/** Where the number ends that begins at `at`, its digits at `start`; -1 where JSON.stringify would write it otherwise. */
export function endOfNumber(text: string, at: number, start: number): number {
  let point = -1;
  let significant = -1;
  let isPlain = true;
  let i = start;
  for (; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x30 && unit <= 0x39) {
      if (significant < 0 && unit !== 0x30) significant = i;
    } else if (unit === 0x2e /* . */ && point < 0) point = i;
    else if (unit === 0x65 /* e */ || unit === 0x2b /* + */ || unit === 0x2d /* - */) isPlain = false;
    else break;
  }
  if (i - at > NUMBER_CHARS_MAX) return -1;
  // Neither a zero nor the point at the end, no zero too many at the beginning.
  isPlain &&= point > start && text.charCodeAt(i - 1) > 0x30 && i - start - 1 <= EXACT_DIGITS_MAX;
  isPlain &&= significant === start ||
    point === start + 1 && significant > point && significant - point - 1 <= LEADING_ZEROS_MAX;
  return isPlain || isShortest(text.slice(at, i)) ? i : -1;
}

function isShortest(spelled: string): boolean {
  return String(Number(spelled)) === spelled;
}

/** Where the quote is that ends the string which goes on at `from`; -1 where JSON.stringify would write it otherwise. */
export function endOfString(text: string, from: number): number {
  let isAfterHigh = false;
  for (let i = from; i < text.length; i++) {
    let unit = text.charCodeAt(i);
    if (unit === 0x22 /* " */) return i;
    if (unit < 0x20) return -1;
    let isAlone = false;
    if (unit === 0x5c /* \ */) {
      i++;
      unit = text.charCodeAt(i);
      if (unit === 0x75 /* u */) {
        unit = escaped(text.slice(i + 1, i + 5));
        if (unit < 0) return -1;
        isAlone = unit >= HIGH_SURROGATE;
        i += 4;
      } else if (!isShortEscape(unit)) return -1;
    } else if (unit >= HIGH_SURROGATE && unit < BEHIND_SURROGATES) {
      i++;
      if (!isHighSurrogate(unit) || i === text.length || !isLowSurrogate(text.charCodeAt(i))) return -1;
      unit = 0;
    }
    // Two halves would be one character, which is written as it is.
    if (isAlone && isAfterHigh && isLowSurrogate(unit)) return -1;
    isAfterHigh = isAlone && isHighSurrogate(unit);
  }
  return -1;
}

function isShortEscape(unit: number): boolean {
  if (unit === 0x22 || unit === 0x5c) return true;
  return unit === 0x62 || unit === 0x66 || unit === 0x6e || unit === 0x72 || unit === 0x74;
}

/** The character that four digits spell, where it has to be escaped like this: a control character or half a surrogate pair. */
function escaped(digits: string): number {
  const unit = parseInt(digits, 16);
  const isHalf = unit >= HIGH_SURROGATE && unit < BEHIND_SURROGATES;
  const isControl = unit < 0x20 && unit !== 8 && unit !== 9 && unit !== 10 && unit !== 12 && unit !== 13;
  return (isHalf || isControl) && digits === unit.toString(16).padStart(4, "0") ? unit : -1;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= HIGH_SURROGATE && unit < LOW_SURROGATE;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= LOW_SURROGATE && unit < BEHIND_SURROGATES;
}
