/** How much may be on its way to one peer at once, and how long that takes, by what arrived there of late [F1]. */
import { assert } from "../assert.ts";
import type { Digest } from "../log/digest.ts";
import { type Range, rangeOf, type Run } from "../log/runs.ts";

/** One message carries at most so many entries, and values until they take so many bytes [F2]. */
export const BATCH_ENTRIES_MAX = 2_048;
export const BATCH_BYTES_MAX = 256 * 1024;
/** So little on its way takes no time to speak of on any line [F3]. */
export const LIGHT_BYTES = 16 * 1024;
/** May be on its way to a peer of which the round trip is known, and no more [F3]. */
export const FIRST_BYTES = 64 * 1024;
/** On the thinnest line a batch is so large, or one entry [F2]. */
export const BATCH_BYTES_MIN = 16 * 1024;
/** May be on its way over a line however fast [F1]. */
export const ALLOWANCE_BYTES_MAX = 4 * BATCH_BYTES_MAX;
/** As much is on its way as keeps the line busy for so long beside the round trip: whatever else is said waits behind it [F1]. */
export const QUEUE_MS = 400;
/** Of a line of which nothing is known it is supposed that it carries so many bytes a millisecond: 320 kbit/s (a guess). */
export const RATE_FLOOR = 40;
/** Each answer that is overdue in a row makes the line so many times slower than was thought [F6]. */
export const SLOWDOWN = 4;
/** Messages that follow each other and bring so little together count as one. */
export const JOINED_BYTES_MAX = 1024;
/** Messages with entries whose acknowledgement is awaited; older ones are given up for lost [T9]. */
export const LOADS_MAX = 256;

/** What one message takes along. */
export interface Batch {
  readonly runs: readonly Run[];
  /** What is lacking, and gone here. */
  readonly gaps: readonly Range[];
  /** All that the batch goes over, and how many entries of that it leaves out, where it does. */
  readonly passedOver?: { readonly had: Digest; readonly count: number };
  /** What they take on the wire, at most. */
  readonly bytes: number;
  /** Whether more than these is lacking. */
  readonly more: boolean;
}

/** What left with one message, or with several small ones. */
interface Load {
  /** The number of the last of them. */
  n: number;
  bytes: number;
  readonly at: number;
  /** Whether it asks for an answer at once. */
  readonly asked: boolean;
  readonly ranges: Range[];
  /** How long it should take to arrive and be answered, where the line is known. */
  readonly expectedMs: number | undefined;
  /** Whether as much as might was on its way: then the line was the limit, and not what there was to send. */
  readonly limited: boolean;
  /** How much had arrived when it left, and when the last of that had; or when it left, if nothing was on its way. */
  readonly arrivedBytes: number;
  readonly arrivedAt: number;
  /** When it counts as lost if the peer speaks and does not confirm it. */
  lostAt: number;
  /** Given up for lost. It may be acknowledged yet, which tells how slow the line is. */
  lost: boolean;
}

/**
 * The rate is measured as BBR does (Cardwell et al. 2016): how much arrived between a message's departure and its
 * arrival, in that time. Bytes are those of values, as packing counts them [F3].
 */
export class Pacing {
  #loads: Load[] = [];
  /** Of #loads, those not given up. */
  #underWay = 0;
  #allowance = FIRST_BYTES;
  /** Bytes a millisecond; undefined before the first sample. */
  #rate: number | undefined;
  /** By how much loads came earlier or later than was expected, on average, ms. */
  #deviationMs = 0;
  #arrivedBytes = 0;
  #arrivedAt = -Infinity;
  /** How much has left since an answer was last asked for. */
  #unasked = 0;

  readonly isOn: boolean;

  /** Unless it `isOn`, nothing is counted, and so nothing limited. */
  constructor(isOn = true) {
    this.isOn = isOn;
  }

  /** Whether so much is on its way that it takes its time. */
  get heavy(): boolean {
    return this.#underWay > LIGHT_BYTES;
  }

  /** Whether a load on its way was all that might go: then what leaves now waits in a queue [T2]. */
  get queues(): boolean {
    return this.#loads.some(({ limited, lost }) => limited && !lost);
  }

  /** How many bytes the next batch may take; 0 while as much is on its way as may be [F1] [F2]. */
  room(rttMs: number | undefined): number {
    // What nothing is known of is tried with little.
    const allowance = rttMs === undefined ? LIGHT_BYTES : this.#allowance;
    const batch = this.#rate === undefined ? allowance : Math.min(BATCH_BYTES_MAX, allowance / 2);
    return this.#underWay + batch / 2 > allowance ? 0 : batch;
  }

  /** Whether an answer should be asked for, where so many bytes leave: else it is not known in time when more may [F4]. */
  asks(bytes: number): boolean {
    return this.isOn && bytes > 0 && Math.min(this.#underWay, this.#unasked) + bytes > this.#allowance / 2;
  }

  /** How long what is on its way may take, ms; 0 where it is little [T6] [F6]. */
  waitMs(misses: number): number {
    if (!this.heavy) return 0;
    const rate = this.#rate ?? RATE_FLOOR;
    const doubted = Math.min(rate, Math.max(RATE_FLOOR, rate / SLOWDOWN ** misses));
    return this.#underWay / doubted + 4 * this.#deviationMs;
  }

  left(
    n: number,
    { runs, bytes, more }: Batch,
    asked: boolean,
    rttMs: number | undefined,
    now: number,
  ): void {
    if (!this.isOn) return;
    assert(bytes > 0, "what leaves with entries takes its time");
    assert(this.#underWay <= ALLOWANCE_BYTES_MAX, "no more leaves while as much is on its way as may be");
    // An idle line begins to carry now.
    if (this.#underWay === 0) this.#arrivedAt = now;
    const limited = more || this.#underWay > this.#allowance / 2;
    this.#underWay += bytes;
    this.#unasked = asked ? 0 : this.#unasked + bytes;
    if (!asked && this.#joins(n, bytes, runs)) return;
    this.#loads.push({
      ...{ n, bytes, asked, limited, at: now, lost: false },
      ranges: runs.map(rangeOf),
      expectedMs: this.#rate && rttMs !== undefined ? rttMs + this.#underWay / this.#rate : undefined,
      arrivedBytes: this.#arrivedBytes,
      arrivedAt: this.#arrivedAt,
      lostAt: now + 2 * ((rttMs ?? 0) + this.waitMs(0)),
    });
    if (this.#loads.length > LOADS_MAX) this.#drop(1);
  }

  /** Small messages that follow each other count as one. */
  #joins(n: number, bytes: number, runs: readonly Run[]): boolean {
    const last = this.#loads.at(-1);
    if (last === undefined || last.lost || last.asked || last.bytes + bytes > JOINED_BYTES_MAX) return false;
    last.n = n;
    last.bytes += bytes;
    last.ranges.push(...runs.map(rangeOf));
    return true;
  }

  /** Message n had arrived at `by`. What left before it did so, too, or is lost: returns the large ones of those [F5]. */
  landed(n: number, rttMs: number, by: number): Range[] {
    let count = 0;
    const before: Range[] = [];
    for (const load of this.#loads) {
      if (load.n > n) break;
      if (!load.lost && load.n < n && load.bytes > LIGHT_BYTES) before.push(...load.ranges);
      // What was given up has probably not arrived, unless it is named itself.
      if (!load.lost || load.n === n) this.#arrivedBytes += load.bytes;
      count++;
    }
    const newest = this.#loads[count - 1];
    if (newest === undefined) return before;
    // Nobody has it before it left.
    const at = Math.max(by, newest.at);
    this.#drop(count);
    this.#measure(newest, newest.n === n, rttMs, at);
    this.#arrivedAt = Math.max(this.#arrivedAt, at);
    // What is behind it has the line for itself from now on.
    const lostAt = at + 2 * (rttMs + this.waitMs(0));
    for (const load of this.#loads) load.lostAt = Math.max(load.lostAt, lostAt);
    return before;
  }

  /** What should have arrived long ago is lost, as the peer speaks and does not say that it has [F5]. */
  expire(now: number): void {
    for (const load of this.#loads) if (load.lostAt <= now) this.#giveUp(load);
  }

  forget(): void {
    for (const load of this.#loads) this.#giveUp(load);
  }

  /** What is on its way, where that is much: to send it again would take longer than to wait for it [F5]. */
  *moving(): Iterable<Range> {
    if (this.heavy) { for (const { ranges, lost } of this.#loads) if (!lost) yield* ranges; }
  }

  #giveUp(load: Load): void {
    if (!load.lost) this.#underWay -= load.bytes;
    load.lost = true;
    assert(this.#underWay > -1, "nothing arrives twice");
  }

  #drop(count: number): void {
    for (const load of this.#loads.splice(0, count)) this.#giveUp(load);
  }

  #measure(load: Load, exact: boolean, rttMs: number, at: number): void {
    const bytes = this.#arrivedBytes - load.arrivedBytes;
    if (bytes <= LIGHT_BYTES) return;
    const rate = bytes / Math.max(1, at - load.arrivedAt);
    const before = this.#rate;
    const limited = exact && load.limited;
    // It had arrived by then, and nobody knows how long before.
    if (!exact && !(before !== undefined && rate > before)) return;
    if (before === undefined || rate > before) this.#rate = rate;
    // A line that was not full is no slower for it. One that stood still for a moment has not become a thin one.
    else if (limited) this.#rate = Math.max(rate, before / 2);
    if (exact) this.#deviate(at - load.at, load.expectedMs);
    this.#allow(rttMs, limited);
  }

  #deviate(tookMs: number, expectedMs: number | undefined): void {
    if (expectedMs === undefined) this.#deviationMs = tookMs / 2;
    else this.#deviationMs += (Math.abs(tookMs - expectedMs) - this.#deviationMs) / 4;
  }

  /** It grows twofold at most, lest a line that takes the first bytes fast be taken for a fast one. */
  #allow(rttMs: number, limited: boolean): void {
    const wanted = (this.#rate ?? 0) * (rttMs + QUEUE_MS);
    const most = Math.min(ALLOWANCE_BYTES_MAX, 2 * this.#allowance);
    const allowance = Math.min(most, Math.max(2 * BATCH_BYTES_MIN, wanted));
    this.#allowance = limited ? allowance : Math.max(this.#allowance, allowance);
    assert(this.#allowance <= ALLOWANCE_BYTES_MAX, "what may be on its way has an end");
  }
}
