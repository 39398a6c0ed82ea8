/** What is found in a list of values while it grows: nothing of it need be scanned again. */
import { at } from "../../assert.ts";
import type { Scan } from "../scan.ts";

const COUNT_MIN = 4;

export class GrowingScan {
  #count = 0;
  /** Of the first so many the hashes are known; of all, where they end. */
  #hashed = 0;
  #isAscii = true;
  #ends: Int32Array = new Int32Array(COUNT_MIN);
  #hashes: Int32Array = new Int32Array(2 * COUNT_MIN);

  /** Values that follow, behind a comma. */
  add({ count, ends, hashes, isAscii }: Scan): void {
    const before = this.#count;
    const start = this.startOf(before);
    this.#reserve(before + count);
    for (let i = 0; i < count; i++) this.#ends[before + i] = start + at(ends, i);
    this.#count += count;
    this.#isAscii &&= isAscii;
    if (this.#hashed < before) return;
    for (let i = 0; i < 2 * count; i++) this.#hashes[2 * before + i] = at(hashes, i);
    this.#hashed = this.#count;
  }

  /** One value that nobody has scanned. */
  addOne(length: number, isAscii: boolean): void {
    this.#reserve(this.#count + 1);
    this.#ends[this.#count] = this.startOf(this.#count) + length;
    this.#count++;
    this.#isAscii &&= isAscii;
  }

  /** Whether no character takes more than a byte. */
  get isAscii(): boolean {
    return this.#isAscii;
  }

  /** Where a value begins in the text; that of the next one, which is not there yet, too. */
  startOf(i: number): number {
    return i === 0 ? 0 : at(this.#ends, i - 1) + 1;
  }

  /** Of these values, as a text of their own; undefined where they were not all scanned. */
  of(first: number, count: number): Scan | undefined {
    if (first + count > this.#hashed) return undefined;
    const start = this.startOf(first);
    const ends = this.#ends.slice(first, first + count);
    for (let i = 0; start > 0 && i < count; i++) ends[i] = at(ends, i) - start;
    const hashes = this.#hashes.slice(2 * first, 2 * (first + count));
    return { end: at(ends, count - 1), count, ends, hashes, isAscii: this.#isAscii };
  }

  #reserve(count: number): void {
    if (count <= this.#ends.length) return;
    const room = Math.max(count, 2 * this.#ends.length);
    this.#ends = enlarged(this.#ends, room);
    this.#hashes = enlarged(this.#hashes, 2 * room);
  }
}

function enlarged(numbers: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(numbers);
  return larger;
}
