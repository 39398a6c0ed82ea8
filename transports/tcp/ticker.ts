/** The carrier's one timer: links and clients are looked at every TICK_MS, and where all is calm at every heartbeat only. */
import { runtimeTimer, type Timer } from "../clock.ts";
import { HEARTBEAT_MS, TICK_MS } from "./limits.ts";

export interface TickerOptions {
  /** So much time has passed, ms; `beats`: heartbeats are due. Returns whether all is calm. */
  readonly onTick: (ms: number, beats: boolean) => boolean;
  /** Milliseconds, never decreasing; by default the machine's. */
  readonly now?: () => number;
  /** By default the runtime's. */
  readonly timer?: Timer;
}

/** Measures the time that passes, without the time for which this process itself stood still. */
export class Ticker {
  readonly #onTick: TickerOptions["onTick"];
  readonly #now: () => number;
  readonly #timer: Timer;
  #tickedAt = 0;
  #beatAt = 0;
  /** When the next tick is due; infinite before start() and after stop(). */
  #dueAt = Infinity;
  #cancel = () => {};

  constructor({ onTick, now = () => performance.now(), timer = runtimeTimer }: TickerOptions) {
    this.#onTick = onTick;
    this.#now = now;
    this.#timer = timer;
  }

  start(): void {
    this.#tickedAt = this.#beatAt = this.#now();
    this.#plan(TICK_MS);
  }

  stop(): void {
    this.#dueAt = Infinity;
    this.#cancel();
  }

  /** Something may not be calm any more. */
  hurry(): void {
    if (this.#runs && this.#now() + TICK_MS < this.#dueAt) this.#plan(TICK_MS);
  }

  /**
   * A peer was heard: where heartbeats are due before long, they leave now. So nodes come to beat at the same moments, and an
   * idle one wakes up for all of them at once.
   */
  join(): void {
    if (this.#runs && this.#now() - this.#beatAt > HEARTBEAT_MS / 2) this.#tick(true);
  }

  get #runs(): boolean {
    return this.#dueAt !== Infinity;
  }

  #plan(ms: number): void {
    this.#cancel();
    this.#dueAt = this.#now() + ms;
    this.#cancel = this.#timer(ms, () => this.#tick(false));
  }

  #tick(joins: boolean): void {
    const now = this.#now();
    const ms = Math.min(now, this.#dueAt + TICK_MS) - this.#tickedAt;
    this.#tickedAt = now;
    const beats = joins || now - this.#beatAt >= HEARTBEAT_MS;
    if (beats) this.#beatAt = now;
    const isCalm = this.#onTick(ms, beats);
    const restMs = this.#beatAt + HEARTBEAT_MS - now;
    if (this.#runs) this.#plan(isCalm ? Math.max(restMs, TICK_MS) : TICK_MS);
  }
}
