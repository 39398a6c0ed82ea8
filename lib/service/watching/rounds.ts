/** Rounds through all watches, of which each turn serves some: with thousands of them, others are heard in between [S15]. */

/** So many are served in one turn. */
export const WATCHES_PER_TURN_MAX = 256;

export class Rounds<T> {
  readonly #all: Set<T>;
  readonly #serve: (each: T) => void;
  readonly #nextTurn: (run: () => void) => void;
  /** The rest of a round waits for the next turn. */
  #isUnderWay = false;
  /** There is something new for those that were served in this round before it came. */
  #isAnotherDue = false;

  constructor(all: Set<T>, serve: (each: T) => void, nextTurn: (run: () => void) => void) {
    this.#all = all;
    this.#serve = serve;
    this.#nextTurn = nextTurn;
  }

  /** All are served once more, the first of them at once. */
  begin(): void {
    if (this.#isUnderWay) this.#isAnotherDue = true;
    else this.#goOn(this.#all.values());
  }

  #goOn(rest: Iterator<T>): void {
    // Where serving fails, this round is over, and the next one begins as any other.
    this.#isUnderWay = false;
    for (let served = 0; served < WATCHES_PER_TURN_MAX; served++) {
      const { value, done } = rest.next();
      if (done === true) return this.#end();
      this.#serve(value);
    }
    this.#isUnderWay = true;
    this.#nextTurn(() => this.#goOn(rest));
  }

  #end(): void {
    if (!this.#isAnotherDue) return;
    this.#isAnotherDue = false;
    this.begin();
  }
}
