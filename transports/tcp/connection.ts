/** One accepted or dialled TCP connection as lines both ways, with the bytes it holds, its heartbeat and its one end. */
import type { Socket } from "node:net";
import { type LongLine, NOT_UTF8 } from "../../lib/core/codec.ts";
import { atEndOfTurn } from "../end_of_turn.ts";
import { tlsFault } from "../errno.ts";
import { atNextTurn } from "../next_turn.ts";
import { LineReader } from "../lines/reader.ts";
import { LineWriter } from "../lines/writer.ts";
import { isTurnRead } from "./reading.ts";
import { isTls, TLS_SPOKEN } from "./tls/faults.ts";
import type { TlsIdentity } from "./tls/identity.ts";
import { BUSY_SILENCE_MS, END_MS_MAX, HEARTBEAT_MS, SILENCE_MS, TICK_MS } from "./limits.ts";

export interface ConnectionHandlers {
  onLine(line: string): void;
  onOverlong(lineBytesMax: number): void;
  /** The other side speaks TLS, and this connection is without; by default it is closed. */
  onTls?(): void;
  /** A chunk was read to its end. */
  onChunk?(): void;
  /** Everything that was written has left. */
  onDrained?(): void;
  /** The other side writes no more. */
  onEnd(): void;
  /** The connection has ended, for this reason. Called once, and no other handler after it. */
  onClose(reason: string): void;
}

/** The reason of a connection that the other side has closed. */
export const CLOSED_BY_OTHER = "the other side closed the connection";

export class Connection {
  readonly #socket: Socket;
  readonly #writer: LineWriter;
  readonly #reader: LineReader;
  /** The address of the other side, for people. */
  readonly host: string;
  /** What the certificate says that the dialling side has shown; undefined without TLS, and where this side dialled. */
  readonly identity: TlsIdentity | undefined;
  #handlers: ConnectionHandlers;
  #fault = CLOSED_BY_OTHER;
  #closed = false;
  /** For how long the last lines have been leaving, ms; undefined before end(). */
  #endingMs: number | undefined;
  #silentMs = 0;
  #heardAt = performance.now();
  /** The value of sentBytes at the last beat; undefined if nothing was waiting then. */
  #leavingBytes: number | undefined;
  /** When lines last began to leave. */
  #wroteAt = performance.now();
  #receivedBytes = 0;
  /** Its owner reads no more for now. */
  #isPaused = false;
  /** Enough was read in this turn. */
  #isResting = false;

  /** Takes over a socket that is connected. */
  constructor(socket: Socket, handlers: ConnectionHandlers, identity?: TlsIdentity) {
    this.identity = identity;
    this.#socket = socket;
    this.#handlers = handlers;
    this.host = socket.remoteAddress ?? "an unknown address";
    // Before the writer listens, as it closes at the first error.
    socket.on("error", (error) => this.#fault = reasonOf(error));
    this.#writer = new LineWriter(socket, () => this.close(this.#fault), {
      plan: (run) => this.#planned(run),
      onDrained: () => this.#handlers.onDrained?.(),
    });
    this.#reader = new LineReader({
      onLine: (line) => this.#listens && this.#handlers.onLine(line),
      onBroken: (line) => this.#listens && this.#handlers.onLine(NOT_UTF8 + line),
      onOverlong: (bytes) => this.#listens && this.#handlers.onOverlong(bytes),
    });
    socket.setNoDelay(true);
    socket.on("data", (chunk: Uint8Array) => {
      const begun = performance.now();
      this.#onData(chunk, begun);
      if (isTurnRead(performance.now() - begun)) this.#rest();
    });
    socket.on("end", () => this.#onEnd());
  }

  /** Gives the connection other handlers, also for the rest of a chunk that is being read. */
  hand(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes that were written and have not left. */
  get unsentBytes(): number {
    return this.#writer.heldBytes;
  }

  /** All bytes that are held for this connection, in and out. */
  get heldBytes(): number {
    return this.#writer.heldBytes + this.#reader.bufferBytes + this.#socket.readableLength;
  }

  get sentBytes(): number {
    return this.#writer.sentBytes;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get midLine(): boolean {
    return this.#reader.midLine;
  }

  get linesEnded(): number {
    return this.#reader.linesEnded;
  }

  /** Returns false when the line was dropped, as there is no room or no connection. */
  write(line: string | LongLine, heldBytesMax: number): boolean {
    return this.#endingMs === undefined && this.#writer.write(line, heldBytesMax);
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isResting) this.#socket.resume();
  }

  keepAlive(ms: number): void {
    this.#socket.setKeepAlive(true, ms);
  }

  drain(): Promise<void> {
    return this.#writer.drain();
  }

  /** Hears nothing more, gives the written lines END_MS_MAX to leave, and closes. */
  end(reason: string): void {
    if (this.#closed || this.#endingMs !== undefined) return;
    this.#endingMs = 0;
    this.#fault = reason;
    // Whatever still comes is read and ignored: closing with unread bytes would reset the connection, and the lines that
    // have just been written would be lost.
    this.resume();
    this.#writer.end();
  }

  /** Closes at once; lines that have not left are lost. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    this.#reader.close();
    this.#handlers.onClose(reason);
  }

  /** Time passes: a connection that is being ended is closed after END_MS_MAX. */
  tick(ms: number): void {
    this.#reader.tick();
    if (this.#endingMs === undefined) return;
    this.#endingMs += ms;
    if (this.#endingMs >= END_MS_MAX) this.close(this.#fault);
  }

  /** Something was heard recently. When the peer is cut off, this turns false before a link counts as silent. */
  get lively(): boolean {
    return this.#silentMs < 2 * HEARTBEAT_MS;
  }

  /** Time passes on a link between peers: sends heartbeats, and closes when neither this link nor the `other` one is heard. */
  tickLink(ms: number, beats: boolean, other: Connection | undefined): void {
    this.tick(ms);
    // No longer than the clock says, and without the time for which the process stood still.
    const now = performance.now();
    this.#silentMs = Math.min(this.#silentMs + ms, now - this.#heardAt);
    this.#noteProgress();
    const mostMs = other?.lively ? BUSY_SILENCE_MS : SILENCE_MS;
    if (this.#silentMs >= mostMs) return this.close(`nothing was heard for ${mostMs} ms`);
    // What was just written, or has not left yet, will show as well that this end lives.
    if (beats && now - this.#wroteAt >= TICK_MS && this.unsentBytes === 0) this.write("", 1);
  }

  /** A link between peers on which nothing waits, and no heartbeat is late. */
  get isCalm(): boolean {
    return this.#listens && this.unsentBytes === 0 && this.#silentMs < HEARTBEAT_MS + TICK_MS;
  }

  /** Bytes that had no room in the kernel only leave once the other side has confirmed earlier ones: it lives. */
  #noteProgress(): void {
    if (this.#leavingBytes !== undefined && this.sentBytes > this.#leavingBytes) this.#silentMs = 0;
    this.#leavingBytes = this.unsentBytes > 0 ? this.sentBytes : undefined;
  }

  get #listens(): boolean {
    return !this.#closed && this.#endingMs === undefined;
  }

  #planned(run: () => void): void {
    this.#wroteAt = performance.now();
    atEndOfTurn(run);
  }

  #onData(chunk: Uint8Array, now: number): void {
    this.#silentMs = 0;
    this.#heardAt = now;
    const isFirst = this.#receivedBytes === 0;
    this.#receivedBytes += chunk.length;
    if (!this.#listens) return;
    if (isFirst && isTls(chunk)) return this.#onTls();
    this.#reader.push(chunk);
    if (this.#listens) this.#handlers.onChunk?.();
  }

  /** Others are heard before it is read on [S14]. */
  #rest(): void {
    if (this.#isResting) return;
    this.#isResting = true;
    this.#socket.pause();
    atNextTurn(() => {
      this.#isResting = false;
      if (!this.#isPaused) this.#socket.resume();
    });
  }

  #onTls(): void {
    if (this.#handlers.onTls === undefined) this.close(TLS_SPOKEN);
    else this.#handlers.onTls();
  }

  #onEnd(): void {
    if (!this.#listens) return;
    this.#reader.end();
    if (this.#listens) this.#handlers.onEnd();
  }
}

function reasonOf(error: Error): string {
  const fault = tlsFault(error);
  return fault === undefined ? error.message : `it ${fault}`;
}
