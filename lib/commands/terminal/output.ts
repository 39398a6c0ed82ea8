/** One output of the process as commands see it: what has left, what is held for a reader, and what was lost. */
import { Buffer } from "node:buffer";
import type { Writable } from "node:stream";
import {
  type Descriptor,
  isReaderGone,
  standardOutput,
  terminalColumns,
  whyUnwritten,
} from "../../../transports/standard_output.ts";

export { terminalColumns };

export class Output {
  readonly #descriptor: Descriptor;
  readonly #heldBytesMax: number;
  readonly #open: (descriptor: Descriptor) => Writable;
  #heldBytes = 0;
  #isRead = true;
  #fault: string | undefined;
  #isGivenUp = false;
  #dropped = 0;
  #sayDropped: (texts: number) => void = (texts) =>
    this.write(`hearsay: ${texts} texts were dropped here, as nobody read them\n`);
  #waiting: (() => void)[] = [];

  /** A text that would bring what is held over `heldBytesMax` is dropped whole, and counted. The output is opened when it is used. */
  constructor(descriptor: Descriptor, heldBytesMax = Infinity, open = standardOutput) {
    this.#descriptor = descriptor;
    this.#heldBytesMax = heldBytesMax;
    this.#open = open;
  }

  /** Somebody may read what is written: no reader has left, nothing failed, and nothing was given up. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Why something that was written is lost, for people; that a reader left on purpose is no fault. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Something was written that had not left when it was given up. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  write(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.#heldBytes + bytes > this.#heldBytesMax) {
      this.#dropped++;
      return;
    }
    this.#heldBytes += bytes;
    // An empty write is no sign that earlier ones have left, so each one is waited for.
    this.#open(this.#descriptor).write(text, (error) => this.#left(bytes, error));
  }

  /** Resolves once nothing is held. */
  drained(): Promise<void> {
    if (this.#heldBytes === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Waits no longer for what has not left by now. */
  giveUp(): void {
    if (this.#heldBytes === 0) return;
    this.#isGivenUp = true;
    this.#isRead = false;
    this.#settle();
  }

  /** How it is said how many texts were dropped, once those before them have left. */
  onDropped(say: (texts: number) => void): void {
    this.#sayDropped = say;
  }

  #left(bytes: number, error: Error | null | undefined): void {
    this.#heldBytes -= bytes;
    if (error) this.#fail(error);
    const dropped = this.#dropped;
    if (this.#heldBytes === 0 && dropped > 0 && this.#isRead) {
      this.#dropped = 0;
      this.#sayDropped(dropped);
    }
    if (this.#heldBytes === 0) this.#settle();
  }

  /** The first error tells; those after it tell only that the stream has failed. */
  #fail(error: Error): void {
    if (this.#isRead && !isReaderGone(error)) this.#fault = whyUnwritten(this.#descriptor, error);
    this.#isRead = false;
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
