/** How much all clients together are answered in one turn of the event loop, and who goes on in the next one. */
import { setImmediate } from "node:timers";
import { TURN_ANSWERS_BYTES_MAX } from "../limits.ts";

/** Whoever waits for the next turn. */
export interface Waiting {
  /** What it was answered of late. */
  readonly answeredBytes: number;
  /** It is this one's turn: what waits may go on, until the turn is over again. */
  onTurn(): void;
}

/**
 * Many long answers at once would block the process, and leave more behind than is collected in time. So those who
 * wait are let on one after the other: first who was answered the least of late, and then who has waited longest.
 */
export class Turn {
  readonly #waiting = new Set<Waiting>();
  #spentBytes = 0;
  #planned = false;

  get isOver(): boolean {
    return this.#spentBytes >= TURN_ANSWERS_BYTES_MAX;
  }

  /** It is over now, whatever was spent. */
  end(): void {
    this.spend(TURN_ANSWERS_BYTES_MAX);
  }

  spend(bytes: number): void {
    this.#spentBytes += bytes;
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => this.#next());
  }

  wait(one: Waiting): void {
    this.#waiting.add(one);
  }

  leave(one: Waiting): void {
    this.#waiting.delete(one);
  }

  #next(): void {
    this.#planned = false;
    this.#spentBytes = 0;
    for (const one of [...this.#waiting].sort((a, b) => a.answeredBytes - b.answeredBytes)) {
      if (this.isOver) return;
      this.#waiting.delete(one);
      one.onTurn();
    }
  }
}
