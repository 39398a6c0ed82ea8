/** A link that is down: it is said once that has lasted, then ever more rarely, and with what it ends. */
import { UNREACHED_AGAIN_MS, UNREACHED_AGAIN_MS_MAX, UNREACHED_MS } from "../limits.ts";

/** Nodes start one after the other and links break for moments: only what lasts is worth a word. */
export class Outage {
  readonly #onLasting: (ms: number) => void;
  #ms = 0;
  #nextMs = UNREACHED_MS;
  #gapMs = UNREACHED_AGAIN_MS;
  #said = false;

  /** `onLasting` hears for how long it has been going on. */
  constructor(onLasting: (ms: number) => void) {
    this.#onLasting = onLasting;
  }

  /** For how long it went on, if anything was said of it. */
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
