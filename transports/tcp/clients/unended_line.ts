/** The line that a client has begun and not ended: whether it goes on for too long, in bytes or in time. */
import type { Connection } from "../connection.ts";
import { ENDLESS_BYTES_MAX } from "../limits.ts";

export class UnendedLine {
  readonly #connection: Connection;
  readonly #msMax: number;
  /** The last line that was too long: how much had been received when that was known, and where it was. */
  #overlong: { readonly fromByte: number; readonly linesEnded: number } | undefined;
  #ms = 0;
  #linesEnded = 0;

  /** A line may take at most `msMax` to end. */
  constructor(connection: Connection, msMax: number) {
    this.#connection = connection;
    this.#msMax = msMax;
  }

  /** The line that is coming in is too long, and the client has been told. */
  onOverlong(): void {
    const { receivedBytes: fromByte, linesEnded } = this.#connection;
    this.#overlong = { fromByte, linesEnded };
  }

  /** ENDLESS_BYTES_MAX have come since it was known that the line is too long, and it has not ended. */
  get isEndless(): boolean {
    const { receivedBytes, linesEnded } = this.#connection;
    return this.#overlong !== undefined && linesEnded === this.#overlong.linesEnded &&
      receivedBytes - this.#overlong.fromByte > ENDLESS_BYTES_MAX;
  }

  /** Time passes; while the connection is not read, the client cannot end its line. Returns whether the end is overdue. */
  tick(ms: number, isRead: boolean): boolean {
    const { linesEnded, midLine } = this.#connection;
    const goesOn = midLine && isRead && linesEnded === this.#linesEnded;
    this.#ms = goesOn ? this.#ms + ms : 0;
    this.#linesEnded = linesEnded;
    return this.#ms >= this.#msMax;
  }
}
