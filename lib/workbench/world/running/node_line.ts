/** One TCP connection to one running node, from its dialling to its loss. */
import { connect, type Socket } from "node:net";
import { LineReader, LineWriter } from "../../../../transports/lines.ts";
import { resetIfToItself } from "../../../../transports/tcp/to_itself.ts";
import { decode, encode } from "../../../core/codec.ts";
import type { Envelope } from "../../../core/message.ts";
import type { Scheduler } from "../world.ts";
import type { Address } from "../../../../transports/address.ts";

/** A node from which nothing comes for so long, though something was asked of it, is out of reach, ms. */
export const SILENCE_MS = 3_000;
/** The longest line a node may send, in bytes: a read of everything is one line. */
export const ANSWER_BYTES_MAX = 64 * 1_048_576;
/** What is held for a node that does not read, in bytes; over it, messages are dropped whole. */
export const ASKED_BYTES_MAX = 16 * 1_048_576;

export interface NodeLineHandlers {
  onOpen(): void;
  onEnvelope(envelope: Envelope): void;
  /** A line was no message. */
  onMalformed(reason: string): void;
  /** At most once, and nothing after it. */
  onLost(reason: string): void;
}

export class NodeLine {
  readonly #handlers: NodeLineHandlers;
  readonly #scheduler: Scheduler;
  readonly #socket: Socket;
  readonly #writer: LineWriter;
  /** While something is owed to us; undefined while nothing is. */
  #cancelSilence: (() => void) | undefined;
  #over = false;

  constructor({ host, port }: Address, scheduler: Scheduler, handlers: NodeLineHandlers) {
    this.#handlers = handlers;
    this.#scheduler = scheduler;
    const socket = connect({ host, port });
    this.#socket = socket;
    socket.setNoDelay(true);
    this.#writer = new LineWriter(socket);
    const reader = new LineReader({
      onLine: (line) => this.#onLine(line),
      onOverlong: (bytes) => this.#onMalformed(`a line is longer than ${bytes} bytes`),
    }, ANSWER_BYTES_MAX);
    socket.on("connect", () => {
      if (resetIfToItself(socket)) this.lose(reasons["ECONNREFUSED"] ?? "");
      else if (!this.#over) handlers.onOpen();
    });
    socket.on("data", (chunk: Uint8Array) => this.#onData(reader, chunk));
    socket.on("error", (error) => this.lose(whyFailed(error)));
    socket.on("end", () => this.lose("it closed the connection"));
    socket.on("close", () => this.lose("the connection was closed"));
    this.#expect();
  }

  /** False: it was dropped, as the node does not read. */
  send(envelope: Envelope): boolean {
    this.#expect();
    return this.#writer.write(encode(envelope), ASKED_BYTES_MAX);
  }

  /** Hangs up, and says so. */
  lose(reason: string): void {
    if (this.#over) return;
    this.close();
    this.#handlers.onLost(reason);
  }

  /** Hangs up without a word. */
  close(): void {
    this.#over = true;
    this.#cancelSilence?.();
    this.#socket.destroy();
  }

  #expect(): void {
    this.#cancelSilence ??= this.#scheduler.at(this.#scheduler.now() + SILENCE_MS, () => {
      this.lose(`nothing came from it for ${SILENCE_MS} ms`);
    });
  }

  #onData(reader: LineReader, chunk: Uint8Array): void {
    if (this.#over) return;
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
    reader.push(chunk);
  }

  #onLine(line: string): void {
    if (this.#over) return;
    const decoded = decode(line);
    if (decoded.ok) this.#handlers.onEnvelope(decoded.envelope);
    else this.#onMalformed(decoded.reason);
  }

  #onMalformed(reason: string): void {
    if (!this.#over) this.#handlers.onMalformed(reason);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it closed the connection",
  EPIPE: "it closed the connection",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "its name cannot be looked up now",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
};

function whyFailed(error: unknown): string {
  // Where a name has several addresses, each of them failed.
  if (error instanceof AggregateError && error.errors.length > 0) return whyFailed(error.errors[0]);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}
