/** A carrier within one process: two ends, with lines of bytes between them as on any other. */
import { setImmediate } from "node:timers";
import { decode, encode } from "../lib/core/codec.ts";
import type { Envelope } from "../lib/core/message.ts";
import { LINE_BYTES_MAX, LineReader } from "./lines/reader.ts";
import { HELD_BYTES_MAX } from "./lines/writer.ts";
import type { Transport, TransportHandlers } from "./transport.ts";

/** One end of a link in memory. */
export interface MemoryTransport extends Transport {
  /** Puts bytes on the link as they are, envelope or not. */
  inject(bytes: Uint8Array): void;
}

/** Two ends: an envelope that is sent on one is received on the other, in a later turn of the event loop. */
export function memoryPair(): [MemoryTransport, MemoryTransport] {
  const left = new End();
  const right = new End();
  left.join(right);
  right.join(left);
  return [left, right];
}

class End implements MemoryTransport {
  readonly #encoder = new TextEncoder();
  readonly #reader: LineReader;
  #peer: End | undefined;
  #handlers: TransportHandlers | undefined;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #ended = false;
  #closing: Promise<void> | undefined;
  #waiting: (() => void)[] = [];

  constructor() {
    this.#reader = new LineReader({
      onLine: (line) => this.#onLine(line),
      onOverlong: (bytes) => this.#handlers?.onDropped(`a line is longer than ${bytes} bytes`),
    });
  }

  join(peer: End): void {
    this.#peer = peer;
  }

  open(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    if (this.#ended) handlers.onEnd();
  }

  send(envelope: Envelope): void {
    if (this.#handlers === undefined || this.#ended) return;
    const bytes = this.#encoder.encode(encode(envelope) + "\n");
    const refusal = this.#refusal(bytes.length);
    if (refusal === undefined) this.inject(bytes);
    else this.#handlers.onDropped(`to ${envelope.dest}: ${refusal}`);
  }

  inject(bytes: Uint8Array): void {
    if (this.#pending.length === 0) setImmediate(() => this.#flush());
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#settle();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#handlers = undefined;
    await this.drain();
    this.#peer?.onPeerClosed();
  }

  onPeerClosed(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reader.end();
    this.#handlers?.onEnd();
  }

  receive(bytes: Uint8Array): void {
    if (this.#handlers !== undefined) this.#reader.push(bytes);
  }

  #refusal(bytes: number): string | undefined {
    if (bytes - 1 > LINE_BYTES_MAX) return `a message is longer than ${LINE_BYTES_MAX} bytes`;
    if (this.#pendingBytes + bytes > HELD_BYTES_MAX) return `the link holds ${HELD_BYTES_MAX} bytes already`;
    return undefined;
  }

  #flush(): void {
    const batch = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    for (const bytes of batch) this.#peer?.receive(bytes);
    this.#settle();
  }

  #settle(): void {
    if (this.#pending.length > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #onLine(line: string): void {
    const decoded = decode(line);
    if (decoded.ok) this.#handlers?.onEnvelope(decoded.envelope);
    else this.#handlers?.onDropped(decoded.reason);
  }
}
