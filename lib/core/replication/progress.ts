/** What is believed of one peer: what it holds, what is on its way to it, how far it is, and when it is due a word. */
import type { TimerQueue } from "../timer_queue.ts";
import { IntervalSet } from "../log/interval_set.ts";
import { Digest } from "../log/digest.ts";
import type { Entry, Log, Run } from "../log/log.ts";
import type { Exchange } from "../message.ts";
import { Pacing } from "./pacing.ts";

/** Messages of which an echo is still awaited; older ones are given up for lost. */
export const FLIGHTS_MAX = 64;

/** A sample may be so far over twice what was expected; what is over that counts as that. */
export const SAMPLE_SLACK_MS = 100;

/** A first sample counts for so much at most: the peer may have stood still, or just have been starting. */
export const FIRST_SAMPLE_MAX_MS = 1_000;
/** Answers so close to each other count as one. */
export const BURST_MS = 50;

/** After so many windows without a word, a relay that passed on once per window does so no more. */
export const OVERDUE = 1.25;

/** What it says; of the type, which says what that is mostly for, nothing follows. */
type Said = Omit<Exchange, "type">;

/** One message on its way. */
interface Flight {
  readonly n: number;
  readonly at: number;
  readonly logRevision: number;
  readonly linksRevision: number;
  /** When an answer should be here at the latest; Infinity where none is expected. */
  readonly answerBy: number;
  /**
   * Whether it waits behind a batch or is one, or went to a peer that may have had to start first: how long that takes
   * is only a bound of the way itself.
   */
  readonly waits: boolean;
}

/** A smoothed round trip and its mean deviation, ms (RFC 6298). */
export interface Rtt {
  readonly mean: number;
  readonly deviation: number;
  /** Whether it is only known to be no longer than that. */
  readonly isBound: boolean;
}

export class Progress {
  readonly id: string;
  /** What it said that it holds. */
  acked = new Digest();
  /** What is on its way to it, and how much may be. */
  readonly pacing = new Pacing();
  /** When part of a message of it came in last, of which the rest had not. */
  arrivingAt = -Infinity;
  /** What it holds once all that is on its way has arrived. Always covers #acked. */
  sent = new Digest();
  /** The revisions of log and linkState that it has confirmed: what is older need not be said again. */
  confirmedLog = 0;
  confirmedLinks = 0;
  /** Whether it must hear soon of what changed in who sees whom. */
  viewUpdateDue = false;
  /** Whether it is not told who sees whom. */
  isStub = false;
  incarnation = 0;
  /** The last of its lives that spoke when it had ended. */
  staleIncarnation: number | undefined;
  heardAt = -Infinity;
  /** Since when it counts as lost; undefined while it does not. */
  suspectedAt: number | undefined;
  /** Undefined before the first sample. */
  rtt: Rtt | undefined;
  /** For how long it gathers as a relay, ms, by its own word, and when what it had gathered last came here. */
  windowMs = 0;
  flushedAt = -Infinity;
  /** Whether it passes on as often as its window lets it: then the next time can be foretold. */
  periodic = false;
  /** Requests in a row that were not answered in time. */
  misses = 0;
  /** Whether the newest message to it was cut: upon its answer the rest follows. */
  truncated = false;
  /** How often in a row it was asked in vain for what it says it holds. */
  pullAttempts = 0;
  /** Whether its holdings were last heard before it became a neighbour: then #sent is a guess. */
  assumed = false;

  /** Moments at which it is due something; Infinity where it is not. */
  #sendAt = Infinity;
  #ackAt = Infinity;
  #wantAt = Infinity;
  #retryAt = Infinity;
  readonly #moved: () => void;

  #n = 0;
  #heardN = 0;
  #heardNAt = 0;
  #sampledAt = -Infinity;
  /** As it was before the burst that #sampledAt began. */
  #rttBefore: Rtt | undefined;
  #flights: Flight[] = [];
  /** Origins of which it may hold more than the log: those of which it has spoken since they were last compared. */
  readonly #toCompare = new Set<string>();

  readonly #boundsRtt: boolean;

  /**
   * Without `timers` nobody is told when it is due something. `boundsRtt`: whether samples of the round trip that may say too
   * much are bounded.
   */
  constructor(id: string, timers?: TimerQueue<Progress>, boundsRtt = true) {
    this.id = id;
    this.#boundsRtt = boundsRtt;
    this.#moved = timers?.enter(this) ?? (() => {});
  }

  get sendAt(): number {
    return this.#sendAt;
  }

  set sendAt(at: number) {
    this.#sendAt = at;
    this.#moved();
  }

  get ackAt(): number {
    return this.#ackAt;
  }

  set ackAt(at: number) {
    this.#ackAt = at;
    this.#moved();
  }

  get pullAt(): number {
    return this.#wantAt;
  }

  set pullAt(at: number) {
    this.#wantAt = at;
    this.#moved();
  }

  get retryAt(): number {
    return this.#retryAt;
  }

  set retryAt(at: number) {
    this.#retryAt = at;
    this.#moved();
  }

  get dueAt(): number {
    return Math.min(this.#sendAt, this.#ackAt, this.#wantAt, this.#retryAt);
  }

  get nextSeq(): number {
    return this.#n + 1;
  }

  /** Whether an answer to something on its way is expected. */
  get awaited(): boolean {
    return this.#flights.some((flight) => flight.answerBy < Infinity);
  }

  /** [its life, the newest n heard of it, held for how long], for the next message to it. */
  ack(now: number): [number, number, number] | undefined {
    return this.#heardN === 0 ? undefined : [this.incarnation, this.#heardN, now - this.#heardNAt];
  }

  /** Books a message that leaves now. */
  left(flight: Omit<Flight, "n" | "waits">): void {
    this.#flights.push({ n: ++this.#n, ...flight, waits: this.incarnation === 0 || this.pacing.queues });
    if (this.#flights.length > FLIGHTS_MAX) this.#flights.shift();
    this.viewUpdateDue = false;
    this.retryAt = Math.min(this.retryAt, flight.answerBy);
  }

  /** It cannot have answered anything before that. */
  cannotAnswer(beforeAt: number): void {
    // The earliest of all.
    if (this.retryAt >= beforeAt) return;
    this.#flights = this.#flights.map((flight) => ({
      ...flight,
      answerBy: Math.max(flight.answerBy, beforeAt),
    }));
    this.retryAt = Math.max(this.retryAt, beforeAt);
  }

  /** This is on its way to it from elsewhere: it says so by then. */
  isSent(entries: readonly Entry[], answerBy: number): void {
    for (const entry of entries) this.sent.add(entry);
    this.retryAt = Math.min(this.retryAt, answerBy);
  }

  /** Takes in a message's head and digest. Returns false for one of an earlier life. */
  hear(body: Said, myIncarnation: number, now: number): boolean {
    if (body.incarnation < this.incarnation) return false;
    if (body.incarnation > this.incarnation && this.incarnation > 0) this.#reborn();
    this.incarnation = body.incarnation;
    this.heardAt = now;
    this.suspectedAt = undefined;
    this.misses = 0;
    if (body.seq > this.#heardN) {
      this.#heardN = body.seq;
      this.#heardNAt = now;
    }
    const { ack } = body;
    const landed = ack?.[0] === myIncarnation ? this.#landed(ack[1], ack[2], now) : [];
    for (const [origin, spans] of body.digest) this.#holds(origin, spans);
    if (landed.some((run) => !this.#isAcked(run)) && !this.assumed) this.forgetSent();
    if (body.window !== undefined) {
      this.periodic = now - this.flushedAt < OVERDUE * body.window;
      this.windowMs = body.window;
      this.flushedAt = now;
    }
    return true;
  }

  /**
   * The life of this node that it remembers, where that cannot be this one: it is later, or has the same number and yet said
   * more, or entered more than the `entered` values, under `own`. To be asked when its word was heard.
   */
  otherIncarnation(
    { ack }: Said,
    myIncarnation: number,
    own: string,
    entered: number,
  ): number | undefined {
    const [incarnation, n] = ack ?? [0, 0];
    if (incarnation > myIncarnation || (incarnation === myIncarnation && n > this.#n)) return incarnation;
    return (this.acked.get(own)?.last ?? 0) > entered ? myIncarnation : undefined;
  }

  /** How many entries it says it holds that the log lacks, of the origins for which `isMine` speaks. */
  aheadOf(log: Log, isMine: (origin: string) => boolean): number {
    let count = 0;
    for (const origin of this.#toCompare) {
      if (isMine(origin)) count += missing(log.held(origin) ?? NOTHING, this.acked.get(origin) ?? NOTHING);
    }
    return count;
  }

  /** It sent from..to, so it holds them. */
  holdsSpan(origin: string, from: number, to: number): void {
    this.acked.of(origin).addSpan(from, to);
    this.#toCompare.add(origin);
    this.sent.of(origin).addSpan(from, to);
  }

  /** Whether it will lack any of these entries once all has arrived. */
  isMissing(entries: readonly Entry[]): boolean {
    return entries.some(({ origin, seq }) => !this.sent.has(origin, seq));
  }

  /** Whether the log holds anything that it will not have once all has arrived. */
  isBehind(log: Log): boolean {
    return this.sent.lacks(log);
  }

  /** Whether the log holds anything that it has not said it holds. */
  isUnacked(log: Log): boolean {
    return this.acked.lacks(log);
  }

  /** Whether it holds anything that the log lacks, `own` origin apart. */
  isAhead(log: Log, own: string): boolean {
    for (const origin of this.#toCompare) {
      const held = this.acked.get(origin) ?? NOTHING;
      if (origin !== own && !(log.held(origin) ?? NOTHING).covers(held)) return true;
      this.#toCompare.delete(origin);
    }
    return false;
  }

  /** How many entries the log holds that it has not said it holds. */
  lag(log: Log): number {
    let count = 0;
    for (const { name, held } of this.acked.gaps(log)) {
      count += missing(this.acked.get(name) ?? NOTHING, held);
    }
    return count;
  }

  /** How many entries it says it holds that the log lacks. */
  ahead(log: Log): number {
    let count = 0;
    for (const [origin, held] of this.acked) count += missing(log.held(origin) ?? NOTHING, held);
    return count;
  }

  /** What was on its way counts as lost, but what is so large that it takes its time. */
  forgetSent(): void {
    this.sent = this.acked.clone();
    for (const { origin, seq, values } of this.pacing.moving()) {
      this.sent.of(origin).addSpan(seq, seq + values.length - 1);
    }
    this.assumed = false;
  }

  /** It is not known what it holds: suppose all of this. */
  assumeSent(known: Digest): void {
    this.assumed = true;
    this.sent.addAll(known);
  }

  /** Of who sees whom it was not told all. */
  forgetLinks(): void {
    this.confirmedLinks = 0;
    this.#flights = this.#flights.map((flight) => ({ ...flight, linksRevision: 0 }));
  }

  /** This node lives again: whatever was said to the peer, it is to forget it, and must be told anew. */
  forgetSaid(): void {
    this.confirmedLog = this.confirmedLinks = 0;
    this.#flights = [];
    this.retryAt = Infinity;
    this.truncated = false;
    this.forgetSent();
  }

  /** Nothing is expected of it any more, and what was on its way is lost. */
  expectNothing(): void {
    this.#flights = [];
    this.pacing.forget();
    this.sendAt = this.pullAt = this.retryAt = Infinity;
    this.misses = 0;
    this.viewUpdateDue = false;
    this.forgetSent();
  }

  /** It has forgotten everything, what was said to it included. */
  #reborn(): void {
    this.acked = new Digest();
    this.sent = new Digest();
    this.#toCompare.clear();
    this.confirmedLog = this.confirmedLinks = 0;
    this.windowMs = 0;
    this.#heardN = 0;
    this.#flights = [];
    this.pacing.forget();
    this.retryAt = Infinity;
  }

  /** Message n arrived there; what was sent before it has arrived too or is lost. Returns what of that was large. */
  #landed(n: number, heldMs: number, now: number): Run[] {
    const flight = this.#flights.find((each) => each.n === n);
    if (flight !== undefined) this.#measure(flight, Math.max(0, now - flight.at - heldMs), now);
    const before = this.pacing.landed(n, this.rtt?.mean ?? 0, now - heldMs);
    if (flight === undefined) return before;
    this.confirmedLog = Math.max(this.confirmedLog, flight.logRevision);
    this.confirmedLinks = Math.max(this.confirmedLinks, flight.linksRevision);
    this.#flights = this.#flights.filter((each) => each.n > n);
    this.retryAt = Math.min(Infinity, ...this.#flights.map((each) => each.answerBy));
    return before;
  }

  #isAcked({ origin, seq, values }: Run): boolean {
    return this.acked.get(origin)?.hasSpan(seq, seq + values.length - 1) ?? false;
  }

  /** A bound stands until there is a sample. */
  #measure({ waits }: Flight, measuredMs: number, now: number): void {
    if (!waits || !this.#boundsRtt) this.#sample(measuredMs, now);
    else this.rtt ??= { mean: Math.min(measuredMs, FIRST_SAMPLE_MAX_MS), deviation: 0, isBound: true };
  }

  /** RFC 6298, except that the first sample says nothing of the deviation, and no later one counts for too much. */
  #sample(measuredMs: number, now: number): void {
    // Answers that come in a burst had been held up: only the last of them tells how far away the peer is.
    if (now - this.#sampledAt > BURST_MS || !this.#boundsRtt) {
      this.#sampledAt = now;
      this.#rttBefore = this.rtt?.isBound ? undefined : this.rtt;
    }
    const firstMaxMs = this.#boundsRtt ? FIRST_SAMPLE_MAX_MS : Infinity;
    const { mean, deviation } = this.#rttBefore ?? { mean: Math.min(measuredMs, firstMaxMs), deviation: 0 };
    const maxMs = this.#boundsRtt ? 2 * (mean + 4 * deviation) + SAMPLE_SLACK_MS : Infinity;
    const ms = Math.min(measuredMs, maxMs);
    this.rtt = {
      mean: mean + (ms - mean) / 8,
      deviation: deviation + (Math.abs(ms - mean) - deviation) / 4,
      isBound: false,
    };
  }

  #holds(origin: string, spans: readonly number[]): void {
    const acked = this.acked.of(origin);
    const sent = this.sent.of(origin);
    this.#toCompare.add(origin);
    for (let i = 0; i + 1 < spans.length; i += 2) {
      const from = spans[i] as number;
      const to = spans[i + 1] as number;
      if (from > to) continue;
      acked.addSpan(from, to);
      sent.addSpan(from, to);
    }
  }
}

const NOTHING = new IntervalSet();

/** How many numbers of `held` are not in `known`. */
function missing(known: IntervalSet, held: IntervalSet): number {
  let count = 0;
  for (const [from, to] of known.lacks(held)) count += to - from + 1;
  return count;
}
