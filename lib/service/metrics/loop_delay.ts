/** By how much timers are late: what the event loop was busy with then, it was too busy for everything else. */
import { monotonicClock, runtimeTimer, type Timer } from "../../../transports/clock.ts";
import type { Distribution } from "./distribution.ts";

/** How often a timer is set, ms: the runtimes' own measures differ, or are none (Deno). */
export const LOOP_LOOK_MS = 250;

export class LoopDelay {
  readonly #distribution: Distribution;
  readonly #clock: () => number;
  readonly #timer: Timer;
  #cancel = () => {};

  constructor(
    distribution: Distribution,
    clock: () => number = monotonicClock(),
    timer: Timer = runtimeTimer,
  ) {
    this.#distribution = distribution;
    this.#clock = clock;
    this.#timer = timer;
  }

  start(): void {
    const dueAt = this.#clock() + LOOP_LOOK_MS;
    this.#cancel = this.#timer(LOOP_LOOK_MS, () => {
      this.#distribution.observe(Math.max(0, this.#clock() - dueAt) / 1000);
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }
}
