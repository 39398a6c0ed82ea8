/** Two schedulers: a virtual one that jumps from timer to timer, and a real one that waits for them. */
import { assert } from "../../core/assert.ts";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { Heap } from "../../runtime/heap.ts";
import type { Scheduler } from "./world.ts";

interface Timer {
  /** Undefined once cancelled: a cancelled timer stays in the heap and costs nothing when it comes up. */
  run: (() => void) | undefined;
}

/** Timers in order of time, without a clock. A timer for Infinity is never kept. */
class Timers {
  readonly #heap = new Heap<Timer>();

  get nextAt(): number {
    return this.#heap.rank;
  }

  add(when: number, run: () => void): () => void {
    assert(!Number.isNaN(when), "a timer needs a moment");
    const timer: Timer = { run };
    if (when !== Infinity) this.#heap.push(when, timer);
    return () => {
      timer.run = undefined;
    };
  }

  /** Runs the earliest timer. */
  runNext(): void {
    this.#heap.pop()?.run?.();
  }

  clear(): void {
    this.#heap.clear();
  }
}

/** It has no clock: the time is the moment of the timer that runs. */
export class VirtualScheduler implements Scheduler {
  readonly #timers = new Timers();
  #now = 0;

  now(): number {
    return this.#now;
  }

  at(when: number, run: () => void): () => void {
    return this.#timers.add(Math.max(when, this.#now), run);
  }

  takeLateMs(): number {
    return 0;
  }

  /** When the next timer is due, also one that was cancelled; Infinity where there is none. */
  get nextAt(): number {
    return this.#timers.nextAt;
  }

  /** Runs the next timer. */
  runNext(): void {
    if (this.nextAt === Infinity) return;
    this.#now = this.nextAt;
    this.#timers.runNext();
  }

  /** Runs timers until none is left, or none before or at `untilMs`; then the time is `untilMs`, if it was given. */
  run(untilMs = Infinity): void {
    while (this.nextAt <= untilMs && this.nextAt !== Infinity) this.runNext();
    if (untilMs !== Infinity) this.#now = Math.max(this.#now, untilMs);
  }
}

/** How long one turn of the event loop may run timers before it lets input in, ms. A guess. */
const TURN_MS_MAX = 5;

/** It counts the machine's monotonic clock from 0, and keeps the process alive while timers wait. */
export class RealScheduler implements Scheduler {
  readonly #timers = new Timers();
  readonly #startedAt = performance.now();
  #systemTimer: ReturnType<typeof setTimeout> | undefined;
  #systemTimerAt = Infinity;
  #lateMs = 0;
  /** True while a turn is queued or running: timers set meanwhile need no system timer. */
  #turning = false;

  now(): number {
    return performance.now() - this.#startedAt;
  }

  at(when: number, run: () => void): () => void {
    // A timer for the past is due now, and not late yet.
    const cancel = this.#timers.add(Math.max(when, this.now()), run);
    if (!this.#turning) this.#arm();
    return cancel;
  }

  takeLateMs(): number {
    const lateMs = this.#lateMs;
    this.#lateMs = 0;
    return lateMs;
  }

  /** Forgets every timer, so that the process may end. */
  close(): void {
    this.#timers.clear();
    this.#disarm();
  }

  #arm(): void {
    const nextAt = this.#timers.nextAt;
    if (nextAt >= this.#systemTimerAt) return;
    this.#disarm();
    if (nextAt === Infinity) return;
    const waitMs = nextAt - this.now();
    if (waitMs <= 0) return this.#queueTurn();
    this.#systemTimerAt = nextAt;
    // A system timer holds at most 2^31 - 1 ms; an early turn runs nothing and arms again.
    this.#systemTimer = setTimeout(() => this.#turn(), Math.min(Math.ceil(waitMs), 2 ** 31 - 1));
  }

  #disarm(): void {
    if (this.#systemTimer !== undefined) clearTimeout(this.#systemTimer);
    this.#systemTimer = undefined;
    this.#systemTimerAt = Infinity;
  }

  #queueTurn(): void {
    this.#turning = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#disarm();
    this.#turning = true;
    const startedAt = this.now();
    let now = startedAt;
    while (this.#timers.nextAt <= now && now - startedAt < TURN_MS_MAX) {
      this.#lateMs = Math.max(this.#lateMs, now - this.#timers.nextAt);
      this.#timers.runNext();
      now = this.now();
    }
    this.#turning = false;
    this.#arm();
  }
}
