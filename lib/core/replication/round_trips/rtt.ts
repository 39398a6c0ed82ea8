/** The round trip to one peer, estimated as RFC 6298 does, with bounds on what one sample may say [T1]. */
import { assert } from "../../assert.ts";

/** A sample may be so far over twice what was expected; what is over that counts as that (a guess) [T3]. */
export const SAMPLE_SLACK_MS = 100;
/** A first sample counts for so much at most: the peer may have stood still, or just have been starting (a guess) [T3]. */
export const FIRST_SAMPLE_MAX_MS = 1_000;
/** Answers so close to each other count as one (a guess) [T3]. */
export const BURST_MS = 50;

/** A smoothed round trip and its mean deviation, ms. */
export interface Rtt {
  readonly mean: number;
  readonly deviation: number;
  /** Whether it is only known to be no longer than that. */
  readonly isBound: boolean;
}

export class RttEstimator {
  /** Undefined before the first sample. */
  #rtt: Rtt | undefined;
  #sampledAt = -Infinity;
  /** The estimate before the burst that began at #sampledAt. */
  #beforeBurst: Rtt | undefined;
  readonly #isBounded: boolean;

  /** `isBounded`: whether a sample that may say too much is bounded. */
  constructor(isBounded: boolean) {
    this.#isBounded = isBounded;
  }

  get rtt(): Rtt | undefined {
    return this.#rtt;
  }

  /** Takes in a sample, ms. One of a message that had waited is only a bound, which stands until there is a sample [T2]. */
  measure(ms: number, waited: boolean, now: number): void {
    assert(ms >= 0, "nothing arrives before it leaves");
    if (!this.#isBounded) this.#smooth(this.#rtt ?? { mean: ms, deviation: 0 }, ms);
    else if (waited) this.#rtt ??= { mean: Math.min(ms, FIRST_SAMPLE_MAX_MS), deviation: 0, isBound: true };
    else this.#sample(ms, now);
  }

  #sample(ms: number, now: number): void {
    // Answers that come in a burst had been held up: only the last of them tells how far away the peer is.
    if (now - this.#sampledAt > BURST_MS) {
      this.#sampledAt = now;
      this.#beforeBurst = this.#rtt?.isBound ? undefined : this.#rtt;
    }
    const before = this.#beforeBurst ?? { mean: Math.min(ms, FIRST_SAMPLE_MAX_MS), deviation: 0 };
    this.#smooth(before, Math.min(ms, 2 * (before.mean + 4 * before.deviation) + SAMPLE_SLACK_MS));
  }

  /** As RFC 6298, except that the first sample says nothing of the deviation. */
  #smooth({ mean, deviation }: Pick<Rtt, "mean" | "deviation">, ms: number): void {
    this.#rtt = {
      mean: mean + (ms - mean) / 8,
      deviation: deviation + (Math.abs(ms - mean) - deviation) / 4,
      isBound: false,
    };
  }
}
