/** How many bytes of answers all clients together get in one turn of the event loop, and which of them go on in the next. */
import { atEndOfTurn } from "../../end_of_turn.ts";
import { atNextTurn } from "../../next_turn.ts";
import { TURN_ANSWERS_BYTES_MAX } from "../limits.ts";

/** A client that waits for the next turn. */
export interface Waiting {
  /** The length of its latest answers. */
  readonly answeredBytes: number;
  /** Its requests may go on, until the turn is over again. */
  onTurn(): void;
}

/**
 * Many long answers at once would block the process, and leave more garbage than the runtime collects in time. So the
 * waiting clients go on one after the other: those with the shortest answers of late first, and among equals the one
 * that has waited longest [S10].
 */
export class Turn {
  readonly #waiting = new Set<Waiting>();
  #spentBytes = 0;
  #endPlanned = false;
  #nextPlanned = false;
  readonly #onEnd = () => this.#finish();

  get isOver(): boolean {
    return this.#spentBytes >= TURN_ANSWERS_BYTES_MAX;
  }

  /** Ends the turn, however little was spent. */
  end(): void {
    this.spend(TURN_ANSWERS_BYTES_MAX);
  }

  spend(bytes: number): void {
    this.#spentBytes += bytes;
    if (this.#endPlanned) return;
    this.#endPlanned = true;
    atEndOfTurn(this.#onEnd);
  }

  wait(one: Waiting): void {
    this.#waiting.add(one);
    this.#planNext();
  }

  leave(one: Waiting): void {
    this.#waiting.delete(one);
  }

  /** Only where somebody waits another turn follows, which costs as much as an answer. */
  #finish(): void {
    this.#endPlanned = false;
    if (!this.#nextPlanned) this.#spentBytes = 0;
  }

  #planNext(): void {
    if (this.#nextPlanned) return;
    this.#nextPlanned = true;
    atNextTurn(() => this.#next());
  }

  #next(): void {
    this.#nextPlanned = false;
    this.#spentBytes = 0;
    for (const one of [...this.#waiting].sort((a, b) => a.answeredBytes - b.answeredBytes)) {
      if (this.isOver) return this.#planNext();
      this.#waiting.delete(one);
      one.onTurn();
    }
  }
}
