/** The carrier over stdin and stdout as Maelstrom has them: nothing but messages ever reaches the output. */
import type { Readable, Writable } from "node:stream";
import { Buffer } from "node:buffer";
import { decode, encode, NOT_UTF8 } from "../lib/core/codec.ts";
import type { Asking, Envelope } from "../lib/core/message.ts";
import { MALFORMED_REQUEST } from "../lib/core/node.ts";
import { isClient } from "./client_id.ts";
import { within } from "./clock.ts";
import { readPipe } from "./lines/pipe.ts";
import { LINE_BYTES_MAX, LineReader } from "./lines/reader.ts";
import { HELD_BYTES_MAX, LineWriter } from "./lines/writer.ts";
import type { Transport, TransportHandlers } from "./transport.ts";

/** How long a close waits for a reader of the output that has stalled, ms. */
export const DRAIN_MS_MAX = 5_000;

export class MaelstromTransport implements Transport {
  readonly #input: Readable;
  readonly #writer: LineWriter;
  readonly #drainMsMax: number;
  #handlers: TransportHandlers | undefined;
  #stopReading = () => {};
  #ended = false;
  #closing: Promise<void> | undefined;
  #cutBytes = 0;

  constructor(input: Readable, output: Writable, drainMsMax = DRAIN_MS_MAX) {
    this.#input = input;
    this.#drainMsMax = drainMsMax;
    this.#writer = new LineWriter(output, () => this.#end());
  }

  /** Bytes that had not left when it was closed. */
  get cutBytes(): number {
    return this.#cutBytes;
  }

  open(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    const reader = new LineReader({
      onLine: (line) => this.#onLine(line),
      onBroken: (line) => this.#onLine(NOT_UTF8 + line),
      onOverlong: (bytes) => this.#handlers?.onDropped(`a line is longer than ${bytes} bytes`),
    });
    const finish = () => {
      reader.end();
      this.#end();
    };
    this.#stopReading = readPipe(this.#input, reader);
    this.#input.once("end", finish);
    this.#input.once("error", finish);
    if (this.#ended) handlers.onEnd();
  }

  send(envelope: Envelope): void {
    if (this.#handlers === undefined) return;
    const line = encode(envelope);
    const refusal = isClient(envelope.dest) ? this.#writeReply(line) : this.#writeMessage(line);
    if (refusal !== undefined && !this.#ended) this.#handlers.onDropped(`to ${envelope.dest}: ${refusal}`);
  }

  drain(): Promise<void> {
    return this.#writer.drain();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const handlers = this.#handlers;
    this.#handlers = undefined;
    await within(this.#drainMsMax, this.#writer.drain());
    const bytes = this.#cutBytes = this.#writer.heldBytes;
    if (bytes > 0) handlers?.onDropped(`nobody read the last ${bytes} bytes within ${this.#drainMsMax} ms`);
    // A paused input no longer keeps the process alive.
    this.#stopReading();
  }

  #onLine(line: string): void {
    const decoded = decode(line);
    if (decoded.ok) return this.#handlers?.onEnvelope(decoded.envelope);
    this.#handlers?.onDropped(decoded.reason);
    if (decoded.asking !== undefined) this.#refuse(decoded.asking, decoded.reason);
  }

  /** Tells the sender that waits for an answer that none will come. */
  #refuse({ src, dest, msgId }: Asking, text: string): void {
    if (src === undefined || dest === undefined) return;
    const body = { type: "error", code: MALFORMED_REQUEST, text, in_reply_to: msgId };
    this.send({ src: dest, dest: src, body });
  }

  #writeMessage(line: string): string | undefined {
    if (Buffer.byteLength(line) > LINE_BYTES_MAX) return `a message is longer than ${LINE_BYTES_MAX} bytes`;
    return this.#writer.write(line)
      ? undefined
      : `the output holds ${HELD_BYTES_MAX} bytes that nobody reads`;
  }

  // Nobody repeats a reply, and a client may be told a read of any length: replies have as much room again, and no
  // limit of their own.
  #writeReply(line: string): string | undefined {
    const heldBytesMax = 2 * HELD_BYTES_MAX;
    return this.#writer.write(line, heldBytesMax)
      ? undefined
      : `the output holds ${heldBytesMax} bytes that nobody reads`;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#handlers?.onEnd();
  }
}
