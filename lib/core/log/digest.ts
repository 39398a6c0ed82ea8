/** Which entries somebody holds, by origin: a digest, believed of a peer or told by a reader. */
import { ORIGINS_MAX, SPANS_MAX } from "../message.ts";
import { byteLength } from "../size.ts";
import type { RetiredLives } from "../retention/retired_lives.ts";
import { IntervalSet } from "./interval_set.ts";
import type { Log } from "./log.ts";
import type { Grown } from "./origins.ts";
import type { Range } from "./runs.ts";

/** As messages carry it: per origin the first and the last number of each interval, ascending: from, to, from, to … */
export type WireDigest = [origin: string, spans: number[]][];

/** What a digest may take up of a message, bytes: with another of half of that it is within a line. */
export const WIRE_DIGEST_BYTES_MAX = 512 * 1024;

export class Digest {
  readonly #origins: Map<string, IntervalSet>;
  /** Everything that #log held at revision #upTo is known: only what grew since need be compared. */
  #log: Log | undefined;
  #upTo = 0;
  /** Origins of which everything counts as known. */
  #retired: RetiredLives | undefined;

  constructor(origins: Iterable<readonly [origin: string, held: IntervalSet]> = []) {
    this.#origins = new Map(origins);
  }

  /** An interval that ends before it begins is passed over. */
  static fromWire(wire: Readonly<WireDigest>): Digest {
    const digest = new Digest();
    for (const [origin, spans] of wire) digest.addSpans(origin, spans);
    return digest;
  }

  /**
   * As much of it as a message may carry: ORIGINS_MAX origins, the SPANS_MAX longest intervals of each, and no more than
   * `bytesMax`. To name less than is held is harmless: it is sent once more, and known.
   */
  toWire(bytesMax = WIRE_DIGEST_BYTES_MAX): WireDigest {
    const wire: WireDigest = [];
    let bytes = 0;
    for (const [origin, held] of this.#origins) {
      const part: WireDigest[number] = [origin, longestSpans(held)];
      bytes += byteLength(part) + 1;
      if (wire.length === ORIGINS_MAX || bytes > bytesMax) break;
      wire.push(part);
    }
    return wire;
  }

  /** How many intervals there are, of all origins. */
  get spanCount(): number {
    let count = 0;
    for (const held of this.#origins.values()) count += held.spanCount;
    return count;
  }

  get(origin: string): IntervalSet | undefined {
    return this.#origins.get(origin);
  }

  /** What is known of an origin, to be added to. */
  of(origin: string): IntervalSet {
    let held = this.#origins.get(origin);
    if (held === undefined) {
      held = new IntervalSet();
      this.#origins.set(origin, held);
    }
    return held;
  }

  add({ origin, seq, count }: Range): void {
    if (count === 1) this.of(origin).add(seq);
    else this.addSpan(origin, seq, seq + count - 1);
  }

  /** Adds from..to, both included. */
  addSpan(origin: string, from: number, to: number): void {
    this.of(origin).addSpan(from, to);
  }

  /** Adds intervals as messages carry them; one that ends before it begins is passed over. */
  addSpans(origin: string, spans: readonly number[]): void {
    let held: IntervalSet | undefined;
    for (let i = 0; i + 1 < spans.length; i += 2) {
      const [from = 0, to = 0] = [spans[i], spans[i + 1]];
      if (from <= to) (held ??= this.of(origin)).addSpan(from, to);
    }
  }

  addAll(other: Digest): void {
    for (const [origin, held] of other.#origins) this.of(origin).addAll(held);
  }

  has(origin: string, seq: number): boolean {
    return this.#origins.get(origin)?.has(seq) ?? false;
  }

  clone(): Digest {
    const copy = new Digest([...this.#origins].map(([origin, held]) => [origin, held.clone()]));
    copy.#log = this.#log;
    copy.#upTo = this.#upTo;
    copy.#retired = this.#retired;
    return copy;
  }

  forget(origin: string): void {
    this.#origins.delete(origin);
  }

  /** Forgets the origins of these lives; `countAsKnown`: all of them counts as known from now on. */
  retire(lives: RetiredLives, countAsKnown: boolean): void {
    for (const origin of this.#origins.keys()) if (lives.covers(origin)) this.#origins.delete(origin);
    if (countAsKnown) this.#retired = lives;
  }

  lacks(log: Log): boolean {
    return this.#nextGap(log, log.newest) !== undefined;
  }

  /** Origins of which the log holds more than is known, in the order in which they grew. */
  gaps(log: Log): Grown[] {
    const found: Grown[] = [];
    let gap = this.#nextGap(log, log.newest);
    for (; gap !== undefined; gap = this.#nextGap(log, gap.older)) found.push(gap);
    return found.reverse();
  }

  /** The first of these, and of those that grew before it, of which the log holds more than is known. */
  #nextGap(log: Log, newest: Grown | undefined): Grown | undefined {
    if (log !== this.#log) {
      this.#log = log;
      this.#upTo = 0;
    }
    for (let grown = newest; grown !== undefined && grown.changedAt > this.#upTo; grown = grown.older) {
      const isKnown = this.#origins.get(grown.name)?.covers(grown.held) || this.#retired?.covers(grown.name);
      if (!isKnown) return grown;
    }
    if (newest === log.newest) this.#upTo = log.revision;
    return undefined;
  }

  *[Symbol.iterator](): Iterator<readonly [origin: string, held: IntervalSet]> {
    yield* this.#origins;
  }
}

/** From, to, from, to … in ascending order; the longest where there are more than SPANS_MAX, as they save most. */
function longestSpans(held: IntervalSet): number[] {
  const flat = held.flat();
  if (flat.length <= 2 * SPANS_MAX) return flat;
  const spans = held.spans();
  const longest = spans.toSorted(([a, b], [c, d]) => (d - c) - (b - a)).slice(0, SPANS_MAX);
  return longest.toSorted(([a], [b]) => a - b).flat();
}
