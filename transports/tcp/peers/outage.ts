/** A link that is down: that is said once it has lasted, then ever more rarely, and how long it lasted when it ends. */
import { UNREACHED_AGAIN_MS, UNREACHED_AGAIN_MS_MAX, UNREACHED_MS } from "../limits.ts";

/** Nodes start one after the other and links break for moments: only an outage that lasts is worth a word. */
export class Outage {
  readonly #onLasting: (ms: number) => void;
  #ms = 0;
  #nextMs = UNREACHED_MS;
  #gapMs = UNREACHED_AGAIN_MS;
  #said = false;

  /** `onLasting` is called with how long the outage has lasted. */
  constructor(onLasting: (ms: number) => void) {
    this.#onLasting = onLasting;
  }

  /** How long the outage has lasted, ms; undefined if nothing was said of it. */
  get saidMs(): number | undefined {
    return this.#said ? this.#ms : undefined;
  }

  tick(ms: number): void {
    this.#ms += ms;
    if (this.#ms < this.#nextMs) return;
    if (this.#said) this.#gapMs = Math.min(2 * this.#gapMs, UNREACHED_AGAIN_MS_MAX);
    this.#nextMs = this.#ms + this.#gapMs;
    this.#said = true;
    this.#onLasting(this.#ms);
  }
}
