/** Moments by number: when each value of a phase was published, or came. */
import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";

const ROOM_MIN = 65_536;

export class Moments {
  /** Zero: not yet. */
  #at = new Float64Array(ROOM_MIN);

  get(i: number): number {
    return this.#at[i] ?? 0;
  }

  set(i: number, at: number): void {
    if (i >= this.#at.length) this.#grow(i);
    this.#at[i] = at;
  }

  write(path: string, count: number): void {
    if (count > this.#at.length) this.#grow(count);
    writeFileSync(path, Buffer.from(this.#at.buffer, 0, count * Float64Array.BYTES_PER_ELEMENT));
  }

  #grow(i: number): void {
    const more = new Float64Array(Math.max(i + 1, 2 * this.#at.length));
    more.set(this.#at);
    this.#at = more;
  }
}

export function readMoments(path: string): Float64Array {
  const bytes = readFileSync(path);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / Float64Array.BYTES_PER_ELEMENT)
    .slice();
}
