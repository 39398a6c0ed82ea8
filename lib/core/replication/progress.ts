/**
 * All that this node believes of one peer, after etcd raft's Progress: its holdings, messages on their way to it, and
 * timers. It is in one of five states, each of which says what becomes of entries that it lacks:
 *
 *   unknown    What it holds is not known, or only supposed. It is asked when its turn comes, with what came lately.
 *   probing    It was asked what it holds, or an answer is overdue. Entries wait: a retry brings them, or it is heard.
 *   streaming  Entries leave as they come: at once, with the next flush, or for the last moment that makes one.
 *   throttled  More is lacking than may be on its way. The rest follows upon its acknowledgement.
 *   suspected  It missed too many answers. Nothing is on its way, and nothing is expected; it is probed now and then.
 *
 *   from                  on                                        to
 *   any                   assume: what it holds must be supposed    unknown; probing where it was asked already
 *   unknown               left: a message that asks                 probing
 *   unknown               hear, and then forgetSent                 streaming
 *   streaming, throttled  left: all that is lacking, or a part      streaming, throttled
 *   streaming, throttled  miss, or lastChance                       probing
 *   probing               hear                                      streaming, throttled; unknown while supposed
 *   any                   suspect                                   suspected
 *   suspected             hear                                      streaming; throttled where it was before
 *
 * Always: what it has acknowledged was sent, so what is sent covers what is acknowledged; numbers of messages grow; the
 * retry timer is due when the first answer is. Suspected: no misses. Streaming and throttled: it was heard in its
 * present incarnation, what it holds is not supposed, and no answer is overdue.
 */
import { assert } from "../assert.ts";
import type { TimerQueue } from "../timers/timer_queue.ts";
import type { Digest } from "../log/digest.ts";
import type { Log } from "../log/log.ts";
import type { Range } from "../log/runs.ts";
import { allBut, type Switches } from "../mechanisms.ts";
import type { Exchange } from "../message.ts";
import { type Flight, Flights } from "./flights.ts";
import { Heard } from "./heard.ts";
import { Holdings } from "./holdings.ts";
import { type Batch, BATCH_BYTES_MAX, Pacing } from "./pacing.ts";
import { type Rtt, RttEstimator } from "./round_trips/rtt.ts";
import { TimerTable } from "../timers/timer_table.ts";

/** Answers overdue in a row, with nothing heard meanwhile, after which a peer is suspected [T7]. */
export const MISSES_MAX = 2;

export type ProgressState = "unknown" | "probing" | "streaming" | "throttled" | "suspected";

/** A message of it; nothing follows from the type, which only says what it is mostly for. */
type Said = Omit<Exchange, "type">;

export interface Departure extends
  Pick<
    Flight,
    "logRevision" | "linksRevision" | "retiredRevision" | "membersRevision" | "gaps"
  > {
  /** Whether it lacks links that had no room. */
  readonly viewUpdateDue: boolean;
  /** Whether it lacks entries that may not leave yet. */
  readonly truncated: boolean;
}

export class Progress {
  readonly id: string;
  readonly timers: TimerTable;
  readonly holdings = new Holdings();
  readonly heard = new Heard();
  readonly pacing: Pacing;
  readonly flights: Flights;
  readonly #rtt: RttEstimator;
  // Its state follows from these.
  #assumed = false;
  #misses = 0;
  #truncated = false;
  #suspectedAt: number | undefined;

  #viewUpdateDue = false;
  #isStub = false;
  /** How often in a row it was asked in vain for what it says it holds. */
  pullAttempts = 0;

  /** Without `queue` nobody is told when it is due something. */
  constructor(id: string, queue?: TimerQueue<Progress>, on: Switches = allBut([])) {
    this.id = id;
    this.pacing = new Pacing(on.has("pacing"));
    this.#rtt = new RttEstimator(on.has("rtt-bounds"));
    this.timers = new TimerTable(() => changed());
    this.flights = new Flights((at) => this.timers.set("retry", at));
    const changed = queue?.enter(this) ?? (() => {});
  }

  get state(): ProgressState {
    if (this.#suspectedAt !== undefined) return "suspected";
    if (this.#misses > 0 || (this.#assumed && this.awaited)) return "probing";
    if (this.#assumed || this.heard.isNothing) return "unknown";
    return this.#truncated ? "throttled" : "streaming";
  }

  /** Since when it is suspected; undefined while it is not. */
  get suspectedAt(): number | undefined {
    return this.#suspectedAt;
  }

  /** Answers in a row that were not here in time. */
  get misses(): number {
    return this.#misses;
  }

  /** Whether what it holds is only supposed. */
  get assumed(): boolean {
    return this.#assumed;
  }

  /** Whether it lacks what could not leave with the newest message to it, or since. */
  get truncated(): boolean {
    return this.#truncated;
  }

  get awaited(): boolean {
    return this.flights.awaited;
  }

  get dueAt(): number {
    return this.timers.nextAt;
  }

  /** Undefined before the first sample. */
  get rtt(): Rtt | undefined {
    return this.#rtt.rtt;
  }

  // Sending.

  /** How many bytes of entries may leave to it now [F1]. */
  get room(): number {
    if (!this.pacing.isOn) return this.#truncated && this.awaited ? 0 : BATCH_BYTES_MAX;
    // A peer that is slow to take in what is on its way would be slower still [F6].
    return this.#misses > 0 && this.pacing.heavy ? 0 : this.pacing.room(this.rtt?.mean);
  }

  /** Whether there is anything to say to it now. Where it may not leave yet, the peer is throttled: it follows upon an answer [F4]. */
  hasNews(log: Log): boolean {
    if (!this.holdings.isBehind(log) && !this.#viewUpdateDue && !this.#assumed) return false;
    const mayLeave = this.room > 0 || !this.awaited;
    if (!mayLeave) this.#truncated = true;
    return mayLeave;
  }

  /** Takes what it lacks, up to a batch, and counts it as sent; while there is more, what is in `first` goes first [F7]. */
  take(log: Log, first: () => Iterable<Digest>): Batch {
    return this.holdings.take(log, this.room, this.#truncated ? first() : []);
  }

  /** `answerBy`: when an answer should be here at the latest; Infinity where none is expected. */
  left(departure: Departure, answerBy: number, now: number): void {
    assert(this.#suspectedAt === undefined || answerBy === Infinity, "of a suspect nothing is expected");
    this.flights.add({
      seq: this.flights.nextSeq,
      at: now,
      logRevision: departure.logRevision,
      linksRevision: departure.linksRevision,
      retiredRevision: departure.retiredRevision,
      membersRevision: departure.membersRevision,
      gaps: departure.gaps,
      answerBy,
      waits: this.heard.incarnation === 0 || this.pacing.queues,
    });
    this.#viewUpdateDue = departure.viewUpdateDue;
    this.#truncated = departure.truncated;
    this.timers.clear("ack");
    assert(this.timers.at("retry") <= answerBy, "the retry timer is due when the first answer is");
  }

  /** This is on its way to it from elsewhere: it says so by then. */
  isSent(entries: readonly Range[], answerBy: number): void {
    for (const entry of entries) this.holdings.addSent(entry);
    this.flights.expect(answerBy);
  }

  /** It is told of links no more, or again, and then of all [K13]. */
  spareLinks(isStub: boolean): void {
    if (this.#isStub && !isStub) this.flights.forgetLinks();
    this.#isStub = isStub;
  }

  /** It must hear soon of what changed in the links. */
  owesView(): void {
    this.#viewUpdateDue = true;
  }

  // Answers, and their absence.

  /** Takes in a message's head and digest [E1]. Returns false for one of an incarnation that has ended [B1]. */
  hear(said: Said, myIncarnation: number, now: number): boolean {
    const { incarnation } = this.heard;
    if (said.incarnation < incarnation) return false;
    if (said.incarnation > incarnation && incarnation > 0) this.#reborn();
    this.heard.message(said, now);
    this.#suspectedAt = undefined;
    this.#misses = 0;
    const { ack } = said;
    const lost = ack?.[0] === myIncarnation ? this.#landed(ack[1], ack[2], now) : [];
    for (const [origin, spans] of said.digest) this.holdings.add(origin, spans);
    if (said.retired !== undefined) this.holdings.retire(said.retired);
    if (lost.some((range) => !this.holdings.hasRange(range)) && !this.#assumed) this.forgetSent();
    return true;
  }

  miss(): void {
    assert(this.#suspectedAt === undefined, "a suspect misses nothing");
    this.#misses++;
    this.flights.retry();
    assert(this.#misses <= MISSES_MAX, "who misses too often is suspected");
  }

  /** It is asked for the last time: one more miss, and it is suspected [D2]. */
  lastChance(): void {
    this.#misses = MISSES_MAX - 1;
    this.flights.retry();
  }

  /** It did not answer, too often. */
  suspect(now: number): void {
    this.expectNothing();
    this.#suspectedAt ??= now;
  }

  /** Nothing is expected of it any more, and what was on its way is lost. */
  expectNothing(): void {
    this.flights.forget();
    this.pacing.forget();
    this.timers.clear("send");
    this.timers.clear("pull");
    this.#misses = 0;
    this.#viewUpdateDue = false;
    this.forgetSent();
  }

  // Beliefs that are given up.

  /** It is not known what it holds: suppose all of this. */
  assume(held: Digest): void {
    this.#assumed = true;
    this.holdings.suppose(held);
  }

  /** What was on its way counts as lost, but what is so large that it takes its time [E2] [F5]. */
  forgetSent(): void {
    this.holdings.forgetSent(this.pacing.moving());
    this.#assumed = false;
  }

  /** This node begins a later incarnation: the peer is to forget whatever was said to it, and must be told anew [B5]. */
  forgetSaid(): void {
    this.flights.forgetSaid();
    this.#truncated = false;
    this.forgetSent();
  }

  /** Its later incarnation has forgotten everything, what was said to it included [B1]. */
  #reborn(): void {
    this.holdings.forget();
    this.flights.forgetSaid();
    this.pacing.forget();
  }

  /** Message `seq` arrived there. Returns what left before it and was large: that has arrived, too, or is lost [T1] [T4]. */
  #landed(seq: number, heldMs: number, now: number) {
    const flight = this.flights.landed(seq);
    if (flight !== undefined) {
      this.#rtt.measure(Math.max(0, now - flight.at - heldMs), flight.waits, now);
      // It knows that it cannot have them from here, which is all that it can be told of them [G6].
      for (const gap of flight.gaps ?? []) this.holdings.addTold(gap);
    }
    return this.pacing.landed(seq, this.rtt?.mean ?? 0, now - heldMs);
  }
}
