/** Requests wait here until there is room for them: so many, and so many bytes of them, are under way at once. */
import { IN_FLIGHT_BYTES_MAX, WAITING_BYTES_MAX } from "../common/limits.ts";
import { HearsayError } from "../errors.ts";
import type { Ends } from "./attempt.ts";

/** More than a browser opens to one node; over HTTP/2 it is a bound. */
export const IN_FLIGHT_MAX = 64;

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

export class Gate {
  readonly #waiting = new Set<Waiting>();
  #waitingBytes = 0;
  #count = 0;
  #bytes = 0;
  /** Resolves once little waits. */
  #room: PromiseWithResolvers<void> | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  /** Runs it once there is room. Throws `busy` where too much waits already, or what has ended the call. */
  async pass<T>(bytes: number, ends: Ends, run: () => Promise<T>): Promise<T> {
    ends.check();
    if (this.#waitingBytes >= WAITING_BYTES_MAX) {
      throw new HearsayError("busy", `${this.#waiting.size} requests wait to be told already`);
    }
    if (!this.#hasRoom || this.#waiting.size > 0) await this.#wait(bytes, ends);
    else this.#enter(bytes);
    try {
      ends.check();
      return await run();
    } finally {
      this.#leave(bytes);
    }
  }

  /** Resolves once no more waits than may be under way. */
  room(): Promise<void> {
    if (this.#waitingBytes < IN_FLIGHT_BYTES_MAX) return Promise.resolve();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Resolves once nothing is under way, and nothing waits. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  get #hasRoom(): boolean {
    return this.#count < IN_FLIGHT_MAX && this.#bytes < IN_FLIGHT_BYTES_MAX;
  }

  /** Whoever is ended while it waits enters at once, and leaves. */
  async #wait(bytes: number, ends: Ends): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = { bytes, enter: resolve };
    this.#waiting.add(waiting);
    this.#waitingBytes += bytes;
    const link = ends.on(() => this.#admit(waiting));
    await promise;
    link.release();
  }

  #admit(waiting: Waiting): void {
    if (!this.#waiting.delete(waiting)) return;
    this.#waitingBytes -= waiting.bytes;
    if (this.#waitingBytes < IN_FLIGHT_BYTES_MAX) {
      this.#room?.resolve();
      this.#room = undefined;
    }
    this.#enter(waiting.bytes);
    waiting.enter();
  }

  #enter(bytes: number): void {
    this.#count += 1;
    this.#bytes += bytes;
  }

  #leave(bytes: number): void {
    this.#count -= 1;
    this.#bytes -= bytes;
    for (const waiting of this.#waiting) {
      if (!this.#hasRoom) break;
      this.#admit(waiting);
    }
    if (this.#count > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
