/** Reports an event that may be frequent at most once in a while, with a count of the others. */
export class ThrottledReport {
  readonly #everyMs: number;
  readonly #say: (text: string, unsaid: number) => void;
  #saidAt = -Infinity;
  #unsaid = 0;
  #count = 0;

  /** `say` gets the text, and how many before it were not said. */
  constructor(everyMs: number, say: (text: string, unsaid: number) => void) {
    this.#everyMs = everyMs;
    this.#say = say;
  }

  /** How many events there were in all. */
  get count(): number {
    return this.#count;
  }

  note(text: string, now: number): void {
    this.#count += 1;
    if (now - this.#saidAt < this.#everyMs) return void (this.#unsaid += 1);
    this.#saidAt = now;
    const unsaid = this.#unsaid;
    this.#unsaid = 0;
    this.#say(text, unsaid);
  }
}
