/** The processor of one simulated process: work waits while the process gets none, and is gone when it ends. */
import { assert } from "../../core/assert.ts";
import type { Scheduler } from "./world.ts";

/** A process whose timers fire more often at one moment spins. */
export const TIMERS_PER_MOMENT_MAX = 10_000;

export class Processor {
  readonly #id: string;
  readonly #scheduler: Scheduler;
  /** Grows when the process ends: timers that an earlier one had set are void. */
  #process = 0;
  #paused = false;
  #stalledUntil = -Infinity;
  /** Messages that have come in, and timers that were due, while there was no processor. */
  #arrived: (() => void)[] = [];
  #due: (() => void)[] = [];
  #fired = 0;
  #firedAt = -1;

  /** `id` names the process, for people. */
  constructor(id: string, scheduler: Scheduler) {
    this.#id = id;
    this.#scheduler = scheduler;
  }

  /** Runs what comes in from elsewhere, at once or as soon as there is a processor. */
  run(job: () => void): void {
    if (this.#isRunning) job();
    else this.#arrived.push(job);
  }

  /** Runs once after that many ms, or as soon after as there is a processor; returns a cancel. */
  timer(ms: number, run: () => void): () => void {
    const process = this.#process;
    let cancelled = false;
    const fire = () => {
      if (cancelled || process !== this.#process) return;
      if (!this.#isRunning) return void this.#due.push(fire);
      this.#countTimer();
      run();
    };
    const cancel = this.#scheduler.at(this.#scheduler.now() + ms, fire);
    return () => {
      cancelled = true;
      cancel();
    };
  }

  /** Runs when all that comes at this moment was handed over. */
  endOfTurn(run: () => void): void {
    this.timer(0, run);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#scheduler.at(this.#scheduler.now(), () => this.#catchUp());
  }

  /** The process gets no processor until then. */
  stall(until: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, until);
    this.#scheduler.at(until, () => this.#catchUp());
  }

  /** The process ends: whatever was to run never does. */
  end(): void {
    this.#process++;
    this.#paused = false;
    this.#arrived = [];
    this.#due = [];
  }

  get #isRunning(): boolean {
    return !this.#paused && this.#scheduler.now() >= this.#stalledUntil;
  }

  /** An event loop that finds both takes in what has come before it looks at its timers. */
  #catchUp(): void {
    if (!this.#isRunning) return;
    const jobs = [...this.#arrived, ...this.#due];
    this.#arrived = [];
    this.#due = [];
    for (const job of jobs) job();
  }

  #countTimer(): void {
    const now = this.#scheduler.now();
    this.#fired = now === this.#firedAt ? this.#fired + 1 : 1;
    this.#firedAt = now;
    assert(
      this.#fired <= TIMERS_PER_MOMENT_MAX,
      `${this.#id} wants to be woken again and again at ${now} ms`,
    );
  }
}
