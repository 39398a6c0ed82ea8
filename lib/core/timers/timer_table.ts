/** The timers of one peer, by name: each is set to one moment on the clock of `now`, or to none. */
import { assert } from "../assert.ts";

/**
 * `retry`: an answer is overdue. `pull`: it is asked for what it holds and this node lacks. `send`: what it lacks leaves.
 * `ack`: a bare acknowledgement leaves. Of those that are due together the first in this list goes first.
 */
export type TimerName = "retry" | "pull" | "send" | "ack";

export class TimerTable {
  readonly #at = { retry: Infinity, pull: Infinity, send: Infinity, ack: Infinity };
  readonly #changed: () => void;

  /** `changed` is called when any of them is set to another moment. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The earliest of all; Infinity where none is set. */
  get nextAt(): number {
    const { retry, pull, send, ack } = this.#at;
    return Math.min(retry, pull, send, ack);
  }

  /** When it is due; Infinity where it is not set. */
  at(name: TimerName): number {
    return this.#at[name];
  }

  isSet(name: TimerName): boolean {
    return this.#at[name] < Infinity;
  }

  isDue(name: TimerName, now: number): boolean {
    return this.#at[name] <= now;
  }

  /** Infinity clears it. */
  set(name: TimerName, at: number): void {
    assert(!Number.isNaN(at), "a timer is set to a moment");
    if (this.#at[name] === at) return;
    this.#at[name] = at;
    this.#changed();
  }

  setEarlier(name: TimerName, at: number): void {
    if (at < this.#at[name]) this.set(name, at);
  }

  clear(name: TimerName): void {
    this.set(name, Infinity);
  }
}
