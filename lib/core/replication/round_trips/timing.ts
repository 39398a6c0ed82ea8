/** How long things take: every wait follows from measured round trips and a few named margins [T5] [T6]. */
import { allBut, type Switches } from "../../mechanisms.ts";
import { type Heard, OVERDUE } from "../heard.ts";
import type { Pacing } from "../pacing.ts";
import type { Rtt } from "./rtt.ts";

/** How long a bare acknowledgement waits for traffic to ride on, beside four round trips [E4]. */
export const ACK_DELAY_MS = 550;
/** What a busy machine may add to a round trip before an answer is overdue (a guess, from runs on two cores) [T6]. */
export const ANSWER_SLACK_MS = 50;
/** The round trip supposed of a peer before the first sample. */
export const RTT_GUESS_MS = 400;
/** A reordered message may be this late before what it brought counts as lost, beside twice the deviation. */
export const REORDER_SLACK_MS = 20;
/** Of so many peers the typical round trip is the median [T5]. */
export const TYPICAL_PEERS = 32;
/** A window shorter than this is none [V4]. */
export const WINDOW_MIN_MS = 10;
/**
 * For how many round trips a relay gathers, by the levels of the tree. In a star a value is everywhere within one round
 * trip more: 516 ms where one takes 200, which leaves a busy machine a seventh of the 600 ms that challenge 3d allows [V1].
 */
export const WINDOW_RTTS = [1.58, 0.9] as const;
/** While links stay down, a window is so many times as long: two round trips in a star (measured with 3d + partition) [V11]. */
export const STRETCH = 1.35;
/** So many samples move the typical round trip one place up from the shortest, as far as the median [T5]. */
export const SAMPLES_PER_PLACE = 4;

export interface Timed {
  readonly rtt: Rtt | undefined;
  readonly misses: number;
  readonly pacing: Pick<Pacing, "waitMs">;
  readonly heard: Pick<Heard, "flushes">;
}

export class Timing {
  readonly #deliveryBudgetMs: number | undefined;
  readonly #on: Switches;
  /** Those whose round trip was measured last, the latest at the end. */
  readonly #measured = new Set<Pick<Timed, "rtt">>();
  #samples = 0;
  /** The median of those measured last; of the first few, on a machine busy starting, the shortest says best what the network takes [T5]. */
  typicalRtt: Rtt | undefined;
  /** Hops from the root to those farthest from it. */
  levels = 1;

  constructor(deliveryBudgetMs: number | undefined, on: Switches = allBut([])) {
    this.#deliveryBudgetMs = deliveryBudgetMs;
    this.#on = on;
  }

  measured(peer: Pick<Timed, "rtt">): void {
    this.#measured.delete(peer);
    this.#measured.add(peer);
    const [oldest] = this.#measured;
    if (this.#measured.size > TYPICAL_PEERS && oldest !== undefined) this.#measured.delete(oldest);
    if (peer.rtt?.isBound === false) this.#samples++;
    const known = [...this.#measured].flatMap(({ rtt }) => rtt ?? []);
    // A bound is an answer only where there is no sample, and then the least of them says most [T2].
    known.sort((a, b) => Number(a.isBound) - Number(b.isBound) || a.mean - b.mean);
    const sampled = known.filter(({ isBound }) => !isBound).length;
    const place = !this.#on.has("typical") ? Infinity : Math.floor(this.#samples / SAMPLES_PER_PLACE);
    this.typicalRtt = known[Math.min(sampled >> 1, place)];
  }

  get typicalMs(): number {
    return this.typicalRtt?.mean ?? RTT_GUESS_MS;
  }

  /** For how long a relay gathers, ms: a value is then everywhere within three round trips, or within the delivery budget [V1]. */
  get windowMs(): number {
    const rtt = this.typicalRtt;
    if (rtt === undefined || !this.#on.has("window")) return 0;
    const ms = this.#deliveryBudgetMs === undefined
      ? (WINDOW_RTTS[this.levels - 1] ?? 0) * rtt.mean
      : 0.9 * this.#deliveryBudgetMs - this.levels * rtt.mean - 2 * rtt.deviation;
    return ms < WINDOW_MIN_MS ? 0 : ms;
  }

  /**
   * The window to announce, which then stands: shorter while few samples are known, as they may say too much. `isDetour`:
   * links are down for longer than a window; then values go round, and what they share of their way saves most [V2] [V11].
   */
  nextWindowMs(isDetour: boolean): number {
    const share = !this.#on.has("typical") ? 1 : this.#samples / (this.#samples + 1);
    const isStretched = isDetour && this.#deliveryBudgetMs === undefined && this.#on.has("stretch");
    const ms = this.windowMs * share * (isStretched ? STRETCH : 1);
    return ms < WINDOW_MIN_MS ? 0 : ms;
  }

  /** How long a value that ends an idle time waits for others, ms: the sixteenth of a window is a guess [V3]. */
  get lingerMs(): number {
    return !this.#on.has("linger") ? 0 : this.windowMs / 16;
  }

  /** How long a peer may take to answer what it is asked, behind what is on its way to it [T6]. */
  replyTimeoutMs(peer: Timed): number {
    const { mean, deviation } = this.#rtt(peer);
    return mean + 4 * deviation + ANSWER_SLACK_MS + peer.pacing.waitMs(peer.misses);
  }

  /** How late a message may come that was overtaken. */
  reorderMs(peer: Timed): number {
    return 2 * this.#rtt(peer).deviation + REORDER_SLACK_MS;
  }

  /**
   * How long a peer may be owed an acknowledgement [E4]. A relay that gathers for long acknowledges to its children as it
   * passes on [E5]; `windowMs` is its window then, for anyone else it is undefined.
   */
  ackDelayMs(peer: Timed, windowMs: number | undefined): number {
    if (windowMs === undefined || !this.#on.has("ack-on-flush")) {
      return ACK_DELAY_MS + 4 * this.#rtt(peer).mean;
    }
    return windowMs < ACK_DELAY_MS / 2 ? ACK_DELAY_MS : windowMs;
  }

  /** How long the peer may take to acknowledge: what it may owe this node (ackDelayMs), and the way there and back. */
  ackTimeoutMs(peer: Timed, isRelay: boolean): number {
    const windowMs = isRelay ? peer.heard.flushes.windowMs || this.windowMs : undefined;
    return this.ackDelayMs(peer, windowMs) + this.replyTimeoutMs(peer);
  }

  /**
   * When a value leaves for the relay. One that would only wait there waits here instead, and shares the trip: until
   * the last moment that still makes the relay's next flush, with a margin; where it misses that one by the same margin,
   * and the relay flushes once per window, until the last moment for the one after [V6] [V7].
   */
  holdUntil({ rtt, heard }: Pick<Timed, "rtt" | "heard">, now: number): number {
    const { windowMs, at: flushedAt, periodic } = heard.flushes;
    if (windowMs < WINDOW_MIN_MS || rtt === undefined || !this.#on.has("hold")) return now;
    // As RFC 6298 has it, nothing is known yet of how much a first round trip deviates.
    const deviation = rtt.isBound ? rtt.mean / 2 : rtt.deviation;
    const margin = 4 * deviation + REORDER_SLACK_MS + windowMs / 16;
    const lastAt = flushedAt + windowMs - rtt.mean;
    const isMissed = periodic && now > lastAt + margin;
    return Math.max(now, lastAt - margin + (isMissed ? windowMs : 0));
  }

  /** When the next flush of a relay that passes on once per window is overdue [D2]. */
  flushOverdueAt(relay: Timed): number {
    const { windowMs, at, periodic } = relay.heard.flushes;
    if (!periodic) return Infinity;
    return at + OVERDUE * windowMs + 4 * this.#rtt(relay).deviation + ANSWER_SLACK_MS;
  }

  #rtt(peer: Timed): Rtt {
    return peer.rtt ?? this.typicalRtt ?? { mean: RTT_GUESS_MS, deviation: 0, isBound: true };
  }
}
