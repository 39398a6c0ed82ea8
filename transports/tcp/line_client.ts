/** A TCP connection that is dialled once and then is lines both ways, until it is lost for a reason in words. */
import { connect, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { NOT_UTF8 } from "../../lib/core/codec.ts";
import type { Address } from "../address.ts";
import { CLOSED, connectionFault, NOTHING_LISTENS } from "../errno.ts";
import { LINE_BYTES_MAX, LineReader } from "../lines/reader.ts";
import { HELD_BYTES_MAX, LineWriter } from "../lines/writer.ts";
import { encodeRefusal } from "./greeting.ts";
import { resetSelfConnection } from "./self_connection.ts";
import { isTls } from "./tls/faults.ts";
import { anyNodeFault } from "./tls/identity.ts";
import type { Tls } from "./tls/tls.ts";

export type { Tls };

export interface LineClientHandlers {
  /** The other side has taken the connection. */
  onOpen(): void;
  /** Bytes have come in, be they less than a line. */
  onData?(): void;
  onLine(line: string): void;
  /** A line is longer than `lineBytesMax`, and is dropped whole. */
  onOverlong(lineBytesMax: number): void;
  /**
   * The connection is lost, or never came about. The reason is said of the other side, as "closed the connection", so
   * that its address can go before. At most once, and no handler is called after it.
   */
  onLost(reason: string): void;
}

export interface LineClientOptions {
  /** The longest line that is read, in bytes. */
  readonly lineBytesMax?: number;
  readonly tls?: Tls | undefined;
}

const SPEAKS_TLS = "speaks TLS, and was addressed without: --tls-ca says whom to trust";

export class LineClient {
  readonly #socket: Socket;
  readonly #writer: LineWriter;
  readonly #reader: LineReader;
  readonly #handlers: LineClientHandlers;
  #isOver = false;
  /** Nothing was read yet. */
  #isFirst = true;

  /**
   * Dials, with `tls` over TLS alone. Nothing is read before read(), and nothing is to be written before onOpen: until then
   * it is not known who is at the other end.
   */
  constructor(
    address: Address,
    handlers: LineClientHandlers,
    { lineBytesMax = LINE_BYTES_MAX, tls }: LineClientOptions = {},
  ) {
    this.#handlers = handlers;
    this.#reader = new LineReader({
      onLine: (line) => this.#isOver || handlers.onLine(line),
      onBroken: (line) => this.#isOver || handlers.onLine(NOT_UTF8 + line),
      onOverlong: (bytes) => this.#isOver || handlers.onOverlong(bytes),
    }, lineBytesMax);
    const socket = tls?.dial(address) ?? connect({ ...address });
    socket.setNoDelay(true);
    this.#socket = socket;
    this.#writer = new LineWriter(socket);
    socket.once("connect", () => {
      if (resetSelfConnection(socket)) this.#lose(NOTHING_LISTENS);
      else if (!this.#isOver && tls === undefined) handlers.onOpen();
    });
    socket.once("secureConnect", () => tls && this.#onSecured(tls));
    socket.on("error", (error) => this.#lose(connectionFault(error)));
    socket.on("end", () => this.#lose(CLOSED));
    socket.on("close", () => this.#lose(CLOSED));
  }

  /** The address of this machine from which the connection was made; undefined before it is, and once it is lost. */
  get localHost(): string | undefined {
    return this.#socket.localAddress;
  }

  /** Begins to read; called once. Bytes that came before are not lost. */
  read(): void {
    this.#socket.on("data", (chunk: Uint8Array) => {
      if (this.#isOver) return;
      if (this.#isFirst && isTls(chunk)) return this.#lose(SPEAKS_TLS);
      this.#isFirst = false;
      this.#handlers.onData?.();
      this.#reader.push(chunk);
    });
  }

  /** Returns false when the line was dropped, as more than `heldBytesMax` would wait or the connection is lost. */
  write(line: string, heldBytesMax: number = HELD_BYTES_MAX): boolean {
    return this.#writer.write(line, heldBytesMax);
  }

  /** Stops reading, so that the other side has to wait; a chunk that is being read is read to its end. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Hangs up; no handler is called any more. */
  close(): void {
    this.#isOver = true;
    this.#socket.destroy();
  }

  /** The handshake is done: the certificate of the other side must be one of a node. */
  #onSecured(tls: Tls): void {
    const socket = this.#socket;
    const fault = socket instanceof TLSSocket ? anyNodeFault(tls.identityOf(socket)) : undefined;
    if (this.#isOver) return;
    if (fault === undefined) return this.#handlers.onOpen();
    this.#isOver = true;
    // So that it can be read there, too.
    socket.end(`${encodeRefusal({ reason: fault })}\n`);
    this.#handlers.onLost(`is not trusted: ${fault}`);
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#handlers.onLost(reason);
  }
}
