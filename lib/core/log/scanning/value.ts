/** Goes over one JSON value, as UTF-8, and hashes it. */
import { VALUE_DEPTH_MAX } from "../canonical.ts";
import { mixed } from "../set_digest.ts";
import { DIGITS_MAX } from "./whole.ts";
import { endOfNumber, endOfString, isSameKey, TOPS } from "./tokens.ts";

/** So many keys of an object are compared by their hashes; a set finds the repeated ones among those that follow. */
const KEYS_COMPARED = 16;
/** Longer values are refused, bytes. */
export const SCANNED_BYTES_MAX = 2 * 1024 * 1024;
/** Zeros follow the text, which are in no JSON: there everything ends. */
export const PADDING = 16;

/** Odd multipliers that spread bits well, of MurmurHash3 and xxHash; each lane has its own. */
const HIGH = 0xcc9e2d51 | 0;
const LOW = 0x9e3779b1 | 0;
const SECOND_HIGH = 0x85ebca77 | 0;
const SECOND_LOW = 0xc2b2ae3d | 0;
/** What a value is hashed as: a number and a string that spells it are two. */
const STRING = 0x1b873593;
const NUMBER = 0x27d4eb2f;
const ARRAY = 0x2c1b3c6d;
const OBJECT = 0x297a2d39;
const LITERAL = 0x52dce729;

const decoder = new TextDecoder("latin1");

/** The text as UTF-8, or a part of it. Constants, as these are read twice as fast. */
export const view = new DataView(new ArrayBuffer(SCANNED_BYTES_MAX + PADDING));
export const bytes = new Uint8Array(view.buffer, 0, SCANNED_BYTES_MAX);
/** The hash of each key of the objects that are open, and where it begins. */
const keyHashes = new Int32Array((VALUE_DEPTH_MAX + 1) * KEYS_COMPARED);
const keyStarts = new Int32Array((VALUE_DEPTH_MAX + 1) * KEYS_COMPARED);

/** The hashes, not yet mixed, of the value or key that was scanned last: what each function below leaves. */
export let high = 0;
export let low = 0;

/** Where the value ends that begins at `at`, with so many arrays and objects around it; -1 where there is none. */
export function value(at: number, depth: number): number {
  const byte = view.getUint8(at);
  if (byte === 0x22 /* " */) return string(at + 1);
  if (byte >= 0x30 && byte <= 0x39) return number(at, at);
  if (byte === 0x2d /* - */) return number(at, at + 1);
  if (byte === 0x7b /* { */) return depth < VALUE_DEPTH_MAX ? object(at + 1, depth + 1) : -1;
  if (byte === 0x5b /* [ */) return depth < VALUE_DEPTH_MAX ? array(at + 1, depth + 1) : -1;
  return literal(at);
}

function literal(at: number): number {
  const word = view.getInt32(at, true);
  high = Math.imul(word ^ LITERAL, HIGH);
  low = Math.imul(word ^ LITERAL, LOW);
  if (word === 0x65757274 /* true */ || word === 0x6c6c756e /* null */) return at + 4;
  return word === 0x736c6166 && view.getUint8(at + 4) === 0x65 /* false */ ? at + 5 : -1;
}

function array(from: number, depth: number): number {
  let first = ARRAY ^ HIGH;
  let second = ARRAY ^ LOW;
  let count = 0;
  let at = from;
  if (view.getUint8(at) === 0x5d /* ] */) at++;
  else {
    for (;;) {
      at = value(at, depth);
      if (at < 0) return -1;
      first = Math.imul(first ^ mixed(high), HIGH);
      first ^= first >>> 15;
      second = Math.imul(second ^ mixed(low), LOW);
      second ^= second >>> 13;
      count++;
      const byte = view.getUint8(at++);
      if (byte === 0x5d /* ] */) break;
      if (byte !== 0x2c /* , */) return -1;
    }
  }
  high = first ^ count;
  low = second ^ count;
  return at;
}

/** The hashes of its fields are added: their order does not matter. */
function object(from: number, depth: number): number {
  let first = OBJECT ^ HIGH;
  let second = OBJECT ^ LOW;
  let count = 0;
  let at = from;
  /** A bit for each key, by its hash: most keys need no closer look. */
  let bits = 0;
  let more: Set<string> | undefined;
  if (view.getUint8(at) === 0x7d /* } */) at++;
  else {
    for (;;) {
      if (view.getUint8(at) !== 0x22 /* " */) return -1;
      const start = at + 1;
      at = string(start);
      if (at < 0) return -1;
      const bit = 1 << (high >>> 27);
      if ((bits & bit) !== 0 && isRepeated(start, at, depth, count)) return -1;
      bits |= bit;
      if (count < KEYS_COMPARED) {
        keyHashes[depth * KEYS_COMPARED + count] = high;
        keyStarts[depth * KEYS_COMPARED + count] = start;
      } else {
        more ??= new Set();
        if (more.size === more.add(textOf(start, at)).size) return -1;
      }
      if (view.getUint8(at++) !== 0x3a /* : */) return -1;
      const keyHigh = Math.imul(high, SECOND_HIGH);
      const keyLow = Math.imul(low, SECOND_LOW);
      at = value(at, depth);
      if (at < 0) return -1;
      first = (first + mixed(keyHigh ^ high)) | 0;
      second = (second + mixed(keyLow ^ low)) | 0;
      count++;
      const byte = view.getUint8(at++);
      if (byte === 0x7d /* } */) break;
      if (byte !== 0x2c /* , */) return -1;
    }
  }
  high = first;
  low = second ^ count;
  return at;
}

/** Whether a key, the hash of which is at hand, is one of the first of its object. */
function isRepeated(start: number, end: number, depth: number, count: number): boolean {
  const base = depth * KEYS_COMPARED;
  for (let i = base; i < base + count && i < base + KEYS_COMPARED; i++) {
    // Equal hashes alone do not make keys equal.
    if (keyHashes[i] === high && isSameKey(view, keyStarts[i] ?? 0, start, end)) return true;
  }
  return false;
}

/** Another text for other bytes. */
function textOf(start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

/** Hashed by its digits: equal numbers are written alike. */
function number(at: number, start: number): number {
  let end = start;
  let other = 0;
  for (;;) {
    other = otherOf(view.getInt32(end, true));
    if (other !== 0) break;
    end += 4;
  }
  end += firstOf(other);
  const behind = view.getUint8(end);
  if (behind === 0x2e /* . */ || behind === 0x65 /* e */ || end - start > DIGITS_MAX) {
    end = endOfNumber(view, at, start);
    if (end < 0) return -1;
  } else if (view.getUint8(start) === 0x30 ? end - at > 1 : end === start) return -1;
  finish(at, end, end - at, NUMBER ^ HIGH, NUMBER ^ LOW);
  return end;
}

/** As specialOf(), for four bytes of which one is no digit. */
function otherOf(word: number): number {
  const digits = word ^ 0x30303030;
  return (digits | (digits + 0x76767676)) & TOPS;
}

/** Eight bytes at a time, as long as there is none that has to be looked at. */
function string(start: number): number {
  let first = STRING ^ HIGH;
  let second = STRING ^ LOW;
  let i = start;
  let end = 0;
  for (;; i += 8) {
    const word = view.getInt32(i, true);
    const next = view.getInt32(i + 4, true);
    const special = specialOf(word);
    const nextSpecial = specialOf(next);
    if ((special | nextSpecial) !== 0) {
      end = special !== 0 ? i + firstOf(special) : i + 4 + firstOf(nextSpecial);
      break;
    }
    first = highStep(first, word, next);
    second = lowStep(second, word, next);
  }
  if (view.getUint8(end) !== 0x22 /* " */) {
    end = endOfString(view, end);
    if (end < 0) return -1;
  }
  finish(i, end, end - start, first, second);
  return end + 1;
}

/** The highest bit of the first of four bytes that is a quote, a backslash or a control character, and maybe of later ones. */
function specialOf(word: number): number {
  // A byte less n borrows its highest bit where it was less than n; neither quote nor backslash has that bit itself.
  const less = ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101) | (word - 0x20202020);
  return less & ~word & TOPS;
}

/** Which of four bytes has the lowest bit. */
function firstOf(special: number): number {
  return (31 - Math.clz32(special & -special)) >>> 3;
}

/** Hashes what is left of a text of so many bytes, from `from` to `end`. */
function finish(from: number, end: number, length: number, first: number, second: number): void {
  let i = from;
  for (; end - i >= 8; i += 8) {
    const word = view.getInt32(i, true);
    const next = view.getInt32(i + 4, true);
    first = highStep(first, word, next);
    second = lowStep(second, word, next);
  }
  const left = end - i;
  if (left > 0) {
    const word = view.getInt32(i, true) & (left < 4 ? (1 << (8 * left)) - 1 : -1);
    const next = left > 4 ? view.getInt32(i + 4, true) & ((1 << (8 * left - 32)) - 1) : 0;
    first = highStep(first, word, next);
    second = lowStep(second, word, next);
  }
  high = first ^ length;
  low = second ^ length;
}

function highStep(hash: number, word: number, next: number): number {
  const step = Math.imul(hash ^ (Math.imul(word, SECOND_HIGH) + next), HIGH);
  return step ^ (step >>> 15);
}

function lowStep(hash: number, word: number, next: number): number {
  const step = Math.imul(hash ^ (Math.imul(next, SECOND_LOW) + word), LOW);
  return step ^ (step >>> 13);
}
