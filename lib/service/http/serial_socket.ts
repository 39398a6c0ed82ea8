/** A connection as the HTTP server reads it: what comes behind a request is not read before that one is answered [U2]. */
import { Buffer } from "node:buffer";
import type { OutgoingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { atNextTurn } from "../../../transports/next_turn.ts";
import { HTTP_AHEAD_BYTES_MAX } from "./limits.ts";
import type { Sink } from "./outflow.ts";

/** A head ends with it, and so does a body of chunks. */
const HEAD_END = "\r\n\r\n";
const [CR, LF] = [0x0d, 0x0a];
const NOTHING: Buffer = Buffer.alloc(0);

/** What goes on over a connection. */
export interface Requests {
  /** One is being read: its body is not there yet. */
  readonly isReading: boolean;
  /** One is there as a whole and is not answered. */
  readonly isAnswering: boolean;
  /** The length of the body that is being read; 0 where it comes in chunks. */
  readonly bodyBytes: number;
}

const NONE: Requests = { isReading: false, isAnswering: false, bodyBytes: 0 };

/** A server makes objects of all requests that it is handed over at once, so it is handed over one head at a time. */
export class SerialSocket extends Duplex {
  readonly #socket: Socket;
  #requests = NONE;
  /** What came and was not handed over. */
  #rest: Buffer = NOTHING;
  /** What is left of a body. */
  #bodyBytes = 0;
  #isWanted = false;
  #isScheduled = false;
  /** Nothing more comes. */
  #isEnded = false;
  #isReleased = false;
  readonly #onData = (chunk: Buffer) => this.#take(chunk);
  readonly #onEnd = () => this.#end();
  readonly #onClose = () => this.destroy();

  constructor(socket: Socket) {
    // A request is read once all of the answer before it has left.
    super({ allowHalfOpen: true, readableHighWaterMark: 1, writableHighWaterMark: 1, decodeStrings: false });
    this.#socket = socket;
    socket.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onClose);
    this.on("drain", () => this.goOn());
  }

  /** Nobody waits for an answer. */
  get isOver(): boolean {
    return this.destroyed || this.#isEnded;
  }

  /**
   * Begins the response to the request that is there. For the HTTP server it is as if the client had hung up: it lets go of
   * all that it holds for the request, some 9 KB.
   */
  release(headers: OutgoingHttpHeaders): BareSocket {
    const socket = this.#socket;
    socket.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onClose);
    const bare = new BareSocket(socket, this.#rest.length);
    const all = { ...headers, date: new Date().toUTCString(), connection: "close" };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 200 OK\r\n${lines.join("")}\r\n`, "latin1");
    this.#isReleased = true;
    this.destroy();
    return bare;
  }

  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.#socket.bytesWritten;
  }

  /** What is handed over from now on depends on these; goOn() is called when one of them is over. */
  follow(requests: Requests): void {
    this.#requests = requests;
  }

  /** Others have their turn before the next request of this connection. */
  goOn(): void {
    if (this.#isScheduled || this.#rest.length === 0) return;
    this.#isScheduled = true;
    atNextTurn(() => {
      this.#isScheduled = false;
      this.#handOver();
    });
  }

  override _read(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    if (this.#rest.length > 0) this.goOn();
    else this.#socket.resume();
  }

  override _write(chunk: string | Uint8Array, encoding: BufferEncoding, onLeft: () => void): void {
    // Over TLS Deno does not say that nothing has left.
    if (chunk.length === 0) onLeft();
    else this.#socket.write(chunk, encoding, onLeft);
  }

  override _final(onEnded: () => void): void {
    this.#socket.end(onEnded);
  }

  override _destroy(error: Error | null, onDestroyed: (error: Error | null) => void): void {
    this.#rest = NOTHING;
    if (!this.#isReleased) this.#socket.destroy();
    onDestroyed(error);
  }

  #take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#handOver();
  }

  #end(): void {
    this.#isEnded = true;
    this.#handOver();
  }

  #handOver(): void {
    if (this.destroyed) return;
    while (this.#mayGoOn) {
      const part = this.#nextPart();
      if (part.length === 0) break;
      const wasReading = this.#requests.isReading;
      this.#isWanted = this.push(part);
      if (!this.#requests.isReading) {
        this.goOn();
        break;
      }
      if (!wasReading) this.#bodyBytes = this.#requests.bodyBytes;
    }
    if (this.#rest.length === 0 && this.#isEnded) this.push(null);
    this.#steer();
  }

  /** While a request is answered its connection is read all the same, or nobody would notice that the client hangs up. */
  #steer(): void {
    const { isAnswering } = this.#requests;
    if (isAnswering && this.#rest.length > HTTP_AHEAD_BYTES_MAX) this.destroy();
    else if (isAnswering || (this.#rest.length < HEAD_END.length && this.#isWanted)) this.#socket.resume();
    else this.#socket.pause();
  }

  get #mayGoOn(): boolean {
    const isFree = this.#isWanted && !this.#requests.isAnswering && !this.writableNeedDrain;
    return isFree && this.#rest.length > 0 && !this.destroyed;
  }

  /** One head, or a part of it; or of a body as much as is there. */
  #nextPart(): Buffer {
    const length = this.#bodyBytes > 0 ? Math.min(this.#bodyBytes, this.#rest.length) : this.#headLength;
    this.#bodyBytes = Math.max(0, this.#bodyBytes - length);
    const part = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return part;
  }

  get #headLength(): number {
    const at = this.#rest.indexOf(HEAD_END);
    if (at >= 0) return at + HEAD_END.length;
    const { length } = this.#rest;
    if (this.#isEnded) return length;
    // What may be the beginning of its end is not handed over, or the end would not be found.
    const shortest = Math.max(0, length - HEAD_END.length + 1);
    let whole = length;
    while (whole > shortest && isBreak(this.#rest[whole - 1])) whole--;
    return whole;
  }
}

/** A connection on which one response goes on without an end: the HTTP server has no more to do with it. */
export class BareSocket implements Sink {
  readonly #socket: Socket;
  /** What came behind the request. */
  #aheadBytes: number;

  constructor(socket: Socket, aheadBytes: number) {
    this.#socket = socket;
    this.#aheadBytes = aheadBytes;
    // It is read all the same, or nobody would notice that the client hangs up.
    socket.on("data", ({ length }: Buffer) => this.#pass(length)).on("end", () => this.end()).resume();
  }

  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.#socket.bytesWritten;
  }

  /** No request comes after it. */
  goOn(): void {}

  write(data: string | Uint8Array, onLeft: () => void): void {
    this.#socket.write(data, onLeft);
  }

  once(event: "close", run: () => void): void {
    this.#socket.once(event, run);
  }

  /** Closes it once all has left. */
  end(): void {
    this.#socket.end(() => this.destroy());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #pass(bytes: number): void {
    this.#aheadBytes += bytes;
    if (this.#aheadBytes > HTTP_AHEAD_BYTES_MAX) this.destroy();
  }
}

function isBreak(byte: number | undefined): boolean {
  return byte === CR || byte === LF;
}
