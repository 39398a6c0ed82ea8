/** Which entries somebody holds, by origin: a digest, believed of a peer or told by a reader. */
import { IntervalSet } from "./interval_set.ts";
import type { Entry, Grown, Log } from "./log.ts";

export class Digest {
  readonly #origins: Map<string, IntervalSet>;
  /** Everything that #log held at revision #upTo is known: only what grew since need be compared. */
  #log: Log | undefined;
  #upTo = 0;

  constructor(origins: Iterable<readonly [origin: string, held: IntervalSet]> = []) {
    this.#origins = new Map(origins);
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

  add({ origin, seq }: Entry): void {
    this.of(origin).add(seq);
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
    return copy;
  }

  /** Whether the log holds anything that is not known. */
  lacks(log: Log): boolean {
    return this.gaps(log, 1).length > 0;
  }

  /** Origins of which the log holds more than is known, in the order in which they grew; no more than `most`, the newest. */
  gaps(log: Log, most = Infinity): Grown[] {
    if (log !== this.#log) {
      this.#log = log;
      this.#upTo = 0;
    }
    const found: Grown[] = [];
    for (let grown = log.newest; grown !== undefined && grown.changedAt > this.#upTo; grown = grown.older) {
      if (this.#origins.get(grown.name)?.covers(grown.held)) continue;
      found.push(grown);
      if (found.length === most) return found;
    }
    if (found.length === 0) this.#upTo = log.revision;
    return found.reverse();
  }

  *[Symbol.iterator](): Iterator<readonly [origin: string, held: IntervalSet]> {
    yield* this.#origins;
  }
}
