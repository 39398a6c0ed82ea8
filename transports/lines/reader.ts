/** Bytes to lines, bounded. */
import { isUtf8 } from "node:buffer";
import { giveBuffer, takeBuffer } from "./buffers.ts";

/** The longest line that is read, in bytes before its newline. A longer one is dropped whole. */
export const LINE_BYTES_MAX = 1_048_576;

const NEWLINE = 10;
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

/** What bytes that are no UTF-8 become; it may also stand in a text by right. */
const REPLACEMENT = "\ufffd";

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
  #held: Uint8Array = new Uint8Array(READER_BYTES_MIN);
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
    if (isIdle && this.#held.length > READER_BYTES_KEPT) this.#holdIn(new Uint8Array(READER_BYTES_MIN));
    this.#neededMuch = false;
  }

  /** The input is over: a last line without a newline is a line too. */
  end(): void {
    this.#finish();
  }

  /** Nothing comes any more, and what has begun is dropped. */
  close(): void {
    this.#heldBytes = 0;
    this.#holdIn(new Uint8Array(READER_BYTES_MIN));
  }

  #holdIn(buffer: Uint8Array): void {
    if (this.#held.length > READER_BYTES_KEPT) giveBuffer(this.#held);
    this.#held = buffer;
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
    const bytes = Math.min(this.#lineBytesMax, Math.max(length, GROWTH * this.#held.length));
    const bigger = bytes > READER_BYTES_KEPT ? takeBuffer(bytes) : new Uint8Array(bytes);
    bigger.set(this.#held.subarray(0, this.#heldBytes));
    this.#holdIn(bigger);
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

function cleaned(line: string): string {
  const text = line.includes("\0") ? line.replaceAll("\0", "") : line;
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}
