/** The entries that one peer holds by its own account, and those it will hold once all that was sent has arrived [E1] [E2]. */
import { assert } from "../assert.ts";
import { IntervalSet, type Span } from "../log/interval_set.ts";
import { Digest } from "../log/digest.ts";
import type { Log } from "../log/log.ts";
import type { Range } from "../log/runs.ts";
import { type Retired, RetiredLives } from "../retention/retired_lives.ts";
import { takeBatch } from "./compose.ts";
import type { Batch } from "./pacing.ts";

export class Holdings {
  /** What it said that it holds, and what it sent. */
  #acked = new Digest();
  /** The same, and all that is on its way to it: always covers #acked [I4]. */
  #sent = new Digest();
  /** What it said is gone there. */
  #gone = new Digest();
  /** Lives of which nothing is left there: it counts as holding all of them [G7]. */
  #retired = new RetiredLives();
  /** Origins of which it may hold more than the log: those of which it has spoken since they were last compared. */
  readonly #toCompare = new Set<string>();

  has(origin: string, seq: number): boolean {
    return this.#acked.has(origin, seq);
  }

  /** Whether it will lack any of these entries once all has arrived. */
  isMissing(entries: readonly Range[]): boolean {
    return entries.some((range) => !covers(this.#sent, range));
  }

  /** Whether the log holds anything that it will not have once all has arrived. */
  isBehind(log: Log): boolean {
    return this.#sent.lacks(log);
  }

  /** Whether the log holds anything that it has not said it holds. */
  isUnacked(log: Log): boolean {
    return this.#acked.lacks(log);
  }

  /** Whether it has anything that the log lacks, `own` origin apart. */
  isAhead(log: Log, own: string): boolean {
    for (const origin of this.#toCompare) {
      if (this.#passOver(origin, log)) continue;
      const held = this.#acked.get(origin) ?? NOTHING;
      const mine = log.held(origin) ?? NOTHING;
      if (origin !== own && !mine.covers(held) && this.#mayGive(origin, mine.lacks(held))) return true;
      this.#toCompare.delete(origin);
    }
    return false;
  }

  /** How many entries it says it holds that the log lacks, of the origins for which `isMine` speaks. */
  aheadOf(log: Log, isMine: (origin: string) => boolean): number {
    const origins = [...this.#toCompare].filter((origin) => isMine(origin) && !this.#passOver(origin, log));
    return sum(origins, (origin) => missing(log.held(origin), this.#acked.get(origin)));
  }

  /** How many entries the log holds that it has not said it holds. */
  lag(log: Log): number {
    return sum(this.#acked.gaps(log), ({ name, held }) => missing(this.#acked.get(name), held));
  }

  /** How many entries it says it holds that the log lacks. */
  ahead(log: Log): number {
    const isHere = (origin: string) => !log.retired.covers(origin);
    return sum(this.#acked, ([origin, held]) => isHere(origin) ? missing(log.held(origin), held) : 0);
  }

  /** The largest number of an origin that it holds; 0 where it holds none. */
  lastOf(origin: string): number {
    return this.#acked.get(origin)?.last ?? 0;
  }

  hasRange(range: Range): boolean {
    return covers(this.#acked, range);
  }

  /** It says, or shows, that it holds the intervals from, to, from, to …; one that runs backwards is passed over. */
  add(origin: string, spans: readonly number[]): void {
    this.#toCompare.add(origin);
    this.#acked.addSpans(origin, spans);
    this.#sent.addSpans(origin, spans);
    // To compare all intervals would cost more than what it watches over.
    const [acked, sent] = [this.#acked.of(origin), this.#sent.of(origin)];
    assert(sent.last >= acked.last, "what is acknowledged was sent");
    assert(sent.gapless >= acked.gapless, "what is acknowledged without a gap was sent without one");
  }

  /** It was told that these are gone here: nothing more is to be said of them [G4]. */
  addTold({ origin, seq, count }: Range): void {
    this.#acked.addSpan(origin, seq, seq + count - 1);
    this.#sent.addSpan(origin, seq, seq + count - 1);
  }

  /** The entries from..to are gone there: it holds them, and cannot hand them over. */
  addGone(origin: string, from: number, to: number): void {
    this.#gone.addSpan(origin, from, to);
    this.add(origin, [from, to]);
  }

  /** What of an origin it has by its own account, as far as it has not said that it is gone. */
  kept(origin: string): Span[] {
    return (this.#gone.get(origin) ?? NOTHING).lacks(this.#acked.get(origin) ?? NOTHING);
  }

  /** Nothing of these lives is left there, and it takes in nothing of them. */
  retire(retired: Iterable<Retired>): void {
    let isNew = false;
    for (const each of retired) isNew = this.#retired.add(each) || isNew;
    if (isNew) { for (const digest of [this.#acked, this.#sent]) digest.retire(this.#retired, true); }
  }

  /** Nothing of these lives is left here: what it holds of them is not asked for. */
  forgetRetired(lives: RetiredLives): void {
    for (const digest of [this.#acked, this.#sent, this.#gone]) digest.retire(lives, false);
  }

  /** Takes what it lacks, up to a batch, and counts it as on its way; what is in `first` goes first. */
  take(log: Log, bytesMax: number, first: Iterable<Digest>): Batch {
    return takeBatch(log, this.#sent, bytesMax, first);
  }

  /** Entries are on their way to it from elsewhere. */
  addSent(range: Range): void {
    this.#sent.add(range);
  }

  /** It is not known what it holds: suppose all of this. */
  suppose(held: Digest): void {
    this.#sent.addAll(held);
  }

  /** All that was on its way is lost, but for these. */
  forgetSent(moving: Iterable<Range>): void {
    this.#sent = this.#acked.clone();
    for (const range of moving) this.#sent.add(range);
  }

  forget(): void {
    this.#acked = new Digest();
    this.#sent = new Digest();
    this.#gone = new Digest();
    this.#retired = new RetiredLives();
    this.#toCompare.clear();
  }

  /** Forgets what it says of a life that is retired here. Returns whether it is. */
  #passOver(origin: string, log: Log): boolean {
    if (!log.retired.covers(origin)) return false;
    this.#toCompare.delete(origin);
    for (const digest of [this.#acked, this.#sent, this.#gone]) digest.forget(origin);
    return true;
  }

  #mayGive(origin: string, spans: readonly Span[]): boolean {
    const gone = this.#gone.get(origin) ?? NOTHING;
    return spans.some(([from, to]) => !gone.hasSpan(from, to));
  }
}

const NOTHING = new IntervalSet();

function covers(digest: Digest, { origin, seq, count }: Range): boolean {
  return digest.get(origin)?.hasSpan(seq, seq + count - 1) ?? false;
}

/** How many numbers of `held` are not in `known`. */
function missing(known = NOTHING, held = NOTHING): number {
  return sum(known.lacks(held), ([from, to]) => to - from + 1);
}

function sum<T>(items: Iterable<T>, count: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += count(item);
  return total;
}
