/** The messages of a run as sorted arrays, of which a stretch of time is found at once, however many there are. */
import { type Columns, sums, TICKS_PER_MS } from "./columns.ts";

export interface Stretch {
  /** ms since the load began. */
  readonly from: number;
  readonly to: number;
}

export class Messages {
  readonly count: number;
  /** ms since the load began, ascending. */
  readonly sentAt: Float64Array;
  readonly endedAt: Float64Array;
  readonly src: Uint16Array;
  readonly dest: Uint16Array;
  readonly type: Uint8Array;
  /** A place in `drops`. */
  readonly drop: Uint8Array;
  readonly bytes: Uint32Array;
  /** How many values each brought, listed or not. */
  readonly brought: Uint32Array;
  /** Where the listed values of each begin; one more than there are messages. */
  readonly #begins: Uint32Array;
  readonly #listing: Uint32Array;
  /** The longest time on the way up to each message, ms: those that end later began at least so much before. */
  readonly #longest: number;
  /** By value: the messages that bring it, in the order in which they were sent. */
  readonly #byValue: readonly (readonly number[])[];

  constructor({ messages, values }: Pick<Columns, "messages" | "values">) {
    this.count = messages.sent.length;
    this.sentAt = Float64Array.from(sums(messages.sent), (tick) => tick / TICKS_PER_MS);
    this.endedAt = this.sentAt.map((at, i) => at + (messages.took[i] ?? 0) / TICKS_PER_MS);
    this.src = Uint16Array.from(messages.src);
    this.dest = Uint16Array.from(messages.dest);
    this.type = Uint8Array.from(messages.type);
    this.drop = Uint8Array.from(messages.drop);
    this.bytes = Uint32Array.from(messages.bytes);
    this.brought = Uint32Array.from(messages.brought);
    this.#begins = Uint32Array.from([0, ...sums(messages.listed)]);
    this.#listing = Uint32Array.from(sums(messages.listing));
    this.#longest = messages.took.reduce((most, took) => Math.max(most, took), 0) / TICKS_PER_MS;
    this.#byValue = this.#indexed(values.text.length);
  }

  /** The first of those that may be under way in a stretch, and the one after the last. */
  range({ from, to }: Stretch): readonly [first: number, end: number] {
    return [lowerBound(this.sentAt, from - this.#longest), lowerBound(this.sentAt, to)];
  }

  /** The places of the values that a message brought, as far as they are listed. */
  valuesOf(message: number): Uint32Array {
    return this.#listing.subarray(this.#begins[message], this.#begins[message + 1]);
  }

  bringing(value: number): readonly number[] {
    return this.#byValue[value] ?? [];
  }

  #indexed(values: number): readonly (readonly number[])[] {
    const byValue: number[][] = Array.from({ length: values }, () => []);
    for (let message = 0; message < this.count; message++) {
      for (const value of this.valuesOf(message)) byValue[value]?.push(message);
    }
    return byValue;
  }
}

/** The place of the first that is not below `least`. */
function lowerBound(ascending: Float64Array, least: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
