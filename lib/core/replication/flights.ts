/** Messages on their way to one peer: what each said, and by when it should be answered [T1] [T4]. */
import { assert } from "../assert.ts";
import type { Range } from "../log/runs.ts";

/** Messages of which an acknowledgement is still awaited; older ones are given up for lost [T4]. */
export const FLIGHTS_MAX = 64;

export interface Flight {
  readonly seq: number;
  readonly at: number;
  /** The revisions of log and links of which it tells. */
  readonly logRevision: number;
  readonly linksRevision: number;
  /** The revision of retired lives, likewise; undefined: 0. */
  readonly retiredRevision?: number | undefined;
  /** The revision of the members, likewise. */
  readonly membersRevision?: number | undefined;
  /** What it says is gone, of that which the peer lacks [G4]. */
  readonly gaps?: readonly Range[] | undefined;
  /** When an answer should be here at the latest; Infinity where none is expected. */
  readonly answerBy: number;
  /** Whether it waits behind a batch, is one, or went to a peer that may have had to start: its time is only a bound of the way [T2]. */
  readonly waits: boolean;
}

/** The revisions of log and links that a peer has confirmed: what is older need not be said again [E3] [T4]. */
export interface Confirmed {
  readonly log: number;
  readonly links: number;
  readonly retired: number;
  readonly members: number;
}

const NOTHING: Confirmed = { log: 0, links: 0, retired: 0, members: 0 };

export class Flights {
  #flights: Flight[] = [];
  #seq = 0;
  /** The last one that left before the newest retry. */
  #retriedSeq = 0;
  #confirmed = NOTHING;
  #dueAt = Infinity;
  readonly #onDue: (at: number) => void;

  /** `onDue` sets the retry timer, which nothing else does, to when the first answer is due; to Infinity where none is. */
  constructor(onDue: (at: number) => void) {
    this.#onDue = onDue;
  }

  get nextSeq(): number {
    return this.#seq + 1;
  }

  get confirmed(): Confirmed {
    return this.#confirmed;
  }

  get awaited(): boolean {
    return this.#flights.some((flight) => flight.answerBy < Infinity);
  }

  add(flight: Flight): void {
    assert(flight.answerBy >= flight.at, "no answer is due before its message leaves");
    assert(flight.seq === this.nextSeq, "messages are numbered as they leave");
    this.#seq++;
    this.#flights.push(flight);
    if (this.#flights.length > FLIGHTS_MAX) this.#flights.shift();
    this.expect(flight.answerBy);
  }

  /** The peer should say something by then, though no message asks for it. */
  expect(answerBy: number): void {
    this.#setDue(Math.min(this.#dueAt, answerBy));
  }

  /** The peer cannot have answered any of them before that. */
  postpone(until: number): void {
    if (this.#dueAt >= until) return;
    this.#flights = this.#flights.map((each) => ({ ...each, answerBy: Math.max(each.answerBy, until) }));
    this.#setDue(until);
  }

  /** Their time is up: a retry asks for all of it again, and only its answer, and later ones, have a time [T7]. */
  retry(): void {
    this.#retriedSeq = this.#seq;
    this.#setDue(Infinity);
  }

  /** The one of this number arrived there; those before it have arrived, too, or are lost. Undefined where it is unknown [T4]. */
  landed(seq: number): Flight | undefined {
    const flight = this.#flights.find((each) => each.seq === seq);
    if (flight === undefined) return undefined;
    this.#flights = this.#flights.filter((each) => each.seq > seq);
    const { log, links, retired, members } = this.#confirmed;
    this.#confirmed = {
      log: Math.max(log, flight.logRevision),
      links: Math.max(links, flight.linksRevision),
      retired: Math.max(retired, flight.retiredRevision ?? 0),
      members: Math.max(members, flight.membersRevision ?? 0),
    };
    const timed = this.#flights.filter((each) => each.seq > this.#retriedSeq);
    this.#setDue(Math.min(Infinity, ...timed.map((each) => each.answerBy)));
    return flight;
  }

  /** The peer is to be told of all links anew. */
  forgetLinks(): void {
    this.#confirmed = { ...this.#confirmed, links: 0 };
    this.#flights = this.#flights.map((flight) => ({ ...flight, linksRevision: 0 }));
  }

  /** None of them is waited for any more. */
  forget(): void {
    this.#flights = [];
    this.#setDue(Infinity);
  }

  /** The same, and the peer is to be told of everything anew. */
  forgetSaid(): void {
    this.forget();
    this.#confirmed = NOTHING;
  }

  #setDue(at: number): void {
    this.#dueAt = at;
    this.#onDue(at);
  }
}
