/** Nodes that bring something and soon hang up: once as many in a row did so as there are, there is a wait before the next. */
import { backoffMs } from "../../core/backoff.ts";
import type { Random } from "../../core/random.ts";
import { RETRY_MS_MAX, RETRY_MS_MIN, SETTLED_MS } from "./limits.ts";

export class BriefVisits {
  readonly #nodes: number;
  readonly #random: Random;
  #begunAt = 0;
  /** In a row. */
  #count = 0;

  constructor(nodes: number, random: Random) {
    this.#nodes = nodes;
    this.#random = random;
  }

  /** A node has taken the watch. */
  begin(now: number): void {
    this.#begunAt = now;
  }

  /** It has hung up; returns how long to wait before the next is asked, ms. A visit that lasted for SETTLED_MS is no brief one. */
  end(now: number): number {
    this.#count = now - this.#begunAt < SETTLED_MS ? this.#count + 1 : 0;
    const attempt = this.#count - this.#nodes;
    return attempt < 0 ? 0 : backoffMs(this.#random, attempt, RETRY_MS_MIN, RETRY_MS_MAX);
  }
}
