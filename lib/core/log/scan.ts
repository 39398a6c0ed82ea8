/** Cuts a list of JSON values into its values without parsing them, and hashes each. */
import { VALUE_DEPTH_MAX } from "./canonical.ts";
import { mixed } from "./set_digest.ts";
import { endOfNumber, endOfString } from "./tokens.ts";

/** What is found in a text `v1,v2,…`. */
export interface Scan {
  /** The index behind the last value, in the text that was scanned. */
  readonly end: number;
  readonly count: number;
  /** Where each value ends, from where the scan began. */
  readonly ends: Int32Array;
  /** Two hashes of 32 bits for each value: equal for equal values, whatever the order of keys. */
  readonly hashes: Int32Array;
  /** Whether no character takes more than a byte. */
  readonly isAscii: boolean;
}

/** Whole numbers of so many digits are hashed as numbers, others by their text. */
const WHOLE_DIGITS_MAX = 15;
/** So many keys of an object are compared by their hashes; a set finds the repeated ones among those that follow. */
const KEYS_COMPARED = 16;
/** Lists of so many values need no memory but for the result. */
const SCRATCH_VALUES = 1_024;

/** Odd multipliers that spread bits well, of MurmurHash3 and xxHash; each lane has its own. */
const HIGH = 0xcc9e2d51 | 0;
const LOW = 0x9e3779b1 | 0;
const FIELD_HIGH = 0x85ebca77 | 0;
const FIELD_LOW = 0xc2b2ae3d | 0;
/** What a value is hashed as: a number and a string that spells it are two. */
const STRING = 0x1b873593;
const NUMBER = 0x27d4eb2f;
const WHOLE = 0x165667b1;
const ARRAY = 0x2c1b3c6d;
const OBJECT = 0x297a2d39;
const LITERAL = 0x52dce729;

const BEYOND_ASCII = 0x80808080 | 0;

/** The hashes, not yet mixed, of the value or key that was scanned last: what each function below leaves. */
let high = 0;
let low = 0;
/** Of all strings: not zero in BEYOND_ASCII where a character takes more than a byte. */
let bytes = 0;

const scratchEnds = new Int32Array(SCRATCH_VALUES);
const scratchHashes = new Int32Array(2 * SCRATCH_VALUES);
/** The hash of each key of the objects that are open, and where it begins. */
const keyHashes = new Int32Array((VALUE_DEPTH_MAX + 1) * KEYS_COMPARED);
const keyStarts = new Int32Array((VALUE_DEPTH_MAX + 1) * KEYS_COMPARED);

/**
 * Scans the values from `from` on, until the text ends or `]` follows. Undefined where that is not JSON as JSON.stringify
 * writes it (the keys of an object in any order), or nested over VALUE_DEPTH_MAX deep.
 */
export function scan(text: string, from = 0): Scan | undefined {
  const length = text.length;
  let ends = scratchEnds;
  let hashes = scratchHashes;
  let count = 0;
  let at = from;
  bytes = 0;
  for (;;) {
    at = at < length ? value(text, at, 0) : -1;
    if (at < 0) return undefined;
    if (count === ends.length) {
      ends = grown(ends);
      hashes = grown(hashes);
    }
    ends[count] = at - from;
    hashes[2 * count] = mixed(high);
    hashes[2 * count + 1] = mixed(low);
    count++;
    if (at >= length || text.charCodeAt(at) !== 0x2c /* , */) break;
    at++;
  }
  if (at < length && text.charCodeAt(at) !== 0x5d /* ] */) return undefined;
  return {
    end: at,
    count,
    ends: ends.slice(0, count),
    hashes: hashes.slice(0, 2 * count),
    isAscii: (bytes & BEYOND_ASCII) === 0,
  };
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** Where the value ends that begins at `at`, with so many arrays and objects around it; -1 where there is none. */
function value(text: string, at: number, depth: number): number {
  const unit = text.charCodeAt(at);
  if (unit === 0x22 /* " */) return string(text, at + 1);
  if (unit <= 0x39 && unit >= 0x2d /* -./0-9 */) return number(text, at, unit === 0x2d);
  if (unit === 0x7b /* { */) return depth < VALUE_DEPTH_MAX ? object(text, at + 1, depth + 1) : -1;
  if (unit === 0x5b /* [ */) return depth < VALUE_DEPTH_MAX ? array(text, at + 1, depth + 1) : -1;
  if (unit === 0x74 /* t */) return literal(text, at, "true", 1);
  if (unit === 0x66 /* f */) return literal(text, at, "false", 2);
  return unit === 0x6e /* n */ ? literal(text, at, "null", 3) : -1;
}

function literal(text: string, at: number, word: string, kind: number): number {
  high = Math.imul(LITERAL + kind, HIGH);
  low = Math.imul(LITERAL + kind, LOW);
  return text.startsWith(word, at) ? at + word.length : -1;
}

function array(text: string, from: number, depth: number): number {
  let first = ARRAY ^ HIGH;
  let second = ARRAY ^ LOW;
  let count = 0;
  let at = from;
  if (text.charCodeAt(at) === 0x5d /* ] */) at++;
  else {
    for (;;) {
      at = value(text, at, depth);
      if (at < 0) return -1;
      first = Math.imul(first ^ mixed(high), HIGH);
      first ^= first >>> 15;
      second = Math.imul(second ^ mixed(low), LOW);
      second ^= second >>> 13;
      count++;
      const unit = text.charCodeAt(at++);
      if (unit === 0x5d /* ] */) break;
      if (unit !== 0x2c /* , */) return -1;
    }
  }
  high = first ^ count;
  low = second ^ count;
  return at;
}

/** The hashes of its fields are added: their order does not matter. */
function object(text: string, from: number, depth: number): number {
  let first = OBJECT ^ HIGH;
  let second = OBJECT ^ LOW;
  let count = 0;
  let at = from;
  /** A bit for each key, by its hash: most keys need no closer look. */
  let bits = 0;
  let more: Set<string> | undefined;
  if (text.charCodeAt(at) === 0x7d /* } */) at++;
  else {
    for (;;) {
      if (text.charCodeAt(at) !== 0x22 /* " */) return -1;
      const start = at;
      at = string(text, start + 1);
      if (at < 0) return -1;
      const bit = 1 << (high >>> 27);
      if ((bits & bit) !== 0 && isRepeated(text, start, at, depth, count)) return -1;
      bits |= bit;
      if (count < KEYS_COMPARED) {
        keyHashes[depth * KEYS_COMPARED + count] = high;
        keyStarts[depth * KEYS_COMPARED + count] = start;
      } else {
        more ??= new Set();
        if (more.size === more.add(text.slice(start, at)).size) return -1;
      }
      if (text.charCodeAt(at++) !== 0x3a /* : */) return -1;
      const keyHigh = Math.imul(high, FIELD_HIGH);
      const keyLow = Math.imul(low, FIELD_LOW);
      at = value(text, at, depth);
      if (at < 0) return -1;
      first = (first + mixed(keyHigh ^ high)) | 0;
      second = (second + mixed(keyLow ^ low)) | 0;
      count++;
      const unit = text.charCodeAt(at++);
      if (unit === 0x7d /* } */) break;
      if (unit !== 0x2c /* , */) return -1;
    }
  }
  high = first;
  low = second ^ count;
  return at;
}

/** Whether a key, the hash of which is at hand, is one of the first of its object. */
function isRepeated(text: string, start: number, end: number, depth: number, count: number): boolean {
  const base = depth * KEYS_COMPARED;
  for (let i = base; i < base + count && i < base + KEYS_COMPARED; i++) {
    // Equal hashes alone do not make keys equal.
    if (keyHashes[i] === high && text.startsWith(text.slice(start, end), keyStarts[i])) return true;
  }
  return false;
}

function number(text: string, at: number, isNegative: boolean): number {
  const length = text.length;
  const start = isNegative ? at + 1 : at;
  let whole = 0;
  let i = start;
  let unit = 0;
  for (; i < length; i++) {
    unit = text.charCodeAt(i);
    if (unit < 0x30 || unit > 0x39) break;
    whole = 10 * whole + (unit - 0x30);
  }
  const count = i - start;
  const isReal = i < length && (unit === 0x2e /* . */ || unit === 0x65 /* e */);
  if (isReal || count === 0 || count > WHOLE_DIGITS_MAX) return real(text, at, start);
  if (count > 1 ? text.charCodeAt(start) === 0x30 : isNegative && whole === 0) return -1;
  if (isNegative) whole = -whole;
  const lower = whole | 0;
  high = Math.imul(lower, HIGH) ^ WHOLE;
  low = Math.imul(lower, LOW) + WHOLE;
  if (lower !== whole) {
    const upper = Math.floor(whole / 2 ** 32);
    high = mixed(high) ^ upper;
    low = mixed(low) ^ upper;
  }
  return i;
}

/** A number that is not whole, or has many digits. */
function real(text: string, at: number, start: number): number {
  const end = endOfNumber(text, at, start);
  if (end > 0) hashUnits(text, at, end, NUMBER ^ HIGH, NUMBER ^ LOW, end - at);
  return end;
}

/** Four characters at a time, as the bytes of a word, as long as there is none that has to be looked at. */
function string(text: string, start: number): number {
  const length = text.length;
  let first = STRING ^ HIGH;
  let second = STRING ^ LOW;
  let some = 0;
  let i = start;
  for (; i + 4 <= length; i += 4) {
    const c0 = text.charCodeAt(i);
    const c1 = text.charCodeAt(i + 1);
    const c2 = text.charCodeAt(i + 2);
    const c3 = text.charCodeAt(i + 3);
    const four = c0 | c1 | c2 | c3;
    if (four > 0xff) break;
    const word = c0 | (c1 << 8) | (c2 << 16) | (c3 << 24);
    const special = specialOf(word);
    if (special !== 0) {
      // The lowest bit that is set tells which of the four is the first to look at.
      const bits = 24 - (Math.clz32(special & -special) & 0x18);
      if (((word >>> bits) & 0xff) !== 0x22 /* " */) break;
      const tail = word & ((1 << bits) - 1);
      bytes |= some | tail;
      const end = i + (bits >>> 3);
      if (bits > 0) {
        first = Math.imul(first ^ tail, HIGH);
        first ^= first >>> 15;
        second = Math.imul(second ^ tail, LOW);
        second ^= second >>> 13;
      }
      high = first ^ (end - start);
      low = second + (end - start);
      return end + 1;
    }
    some |= word;
    first = Math.imul(first ^ word, HIGH);
    first ^= first >>> 15;
    second = Math.imul(second ^ word, LOW);
    second ^= second >>> 13;
  }
  const end = endOfString(text, i);
  if (end < 0) return -1;
  bytes |= some;
  hashUnits(text, i, end, first, second, end - start);
  return end + 1;
}

/** The highest bit of the first of the four bytes that is a quote, a backslash or a control character, and maybe of later ones. */
function specialOf(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  // A byte less n borrows its highest bit where it was less than n.
  return (((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) |
    ((word - 0x20202020) & ~word)) & 0x80808080;
}

/** Hashes what is left of a text of so many characters, from `from` to `end`, as string() does. */
function hashUnits(
  text: string,
  from: number,
  end: number,
  first: number,
  second: number,
  length: number,
): void {
  for (let i = from; i < end; i += 4) {
    const behind = Math.min(i + 4, end);
    let word = 0;
    let some = 0;
    for (let j = behind - 1; j >= i; j--) {
      const unit = text.charCodeAt(j);
      some |= unit;
      word = (word << 8) | unit;
    }
    bytes |= some > 0x7f ? BEYOND_ASCII : 0;
    for (let j = i; j < behind; j++) {
      // Wide characters have a step each.
      if (some > 0xff) word = text.charCodeAt(j);
      first = Math.imul(first ^ word, HIGH);
      first ^= first >>> 15;
      second = Math.imul(second ^ word, LOW);
      second ^= second >>> 13;
      if (some <= 0xff) break;
    }
  }
  high = first ^ length;
  low = second + length;
}
