/** A client that writes no more: for how long its connection stays, and when it is asked whether it has hung up. */
import { LINGER_MS, QUIET_MS_MAX, QUIET_MS_MIN } from "../limits.ts";

export class HalfClose {
  /** For how long nothing was sent to it, ms; undefined while it may still write. */
  #lingerMs: number | undefined;
  /** An answer to it goes on, so the connection stays although the client writes no more. */
  #kept = false;
  /** A kept client that writes no more may be sent nothing for so long, ms. */
  #quietMs = QUIET_MS_MIN;

  /** The client writes no more. */
  onEnd(): void {
    this.#lingerMs = 0;
  }

  /** Something is sent to it. */
  onWrite(): void {
    if (this.#lingerMs !== undefined) this.#lingerMs = 0;
  }

  /** While `on`, an answer goes on, and the connection stays even if the client writes no more. */
  keep(on: boolean): void {
    this.#kept = on;
  }

  /** Time passes; while `isBusy`, something is still to be answered or sent. Returns what is due. */
  tick(ms: number, isBusy: () => boolean): "end" | "ask" | undefined {
    if (this.#lingerMs === undefined) return undefined;
    this.#lingerMs = isBusy() ? 0 : this.#lingerMs + ms;
    if (this.#kept) return this.#tickQuiet(this.#lingerMs);
    return this.#lingerMs >= LINGER_MS ? "end" : undefined;
  }

  // A client that has hung up looks like one that only writes no more, and for neither is a keepalive left unanswered
  // within a minute. But when something is written, the kernel of a client that has hung up resets the connection.
  #tickQuiet(ms: number): "ask" | undefined {
    if (ms < this.#quietMs) return undefined;
    this.#lingerMs = 0;
    this.#quietMs = Math.min(2 * this.#quietMs, QUIET_MS_MAX);
    return "ask";
  }
}
