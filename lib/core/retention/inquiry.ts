/** Asks all others for what is gone at one peer and was never here: somebody may keep it for longer [G5]. */
import { Digest } from "../log/digest.ts";
import type { Log } from "../log/log.ts";
import type { Range, Runs } from "../log/runs.ts";
import type { Switches } from "../mechanisms.ts";
import type { Exchange } from "../message.ts";
import type { Peers } from "../replication/peers.ts";
import type { Progress } from "../replication/progress.ts";

/** So many members are asked at once, others as these answer: in many nodes, answers should not come all together. */
export const INQUIRY_MEMBERS_MAX = 8;
/** Without an answer, what has come of it is looked at after this, ms. */
export const INQUIRY_TURN_MS = 250;
/** A member that has not answered by then is asked again, ms. */
export const INQUIRY_AGAIN_MS = 5_000;
/** So long is waited for those that are out of reach or do not answer, ms: a cut that has just ended is over by then. */
export const INQUIRY_MS = 60_000;
/** A node holds so many entries at most of which it only heard that they are gone: all that is added up stays a whole number. */
export const LOST_MAX = 4_503_599_627_370_496;

export interface InquiryOptions {
  readonly log: Log;
  readonly peers: Peers;
  readonly on: Switches;
  /** Asks a member for all that this node lacks. */
  readonly ask: (peer: Progress, now: number) => void;
}

/** What a member was asked: the number of the message, and when that left. */
interface Question {
  readonly seq: number;
  readonly at: number;
  /** When it was first asked, or found to be out of reach. */
  readonly since: number;
  readonly isAnswered: boolean;
}

export class Inquiry {
  readonly #options: InquiryOptions;
  /** What this node lacks, and a peer says is gone. */
  #doubted = new Digest();
  /** The same, of which there was word since the others were asked: they are asked again. */
  #doubtedSince = new Digest();
  readonly #questions = new Map<string, Question>();
  #nextAt = Infinity;

  constructor(options: InquiryOptions) {
    this.#options = options;
  }

  get deadline(): number {
    return this.#nextAt;
  }

  /** The peer says that these are gone there; of this node's `own` origin nobody knows more than itself. */
  told(peer: Progress, gaps: Runs["gaps"], own: string, now: number): void {
    for (const { origin, seq, count } of gaps) {
      const last = seq + count - 1;
      if (origin === own || this.#options.log.retired.covers(origin) || last >= Number.MAX_SAFE_INTEGER) {
        continue;
      }
      peer.holdings.addGone(origin, seq, last);
      if (!this.#isLacked(origin, seq, last)) continue;
      this.#doubtedSince.addSpan(origin, seq, last);
      this.#nextAt = Math.min(this.#nextAt, now);
    }
  }

  /** The peer was heard: it may have answered. */
  heard(peer: Progress, { ack }: Exchange, incarnation: number, now: number): void {
    const question = this.#questions.get(peer.id);
    if (question === undefined || question.isAnswered) return;
    if (ack?.[0] !== incarnation || ack[1] < question.seq) return;
    this.#questions.set(peer.id, { ...question, isAnswered: true });
    this.#nextAt = Math.min(this.#nextAt, now);
  }

  /** Asks whoever is to be asked. Returns what nobody has who answers: it is gone for this node, too. */
  wake(now: number): readonly Range[] {
    if (this.#nextAt > now) return [];
    if (isEmpty(this.#doubted)) {
      this.#doubted = this.#doubtedSince;
      this.#doubtedSince = new Digest();
      this.#questions.clear();
    }
    if (this.#options.on.has("inquiry")) this.#askRest(now);
    const lost = this.#isWaiting(now) ? [] : this.#settle();
    const isOver = isEmpty(this.#doubted) && isEmpty(this.#doubtedSince);
    this.#nextAt = isOver ? Infinity : now + INQUIRY_TURN_MS;
    // Nobody is waited for any more.
    if (isOver) this.#questions.clear();
    return lost;
  }

  /** Asks those that were not asked yet, and then those that do not answer once more. */
  #askRest(now: number): void {
    const { peers, ask } = this.#options;
    const isAwaited = ({ at, isAnswered }: Question) => !isAnswered && now - at < INQUIRY_AGAIN_MS;
    const questions = this.#questions;
    let room = INQUIRY_MEMBERS_MAX - [...questions.values()].filter(isAwaited).length;
    const isToBeAsked = (id: string) => {
      const question = questions.get(id);
      return question !== undefined && !question.isAnswered && !isAwaited(question);
    };
    for (
      const id of [...peers.ids.filter((each) => !questions.has(each)), ...peers.ids.filter(isToBeAsked)]
    ) {
      const peer = peers.getOrCreate(id);
      if (peer === undefined) continue;
      const since = questions.get(id)?.since ?? now;
      const isInReach = peer.suspectedAt === undefined;
      if (isInReach && room-- <= 0) return;
      const seq = isInReach ? peer.flights.nextSeq : Infinity;
      questions.set(id, { seq, since, at: isInReach ? now : -Infinity, isAnswered: false });
      if (isInReach) ask(peer, now);
    }
  }

  #isWaiting(now: number): boolean {
    if (!this.#options.on.has("inquiry")) return false;
    return this.#options.peers.ids.some((id) => {
      const question = this.#questions.get(id);
      return question === undefined || (!question.isAnswered && now - question.since < INQUIRY_MS);
    });
  }

  /** Goes on doubting what somebody in reach has and has yet to hand over; what is here by now is doubted no more. */
  #settle(): readonly Range[] {
    const { log, on } = this.#options;
    const rest = new Digest();
    const lost: Range[] = [];
    for (const [origin, doubted] of this.#doubted) {
      const kept = on.has("inquiry") ? this.#keptOf(origin) : new Digest().of(origin);
      for (const [from, to] of doubted.spans()) {
        for (const [first, last] of log.retired.covers(origin) ? [] : kept.missing(from, to)) {
          const count = last + 1 - first;
          if (log.revision + count <= LOST_MAX) lost.push(...log.lose({ origin, seq: first, count }));
        }
        for (const [first, last] of kept.within(from, to)) {
          if (this.#isLacked(origin, first, last)) rest.addSpan(origin, first, last);
        }
      }
    }
    this.#doubted = rest;
    return lost;
  }

  /** What of an origin those in reach say that they have, and do not say is gone. */
  #keptOf(origin: string) {
    const kept = new Digest().of(origin);
    for (const { suspectedAt, holdings } of this.#options.peers) {
      if (suspectedAt === undefined) {
        for (const [from, to] of holdings.kept(origin)) kept.addSpan(from, to);
      }
    }
    return kept;
  }

  #isLacked(origin: string, from: number, to: number): boolean {
    const { log } = this.#options;
    return !log.retired.covers(origin) && !(log.held(origin)?.hasSpan(from, to) ?? false);
  }
}

function isEmpty(digest: Digest): boolean {
  for (const _ of digest) return false;
  return true;
}
