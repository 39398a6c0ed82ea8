/** Bytes to lines and lines to bytes, both bounded. */
import { Buffer, isUtf8 } from "node:buffer";
import type { Readable, Writable } from "node:stream";
import { setImmediate } from "node:timers";
import type { LongLine } from "../lib/core/codec.ts";
import { giveBuffer, takeBuffer } from "./lines/buffers.ts";

/** The longest line that is read, in bytes before its newline. A longer one is dropped whole. */
export const LINE_BYTES_MAX = 1_048_576;
/** So much a writer holds for a reader that does not keep up, in bytes. A line over this is dropped whole. */
export const HELD_BYTES_MAX = 64 * 1_048_576;

const NEWLINE = 10;
/** No character of UTF-16 takes more as UTF-8. */
export const CHAR_BYTES_MAX = 3;
/**
 * Below LINE_BYTES_MAX, so that a line that lies within one piece can never be too long. As much as a runtime reads at once:
 * a line that is cut is copied twice.
 */
const PIECE_BYTES = 512 * 1024;
/** The buffer that a reader begins with, in bytes. */
const READER_BYTES_MIN = 1024;
/** A larger buffer is given back when no line has needed it for a while. */
const READER_BYTES_KEPT = 64 * 1024;
/**
 * Outgrown buffers are garbage, which many clients can make faster than a runtime collects it; but a new one is filled with
 * zeros, and much more than a line needs takes longer than the line.
 */
const GROWTH = 4;

/** So often in a row lines leave at once that are written when all before them have left; then at the planned moment again. */
export const PASSED_ON_MAX = 4;

const encoder = new TextEncoder();

/** What bytes that are no UTF-8 become; it may also stand in a text by right. */
const REPLACEMENT = "\ufffd";

/** Half of what a pipe holds: whoever has written so much at once may go on without a pause, bytes. */
const FLOOD_BYTES = 32 * 1024;
/** The longest that a timer takes, ms: it is there to be waited for, and does nothing. */
const AWAKE_MS = 0x7fff_ffff;

export interface LineHandlers {
  onLine(line: string): void;
  /** A line has bytes that are no UTF-8, in place of which it has U+FFFD; by default it is a line like others. */
  onBroken?(line: string): void;
  /** A line had nothing in it. */
  onEmpty?(): void;
  /** A line passed the limit and is being dropped; said once per line, as soon as it is known. */
  onOverlong(lineBytesMax: number): void;
}

/**
 * Cuts a stream of bytes into lines of UTF-8. NUL bytes, empty lines and a carriage return before the newline are
 * passed over; a line that is no UTF-8 is told apart. Holds at most one line.
 */
export class LineReader {
  readonly #handlers: LineHandlers;
  readonly #lineBytesMax: number;
  // A byte order mark is kept: a decoder that eats it would do so once per chunk, wherever chunks happen to begin.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The beginning of a line whose newline has not come. Never above #lineBytesMax. */
  #held = new Uint8Array(READER_BYTES_MIN);
  #heldBytes = 0;
  /** True while the rest of a line that was too long passes. */
  #skipping = false;
  #linesEnded = 0;
  /** A line has needed more than READER_BYTES_KEPT since the last tick. */
  #neededMuch = false;

  constructor(handlers: LineHandlers, lineBytesMax: number = LINE_BYTES_MAX) {
    this.#handlers = handlers;
    this.#lineBytesMax = lineBytesMax;
  }

  /** The memory it takes, whether full or not. */
  get bufferBytes(): number {
    return this.#held.length;
  }

  /** A line has begun and its newline has not come. */
  get midLine(): boolean {
    return this.#heldBytes > 0 || this.#skipping;
  }

  /** The first characters of a line whose newline has not come, at most so many; "" where none has begun. */
  half(charsMax: number): string {
    // No character takes more than four bytes.
    const bytes = this.#held.subarray(0, Math.min(this.#heldBytes, 4 * charsMax));
    const text = this.#decoder.decode(bytes);
    return text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
  }

  /** Grows whenever lines have ended, also empty and overlong ones; it is no count of them. */
  get linesEnded(): number {
    return this.#linesEnded;
  }

  push(chunk: Uint8Array): void {
    const step = Math.min(PIECE_BYTES, this.#lineBytesMax);
    if (chunk.length <= step) return this.#take(chunk);
    for (let from = 0; from < chunk.length; from += step) this.#take(chunk.subarray(from, from + step));
  }

  /** Time passes: one long line must not cost its length for as long as the reader lives, nor many one buffer each. */
  tick(): void {
    const isIdle = !this.#neededMuch && this.#heldBytes === 0;
    if (isIdle && this.#held.length > READER_BYTES_KEPT) this.#held = new Uint8Array(READER_BYTES_MIN);
    this.#neededMuch = false;
  }

  /** The input is over: a last line without a newline is a line too. */
  end(): void {
    this.#finish();
  }

  #take(piece: Uint8Array): void {
    const last = piece.lastIndexOf(NEWLINE);
    if (last === -1) return this.#hold(piece);
    let first = 0;
    if (this.midLine) {
      first = piece.indexOf(NEWLINE) + 1;
      this.#hold(piece.subarray(0, first - 1));
      this.#finish();
    }
    // Decoding all whole lines at once is several times faster than one by one.
    if (first <= last) this.#emitAll(piece.subarray(first, last));
    if (last + 1 < piece.length) this.#hold(piece.subarray(last + 1));
  }

  #hold(bytes: Uint8Array): void {
    if (this.#skipping || bytes.length === 0) return;
    const length = this.#heldBytes + bytes.length;
    if (length > this.#lineBytesMax) return this.#skip();
    if (length > this.#held.length) this.#grow(length);
    this.#held.set(bytes, this.#heldBytes);
    this.#heldBytes = length;
  }

  #grow(length: number): void {
    const bigger = new Uint8Array(Math.min(this.#lineBytesMax, Math.max(length, GROWTH * this.#held.length)));
    bigger.set(this.#held.subarray(0, this.#heldBytes));
    this.#held = bigger;
  }

  #skip(): void {
    this.#skipping = true;
    this.#heldBytes = 0;
    this.#handlers.onOverlong(this.#lineBytesMax);
  }

  #finish(): void {
    const bytes = this.#held.subarray(0, this.#heldBytes);
    this.#skipping = false;
    this.#linesEnded += 1;
    this.#neededMuch ||= this.#heldBytes > READER_BYTES_KEPT;
    this.#heldBytes = 0;
    if (bytes.length > 0) this.#emitOne(bytes);
  }

  #emitAll(bytes: Uint8Array): void {
    this.#linesEnded += 1;
    const text = this.#decoder.decode(bytes);
    // To look for it in the text takes no time to speak of where the text is ASCII.
    if (text.includes(REPLACEMENT) && !isUtf8(bytes)) return this.#emitEach(bytes);
    // Hardly any text has what is passed over: to look once is faster than to look at each line.
    const isClean = !text.includes("\0") && !text.includes("\r");
    let from = 0;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", from)) {
      const line = text.slice(from, at);
      this.#emit(isClean ? line : cleaned(line));
      from = at + 1;
    }
    const last = text.slice(from);
    this.#emit(isClean ? last : cleaned(last));
  }

  #emitEach(bytes: Uint8Array): void {
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
      this.#emitOne(bytes.subarray(from, at));
      from = at + 1;
    }
    this.#emitOne(bytes.subarray(from));
  }

  #emitOne(bytes: Uint8Array): void {
    const line = cleaned(this.#decoder.decode(bytes));
    const { onBroken } = this.#handlers;
    if (onBroken !== undefined && line.includes(REPLACEMENT) && !isUtf8(bytes)) onBroken(line);
    else this.#emit(line);
  }

  #emit(line: string): void {
    if (line !== "") this.#handlers.onLine(line);
    else this.#handlers.onEmpty?.();
  }
}

/**
 * Reads a pipe until the function that it returns is called. A runtime may read on as long as there is anything, and no timer
 * would ever come, so a flood waits for one turn of the event loop after the other.
 */
export function readPipe(pipe: Readable, reader: LineReader): () => void {
  let isOver = false;
  // Deno ends a process that waits for nothing but a pipe that was paused, though it was resumed.
  const awake = setInterval(() => {}, AWAKE_MS);
  const stop = () => {
    isOver = true;
    clearInterval(awake);
  };
  pipe.once("close", stop).once("end", stop).once("error", stop);
  pipe.on("data", (chunk: Uint8Array) => {
    reader.push(chunk);
    if (chunk.length < FLOOD_BYTES) return;
    pipe.pause();
    setImmediate(() => isOver || pipe.resume());
  });
  return () => {
    stop();
    pipe.pause();
  };
}

function cleaned(line: string): string {
  const text = line.includes("\0") ? line.replaceAll("\0", "") : line;
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

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
    if (isLong) this.#passLong(parts, bytes);
    else this.#pass(parts.join(""), () => this.#flushed());
  }

  /** Each text is copied once, and nothing is left of that. */
  #passLong(parts: readonly string[], bytes: number): void {
    const buffer = takeBuffer(bytes);
    let end = 0;
    for (const part of parts) end += encoder.encodeInto(part, buffer.subarray(end)).written;
    this.#pass(buffer.subarray(0, end), () => {
      giveBuffer(buffer);
      this.#flushed();
    });
  }

  // Deno throws the errors of a file, where other runtimes emit them.
  #pass(batch: string | Uint8Array, onPassed: () => void): void {
    try {
      this.#output.write(batch, (error) => error ? this.#shut() : onPassed());
    } catch {
      this.#shut();
    }
  }

  #flushed(): void {
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
