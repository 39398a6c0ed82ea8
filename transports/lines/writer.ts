/** Lines to bytes, bounded. */
import { Buffer } from "node:buffer";
import type { Writable } from "node:stream";
import type { LongLine } from "../../lib/core/codec.ts";
import { giveBuffer, takeBuffer } from "./buffers.ts";

/** So much a writer holds for a reader that does not keep up, in bytes. A line over this is dropped whole. */
export const HELD_BYTES_MAX = 64 * 1_048_576;

/** No character of UTF-16 takes more as UTF-8. */
export const CHAR_BYTES_MAX = 3;
/** So often in a row lines leave at once that are written when all before them have left; then at the planned moment again. */
export const PASSED_ON_MAX = 4;

const encoder = new TextEncoder();

/** What a line takes as UTF-8, bytes. */
export function lineBytes(line: string | LongLine): number {
  return typeof line === "string" ? Buffer.byteLength(line) : line.bytes;
}

export interface WriterOptions {
  /** Chooses when lines leave that nothing holds up; by default in a microtask, after the handler that wrote them. */
  readonly plan?: (run: () => void) => void;
  /** Everything written has left, after there was something. */
  readonly onDrained?: () => void;
}

/**
 * Writes lines to a stream that may be slow or go away. Lines written before the planned moment, or while an earlier
 * write is under way, leave in one write. Never throws; once the stream has failed, what is written is gone.
 */
export class LineWriter {
  readonly #output: Writable;
  readonly #onClosed: () => void;
  readonly #schedule: (run: () => void) => void;
  readonly #onDrained: () => void;
  readonly #onPlanned = () => {
    this.#passedOn = 0;
    this.#flush();
  };
  #pending: string[] = [];
  #pendingBytes = 0;
  /** Whether that has parts of long lines. */
  #isLong = false;
  /** What was written after that, and is not counted yet: many lines are counted at once. */
  #uncounted = "";
  #inFlightBytes = 0;
  #sentBytes = 0;
  /** What is under way is in this buffer; undefined where it is in none. */
  #taken: Uint8Array | undefined;
  readonly #onWritten = (error?: Error | null) => error ? this.#shut() : this.#flushed();
  #planned = false;
  /** How often lines that were written when all had left have left at once, since the last planned moment. */
  #passedOn = 0;
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(output: Writable, onClosed: () => void = () => {}, options: WriterOptions = {}) {
    this.#output = output;
    this.#onClosed = onClosed;
    this.#schedule = options.plan ?? queueMicrotask;
    this.#onDrained = options.onDrained ?? (() => {});
    output.on("error", () => this.#shut());
    output.on("close", () => this.#shut());
  }

  /** Bytes that were written and have not left. */
  get heldBytes(): number {
    this.#count();
    return this.#pendingBytes + this.#inFlightBytes;
  }

  /** Bytes that have left, as far as the stream can tell. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** The stream has failed or was closed: nothing leaves any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Returns false when the line was dropped, as more than `heldBytesMax` would have been held. */
  write(line: string | LongLine, heldBytesMax: number = HELD_BYTES_MAX): boolean {
    if (this.#closed || !this.#hasRoom(line, heldBytesMax)) return false;
    if (typeof line === "string") this.#uncounted += line + "\n";
    else this.#add(line);
    this.#plan();
    return true;
  }

  /** Resolves once nothing is held, or the stream is gone. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#settle();
    });
  }

  /** Ends the stream once everything written has left. */
  end(): void {
    this.drain().then(() => this.#output.end());
  }

  #hasRoom(line: string | LongLine, heldBytesMax: number): boolean {
    const bytes = typeof line === "string" ? CHAR_BYTES_MAX * line.length : line.bytes;
    const most = CHAR_BYTES_MAX * this.#uncounted.length + bytes + 1;
    return this.#pendingBytes + this.#inFlightBytes + most <= heldBytesMax ||
      this.heldBytes + lineBytes(line) + 1 <= heldBytesMax;
  }

  #add({ parts, bytes }: LongLine): void {
    this.#count();
    for (const part of parts) this.#pending.push(part);
    this.#pending.push("\n");
    this.#pendingBytes += bytes + 1;
    this.#isLong = true;
  }

  #count(): void {
    if (this.#uncounted === "") return;
    this.#pendingBytes += Buffer.byteLength(this.#uncounted);
    this.#pending.push(this.#uncounted);
    this.#uncounted = "";
  }

  #plan(): void {
    if (this.#planned || this.#inFlightBytes > 0) return;
    this.#planned = true;
    this.#schedule(this.#onPlanned);
  }

  #flush(): void {
    this.#planned = false;
    this.#count();
    if (this.#closed || this.#inFlightBytes > 0 || this.#pendingBytes === 0) return;
    const [parts, bytes, isLong] = [this.#pending, this.#pendingBytes, this.#isLong];
    this.#inFlightBytes = bytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#isLong = false;
    this.#pass(isLong ? this.#encoded(parts, bytes) : parts.join(""));
  }

  /** Each text is copied once, and nothing is left of that. */
  #encoded(parts: readonly string[], bytes: number): Uint8Array {
    const buffer = this.#taken = takeBuffer(bytes);
    let end = 0;
    for (const part of parts) end += encoder.encodeInto(part, buffer.subarray(end)).written;
    return buffer.subarray(0, end);
  }

  // Deno throws the errors of a file, where other runtimes emit them.
  #pass(batch: string | Uint8Array): void {
    try {
      this.#output.write(batch, this.#onWritten);
    } catch {
      this.#shut();
    }
  }

  #flushed(): void {
    if (this.#taken !== undefined) giveBuffer(this.#taken);
    this.#taken = undefined;
    this.#sentBytes += this.#inFlightBytes;
    this.#inFlightBytes = 0;
    this.#flush();
    this.#settle();
    if (this.heldBytes > 0 || this.#closed) return;
    this.#onDrained();
    // Nothing else gathers by now, and a turn may take long.
    if (this.#planned && this.#passedOn++ < PASSED_ON_MAX) this.#flush();
  }

  #shut(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pending = [];
    this.#uncounted = "";
    this.#pendingBytes = 0;
    this.#inFlightBytes = 0;
    this.#settle();
    this.#onClosed();
  }

  #settle(): void {
    if (this.heldBytes > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
