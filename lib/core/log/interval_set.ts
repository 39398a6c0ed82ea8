/** A set of positive whole numbers kept as sorted intervals: memory grows with its gaps, not with its numbers. */
import { assert, at } from "../assert.ts";

/** [from, to], both held. */
export type Span = readonly [from: number, to: number];

export class IntervalSet {
  /** from, to, from, to …: ascending, and never adjacent: the number after a `to` is not held. */
  #bounds: number[] = [];

  /** The largest n for which 1..n are all held; 0 where 1 is not. */
  get gapless(): number {
    return this.#bounds[0] === 1 ? at(this.#bounds, 1) : 0;
  }

  /** The largest number held; 0 where none is. */
  get last(): number {
    return this.#bounds[this.#bounds.length - 1] ?? 0;
  }

  /** How many numbers are held. */
  get count(): number {
    let count = 0;
    for (let i = 0; i < this.#bounds.length; i += 2) {
      count += at(this.#bounds, i + 1) - at(this.#bounds, i) + 1;
    }
    return count;
  }

  /** How many intervals there are. */
  get spanCount(): number {
    return this.#bounds.length / 2;
  }

  has(n: number): boolean {
    return (this.#bounds[this.#spanEndingAtOrAfter(n)] ?? Infinity) <= n;
  }

  hasSpan(from: number, to: number): boolean {
    const i = this.#spanEndingAtOrAfter(from);
    return (this.#bounds[i] ?? Infinity) <= from && (this.#bounds[i + 1] ?? 0) >= to;
  }

  /** Returns whether n is new. */
  add(n: number): boolean {
    const last = this.#bounds.length - 1;
    if (last > 0 && this.#bounds[last] === n - 1) {
      this.#bounds[last] = n;
      return true;
    }
    if (this.has(n)) return false;
    this.addSpan(n, n);
    return true;
  }

  /** Adds from..to, both included. */
  addSpan(from: number, to: number): void {
    assert(from >= 1 && from <= to, "an interval runs forwards, from 1 on");
    const bounds = this.#bounds;
    let start = from;
    let end = to;
    const first = this.#spanEndingAtOrAfter(from - 1);
    let next = first;
    for (let at = bounds[next]; at !== undefined && at <= to + 1; at = bounds[next]) {
      start = Math.min(start, at);
      end = Math.max(end, bounds[next + 1] ?? 0);
      next += 2;
    }
    if (next === first + 2) {
      bounds[first] = start;
      bounds[first + 1] = end;
    } else bounds.splice(first, next - first, start, end);
    assert(first === 0 || at(bounds, first - 1) < start - 1, "intervals are ascending, and never adjacent");
  }

  addAll(other: IntervalSet): void {
    for (const [from, to] of other.spans()) this.addSpan(from, to);
  }

  /** The intervals, ascending; at most `most` of them. */
  spans(most = Infinity): Span[] {
    const spans: Span[] = [];
    for (let i = 0; i < this.#bounds.length && spans.length < most; i += 2) {
      spans.push([at(this.#bounds, i), at(this.#bounds, i + 1)]);
    }
    return spans;
  }

  /** The same as messages carry them: from, to, from, to … */
  flat(most = Infinity): number[] {
    return this.#bounds.slice(0, 2 * most);
  }

  covers(other: IntervalSet): boolean {
    if (other.#bounds.length === 2 && this.#bounds.length >= 2 && this.#bounds[0] === other.#bounds[0]) {
      return at(this.#bounds, 1) >= at(other.#bounds, 1);
    }
    return this.lacks(other, 1).length === 0;
  }

  /** What `other` holds and this does not, ascending; once there are `most` intervals, no more is looked for. */
  lacks(other: IntervalSet, most = Infinity): Span[] {
    const found: Span[] = [];
    const mine = this.#bounds;
    const theirs = other.#bounds;
    for (let t = 0, m = 0; t < theirs.length && found.length < most; t += 2) {
      let from = theirs[t] ?? 0;
      const to = theirs[t + 1] ?? 0;
      while ((mine[m + 1] ?? Infinity) < from) m += 2;
      for (let i = m; from <= to; i += 2) {
        const start = mine[i] ?? Infinity;
        if (start > to) break;
        if (start > from) found.push([from, start - 1]);
        from = (mine[i + 1] ?? 0) + 1;
      }
      if (from <= to) found.push([from, to]);
    }
    return found;
  }

  /** Takes out from..to, both included. */
  deleteSpan(from: number, to: number): void {
    const bounds = this.#bounds;
    const first = this.#spanEndingAtOrAfter(from);
    const left: number[] = [];
    let next = first;
    for (let start = bounds[next]; start !== undefined && start <= to; start = bounds[next]) {
      const end = at(bounds, next + 1);
      if (start < from) left.push(start, from - 1);
      if (end > to) left.push(to + 1, end);
      next += 2;
    }
    bounds.splice(first, next - first, ...left);
  }

  /** What is held of from..to, ascending. */
  within(from: number, to: number): Span[] {
    const found: Span[] = [];
    for (let i = this.#spanEndingAtOrAfter(from); (this.#bounds[i] ?? Infinity) <= to; i += 2) {
      found.push([Math.max(from, at(this.#bounds, i)), Math.min(to, at(this.#bounds, i + 1))]);
    }
    return found;
  }

  /** What is not held of from..to, ascending. */
  missing(from: number, to: number): Span[] {
    const found: Span[] = [];
    let next = from;
    for (let i = this.#spanEndingAtOrAfter(from); next <= to; i += 2) {
      const start = this.#bounds[i] ?? Infinity;
      if (start > next) found.push([next, Math.min(to, start - 1)]);
      next = Math.max(next, (this.#bounds[i + 1] ?? Infinity) + 1);
    }
    return found;
  }

  /** The first number of the interval in which n is held. */
  startOfSpan(n: number): number {
    return at(this.#bounds, this.#spanEndingAtOrAfter(n));
  }

  /** The last number of the interval in which n is held. */
  endOfSpan(n: number): number {
    return at(this.#bounds, this.#spanEndingAtOrAfter(n) + 1);
  }

  /** The first number from n on that is held; Infinity where none is. */
  firstFrom(n: number): number {
    const from = this.#bounds[this.#spanEndingAtOrAfter(n)];
    return from === undefined ? Infinity : Math.max(from, n);
  }

  clone(): IntervalSet {
    const copy = new IntervalSet();
    copy.#bounds = this.#bounds.slice();
    return copy;
  }

  #spanEndingAtOrAfter(n: number): number {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at(bounds, 2 * middle + 1) < n) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }
}
