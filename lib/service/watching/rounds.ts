/** Rounds through all watches, of which each turn serves some: with thousands of them, others are heard in between [S15]. */

/** So many are served in one turn. */
export const WATCHES_PER_TURN_MAX = 256;

export class Rounds<T> {
  readonly #all: Set<T>;
  readonly #serve: (each: T) => void;
  readonly #nextTurn: (run: () => void) => void;
  /** Whoever is still to be served in this round; undefined between two. */
  #rest: Iterator<T> | undefined;
  /** There is something new for those that were served in this round before it came. */
  #isAnotherDue = false;

  constructor(all: Set<T>, serve: (each: T) => void, nextTurn: (run: () => void) => void) {
    this.#all = all;
    this.#serve = serve;
    this.#nextTurn = nextTurn;
  }

  /** All are served once more, the first of them at once. */
  begin(): void {
    if (this.#rest !== undefined) return void (this.#isAnotherDue = true);
    this.#rest = this.#all.values();
    this.#goOn(this.#rest);
  }

  #goOn(rest: Iterator<T>): void {
    for (let served = 0; served < WATCHES_PER_TURN_MAX; served++) {
      const { value, done } = rest.next();
      if (done === true) return this.#end();
      this.#serve(value);
    }
    this.#nextTurn(() => this.#goOn(rest));
  }

  #end(): void {
    this.#rest = undefined;
    if (!this.#isAnotherDue) return;
    this.#isAnotherDue = false;
    this.begin();
  }
}
