/** Cuts a list of JSON values into its values without parsing them, and hashes each. */
import { assert } from "../assert.ts";
import { mixed } from "./set_digest.ts";
import { bytes, high, low, PADDING, value, view } from "./scanning/value.ts";
import { continuations } from "./scanning/tokens.ts";

/** For a few, a typed array takes longer to make than all the rest. */
export type Numbers = Int32Array | readonly number[];

/** As at(), and compiled for these kinds of lists alone. */
export function numberAt(numbers: Numbers, index: number): number {
  const number = numbers[index];
  assert(number !== undefined, "an index is within its list");
  return number;
}

/** What is found in a text `v1,v2,…`. */
export interface Scan {
  /** The index behind the last value, in the text that was scanned. */
  readonly end: number;
  readonly count: number;
  /** Where each value ends, from where the scan began. */
  readonly ends: Numbers;
  /** Two hashes of 32 bits for each value: equal for equal values, whatever the order of keys. */
  readonly hashes: Numbers;
  /** Whether no character takes more than a byte. */
  readonly isAscii: boolean;
}

/** So many numbers are few. */
const FEW = 32;
/** Lists of so many values need no memory but for the result. */
const SCRATCH_VALUES = 1_024;

const encoder = new TextEncoder();
const scratchEnds = new Int32Array(SCRATCH_VALUES);
const scratchHashes = new Int32Array(2 * SCRATCH_VALUES);
/** The scanner whose text is in the bytes, until another scans one. */
let owner: Scanner | undefined;

/**
 * Scans the values from `from` on, until the text ends or `]` follows. Undefined where that is not JSON as JSON.stringify
 * writes it (the keys of an object in any order), or nested over VALUE_DEPTH_MAX deep.
 */
export function scan(text: string, from = 0): Scan | undefined {
  return new Scanner(text).scan(from);
}

/** Scans the one value that begins at `from`, whatever follows it. Undefined as with scan(). */
export function scanOne(text: string, from: number): Scan | undefined {
  return new Scanner(text).scan(from, false);
}

/** Whether no character of a text takes more than a byte. That is told several times faster than all that a scan finds. */
export function isAscii(text: string): boolean {
  // What a scanner had here is gone.
  owner = undefined;
  for (let from = 0; from < text.length; from += bytes.length) {
    const part = from === 0 && text.length <= bytes.length ? text : text.slice(from, from + bytes.length);
    const { read, written } = encoder.encodeInto(part, bytes);
    if (read < part.length || written > read) return false;
  }
  return true;
}

/** How many bytes a text takes as UTF-8, which is told as fast. */
export function utf8BytesOf(text: string): number {
  owner = undefined;
  let bytesOfAll = 0;
  for (let from = 0; from < text.length;) {
    const part = from === 0 && text.length <= bytes.length ? text : text.slice(from, from + bytes.length);
    // Half of a pair at the end of a part is not read, and comes with the next one.
    const { read, written } = encoder.encodeInto(part, bytes);
    from += Math.max(1, read);
    bytesOfAll += written;
  }
  return bytesOfAll;
}

/** Scans one list after the other in the same text. */
export class Scanner {
  readonly #text: string;
  /** A place in the text, and the same in the bytes. */
  #unit = 0;
  #byte = 0;
  /** Of the bytes; whether the text ends with them, and whether each is a character. */
  #length = 0;
  #isWhole = false;
  #isAscii = true;
  /** So many more bytes than characters were passed. */
  #surplus = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** As scan() does, or scanOne(). */
  scan(from: number, isList = true): Scan | undefined {
    if (!this.#goTo(from)) return undefined;
    let ends = scratchEnds;
    let hashes = scratchHashes;
    let count = 0;
    const surplus = this.#surplus;
    let at = this.#byte;
    for (;;) {
      at = value(at, 0);
      if (at < 0 || (at === this.#length && !this.#isWhole)) {
        at = this.#again();
        if (at < 0) return undefined;
      }
      if (count === ends.length) {
        ends = enlarged(ends);
        hashes = enlarged(hashes);
      }
      this.#passTo(at);
      ends[count] = this.#unit - from;
      hashes[2 * count] = mixed(high);
      hashes[2 * count + 1] = mixed(low);
      count++;
      if (!isList || view.getUint8(at) !== 0x2c /* , */) break;
      at++;
      this.#unit++;
      this.#byte++;
    }
    const end = this.#unit;
    if (isList && end !== this.#text.length && view.getUint8(at) !== 0x5d /* ] */) return undefined;
    return {
      end,
      count,
      ends: copyOf(ends, count),
      hashes: copyOf(hashes, 2 * count),
      isAscii: this.#surplus === surplus,
    };
  }

  /** A value that did not end here may do so if more of the text is encoded, from its beginning on. */
  #again(): number {
    if (this.#isWhole || this.#byte === 0 || !this.#encode(this.#unit)) return -1;
    const end = value(0, 0);
    return end === this.#length && !this.#isWhole ? -1 : end;
  }

  #goTo(unit: number): boolean {
    if (unit >= this.#text.length) return false;
    if (owner !== this || unit < this.#unit) return this.#encode(unit);
    if (this.#isAscii) this.#passTo(this.#byte + unit - this.#unit);
    else while (this.#unit < unit && this.#byte < this.#length) this.#pass();
    return this.#byte < this.#length || this.#encode(unit);
  }

  #passTo(byte: number): void {
    const more = this.#isAscii ? 0 : continuations(view, this.#byte, byte);
    this.#surplus += more;
    this.#unit += byte - this.#byte - more;
    this.#byte = byte;
  }

  /** Goes behind one character. */
  #pass(): void {
    const first = view.getUint8(this.#byte);
    this.#passTo(this.#byte + (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4));
  }

  /** From here on, as much as there is room for. False for half a surrogate pair, which JSON.stringify escapes. */
  #encode(unit: number): boolean {
    const text = unit === 0 ? this.#text : this.#text.slice(unit);
    const { read, written } = encoder.encodeInto(text, bytes);
    for (let i = 0; i < PADDING; i += 4) view.setInt32(written + i, 0);
    this.#unit = unit;
    this.#byte = 0;
    this.#length = written;
    this.#isWhole = read === text.length;
    this.#isAscii = read === written;
    const isSaid = this.#isAscii || text.isWellFormed();
    owner = isSaid ? this : undefined;
    return isSaid;
  }
}

function copyOf(from: Int32Array<ArrayBuffer>, length: number): Numbers {
  if (length > FEW) return from.slice(0, length);
  const copy: number[] = [];
  for (let i = 0; i < length; i++) copy.push(from[i] ?? 0);
  return copy;
}

function enlarged(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

/** What a scan finds in these texts with commas between them. */
export function joinedScan(scans: readonly Scan[]): Scan {
  let [count, end, isAscii] = [0, -1, true];
  for (const each of scans) count += each.count;
  const [ends, hashes] = [numbers(count), numbers(2 * count)];
  let i = 0;
  for (const each of scans) {
    for (let k = 0; k < each.count; k++, i++) {
      ends[i] = end + 1 + numberAt(each.ends, k);
      hashes[2 * i] = numberAt(each.hashes, 2 * k);
      hashes[2 * i + 1] = numberAt(each.hashes, 2 * k + 1);
    }
    end += 1 + each.end;
    isAscii &&= each.isAscii;
  }
  return { end, count, ends, hashes, isAscii };
}

function numbers(length: number): Int32Array | number[] {
  return length > FEW ? new Int32Array(length) : Array.from({ length }, () => 0);
}
