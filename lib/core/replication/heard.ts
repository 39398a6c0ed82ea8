/** All that one peer said of itself, and when: its incarnation, its newest message, how it passes on as a relay. */
import { assert } from "../assert.ts";
import type { Exchange } from "../message.ts";

/** While a message of it comes in, nothing is missed; it has come to a stop when nothing more came for so long (a guess) [T8]. */
export const ARRIVING_MS = 500;
/** After so many windows without a message, a relay that passed on once per window does so no more [D2]. */
export const OVERDUE = 1.25;

/** How a relay passes on what it has gathered [V2]. */
export interface Flushes {
  /** For how long it gathers, ms; 0 where it does not. */
  readonly windowMs: number;
  /** When what it had gathered last came here. */
  readonly at: number;
  /** Whether it passes on as often as its window lets it: then the next time can be foretold. */
  readonly periodic: boolean;
}

export class Heard {
  #incarnation = 0;
  #staleIncarnation: number | undefined;
  #at = -Infinity;
  #seq = 0;
  #seqAt = 0;
  #arrivingAt = -Infinity;
  #flushes: Flushes = { windowMs: 0, at: -Infinity, periodic: false };

  /** The latest one of which there was a message; 0 before the first. */
  get incarnation(): number {
    return this.#incarnation;
  }

  /** When anything of it came last. */
  get at(): number {
    return this.#at;
  }

  get flushes(): Flushes {
    return this.#flushes;
  }

  /** Whether nothing of its present incarnation was heard. */
  get isNothing(): boolean {
    return this.#seq === 0;
  }

  /** [its incarnation, the newest seq heard of it, held for how long], for the next message to it [T1]. */
  ack(now: number): [number, number, number] | undefined {
    return this.isNothing ? undefined : [this.#incarnation, this.#seq, now - this.#seqAt];
  }

  message({ incarnation, seq, window }: Pick<Exchange, "incarnation" | "seq" | "window">, now: number): void {
    assert(incarnation >= this.#incarnation, "nothing of an incarnation that has ended is taken in");
    assert(now >= this.#at, "time does not go back");
    if (incarnation > this.#incarnation) {
      this.#seq = 0;
      this.#flushes = { ...this.#flushes, windowMs: 0 };
    }
    this.#incarnation = incarnation;
    this.#at = now;
    if (seq > this.#seq) {
      this.#seq = seq;
      this.#seqAt = now;
    }
    if (window === undefined) return;
    this.#flushes = { windowMs: window, at: now, periodic: now - this.#flushes.at < OVERDUE * window };
  }

  /** Part of a message of it has come in: it is there, and its line is busy. */
  arriving(now: number): void {
    this.#arrivingAt = this.#at = now;
  }

  arrives(now: number): boolean {
    return now - this.#arrivingAt < ARRIVING_MS;
  }

  /** A relay that passed on once per window has stopped. */
  stopsFlushing(): void {
    this.#flushes = { ...this.#flushes, periodic: false };
  }

  /** It spoke in an incarnation that has ended. Returns whether it had not in this one before. */
  spokeStale(incarnation: number): boolean {
    const isNews = incarnation !== this.#staleIncarnation;
    this.#staleIncarnation = incarnation;
    return isNews;
  }
}
