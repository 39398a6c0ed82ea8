/** The node whose turn it is to be asked: the one that answered last, and after one that fails the next. */

export class Turn {
  readonly #urls: readonly string[];
  #current: number;

  constructor(urls: readonly string[], current = 0) {
    this.#urls = urls;
    this.#current = current;
  }

  /** All of them, from the one whose turn it is. */
  get order(): readonly string[] {
    return [...this.#urls.slice(this.#current), ...this.#urls.slice(0, this.#current)];
  }

  get current(): string {
    return this.#urls[this.#current] ?? "";
  }

  get count(): number {
    return this.#urls.length;
  }

  answered(url: string): void {
    this.#current = Math.max(0, this.#urls.indexOf(url));
  }

  /** Unless another has its turn already. */
  failed(url: string): void {
    if (url === this.current) this.#current = (this.#current + 1) % this.count;
  }

  /** The same for somebody else. */
  clone(): Turn {
    return new Turn(this.#urls, this.#current);
  }
}
