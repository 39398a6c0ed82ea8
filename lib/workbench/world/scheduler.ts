/** Time and the future: a virtual scheduler that jumps from plan to plan, and a real one that waits for them. */
import assert from "node:assert/strict";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { Heap } from "./heap.ts";
import type { Scheduler } from "./world.ts";

interface Plan {
  /** Undefined once cancelled: a cancelled plan stays in the heap and costs nothing when it comes up. */
  run: (() => void) | undefined;
}

/** Plans in order of time, without a clock. A plan for Infinity is never kept. */
class Agenda {
  readonly #plans = new Heap<Plan>();

  get nextAt(): number {
    return this.#plans.rank;
  }

  add(when: number, run: () => void): () => void {
    assert(!Number.isNaN(when), "a plan needs a moment");
    const plan: Plan = { run };
    if (when !== Infinity) this.#plans.push(when, plan);
    return () => {
      plan.run = undefined;
    };
  }

  /** Runs the head. */
  runNext(): void {
    this.#plans.pop()?.run?.();
  }

  clear(): void {
    this.#plans.clear();
  }
}

/** No clock at all: time is the moment of the plan that runs. */
export class VirtualScheduler implements Scheduler {
  readonly #agenda = new Agenda();
  #now = 0;

  now(): number {
    return this.#now;
  }

  at(when: number, run: () => void): () => void {
    return this.#agenda.add(Math.max(when, this.#now), run);
  }

  takeLateMs(): number {
    return 0;
  }

  /** Runs plans until none is left, or none before or at `untilMs`; then the time is `untilMs`, if it was given. */
  run(untilMs = Infinity): void {
    while (this.#agenda.nextAt <= untilMs && this.#agenda.nextAt !== Infinity) {
      this.#now = this.#agenda.nextAt;
      this.#agenda.runNext();
    }
    if (untilMs !== Infinity) this.#now = Math.max(this.#now, untilMs);
  }
}

/** How long one turn of the event loop may run plans before it lets input in, ms. A guess. */
const TURN_MS_MAX = 5;

/** The machine's monotonic clock from 0, one timer for the nearest plan. Keeps the process alive while plans wait. */
export class RealScheduler implements Scheduler {
  readonly #agenda = new Agenda();
  readonly #startedAt = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;
  #lateMs = 0;
  /** True while a turn is queued or running: plans made meanwhile need no timer of their own. */
  #turning = false;

  now(): number {
    return performance.now() - this.#startedAt;
  }

  at(when: number, run: () => void): () => void {
    // A plan for the past is due now, and not late yet.
    const cancel = this.#agenda.add(Math.max(when, this.now()), run);
    if (!this.#turning) this.#arm();
    return cancel;
  }

  takeLateMs(): number {
    const lateMs = this.#lateMs;
    this.#lateMs = 0;
    return lateMs;
  }

  /** Forgets every plan, so that the process may end. */
  close(): void {
    this.#agenda.clear();
    this.#disarm();
  }

  #arm(): void {
    const nextAt = this.#agenda.nextAt;
    if (nextAt >= this.#timerAt) return;
    this.#disarm();
    if (nextAt === Infinity) return;
    const waitMs = nextAt - this.now();
    if (waitMs <= 0) return this.#queueTurn();
    this.#timerAt = nextAt;
    // A timer holds at most 2^31 - 1 ms; an early turn runs nothing and arms again.
    this.#timer = setTimeout(() => this.#turn(), Math.min(Math.ceil(waitMs), 2 ** 31 - 1));
  }

  #disarm(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
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
    while (this.#agenda.nextAt <= now && now - startedAt < TURN_MS_MAX) {
      this.#lateMs = Math.max(this.#lateMs, now - this.#agenda.nextAt);
      this.#agenda.runNext();
      now = this.now();
    }
    this.#turning = false;
    this.#arm();
  }
}
