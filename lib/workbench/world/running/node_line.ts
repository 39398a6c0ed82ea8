/** One TCP connection to one running node, from its dialling to its loss. */
import type { Address } from "../../../../transports/address.ts";
import { LineClient, type Tls } from "../../../../transports/tcp/line_client.ts";
import { decode, encode } from "../../../core/codec.ts";
import type { Envelope } from "../../../core/message.ts";
import type { Scheduler } from "../world.ts";

/** A node from which nothing comes for so long, though something was asked of it, is out of reach, ms. */
export const SILENCE_MS = 3_000;
/** The longest line a node may send, in bytes: a read of everything is one line. */
export const ANSWER_BYTES_MAX = 64 * 1_048_576;
/** How much is held for a node that does not read, in bytes; over it, messages are dropped whole. */
export const ASKED_BYTES_MAX = 16 * 1_048_576;

export interface NodeLineHandlers {
  onOpen(): void;
  onEnvelope(envelope: Envelope): void;
  /** A line was no message. */
  onMalformed(reason: string): void;
  /** Called at most once, and nothing after it. The reason continues a sentence that begins with the node's address. */
  onLost(reason: string): void;
}

export class NodeLine {
  readonly #handlers: NodeLineHandlers;
  readonly #scheduler: Scheduler;
  readonly #line: LineClient;
  /** While something is owed to us; undefined while nothing is. */
  #cancelSilence: (() => void) | undefined;
  #over = false;

  constructor(address: Address, scheduler: Scheduler, handlers: NodeLineHandlers, tls?: Tls) {
    this.#handlers = handlers;
    this.#scheduler = scheduler;
    this.#line = new LineClient(address, {
      onOpen: () => handlers.onOpen(),
      onData: () => this.#endSilence(),
      onLine: (line) => this.#onLine(line),
      onOverlong: (bytes) => handlers.onMalformed(`a line is longer than ${bytes} bytes`),
      onLost: (reason) => this.lose(reason),
    }, { lineBytesMax: ANSWER_BYTES_MAX, tls });
    this.#line.read();
    this.#expect();
  }

  /** False: it was dropped, as the node does not read. */
  send(envelope: Envelope): boolean {
    this.#expect();
    return this.#line.write(encode(envelope), ASKED_BYTES_MAX);
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
    this.#endSilence();
    this.#line.close();
  }

  #expect(): void {
    this.#cancelSilence ??= this.#scheduler.at(this.#scheduler.now() + SILENCE_MS, () => {
      this.lose(`has sent nothing for ${SILENCE_MS} ms`);
    });
  }

  #endSilence(): void {
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
  }

  #onLine(line: string): void {
    const decoded = decode(line);
    if (decoded.ok) this.#handlers.onEnvelope(decoded.envelope);
    else this.#handlers.onMalformed(decoded.reason);
  }
}
