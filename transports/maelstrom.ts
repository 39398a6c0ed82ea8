/** The carrier over stdin and stdout as Maelstrom has them: nothing but messages ever reaches the output. */
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { Buffer } from "node:buffer";
import { decode, encode } from "../lib/core/codec.ts";
import type { Asking, Envelope } from "../lib/core/message.ts";
import { MALFORMED_REQUEST, Node } from "../lib/core/node.ts";
import { type Random, seeded } from "../lib/core/random.ts";
import { drive, monotonicClock } from "./drive.ts";
import { HELD_BYTES_MAX, LINE_BYTES_MAX, LineReader, LineWriter } from "./lines.ts";
import { isReaderGone, standardOutput, whyUnwritten } from "./standard_output.ts";
import { listenForStop } from "./stop_signals.ts";
import type { Transport, TransportHandlers } from "./transport.ts";

/** How long a close waits for a reader of the output that has stalled, ms. */
export const DRAIN_MS_MAX = 5_000;
/** What is printed of dropped messages in one second, in lines; the others are counted. */
export const REPORTS_PER_SECOND_MAX = 5;
/** The longest reason that is printed, in characters. */
export const REASON_CHARS_MAX = 200;

export interface MaelstromOptions {
  readonly deliveryBudgetMs?: number;
  readonly random?: Random;
  readonly input?: Readable;
  readonly output?: Writable;
  readonly errors?: Writable;
}

/**
 * Runs a node until end of input, a closed output or a signal to stop; resolves to the exit status: 1 where something
 * that was written is lost, unless its reader left.
 */
export async function runMaelstrom(options: MaelstromOptions = {}): Promise<number> {
  const { input = process.stdin, output = standardOutput(1), errors = standardOutput(2) } = options;
  const clock = monotonicClock();
  const reports = new Reports(errors, clock);
  const transport = new MaelstromTransport(input, output, DRAIN_MS_MAX);
  const ended = Promise.withResolvers<void>();
  const stop = listenForStop();
  const driver = drive({
    node: createNode(options, clock()),
    transport,
    clock,
    onDropped: (reason) => reports.add(reason),
    onNotice: (text) => reports.tell(text),
    onEnd: ended.resolve,
  });
  await Promise.race([ended.promise, stop.came]);
  stop.release();
  driver.stop();
  await transport.close();
  const error = output.errored;
  const fault = error === null || isReaderGone(error) ? undefined : whyUnwritten(1, error);
  reports.close(fault);
  return fault !== undefined || transport.cutBytes > 0 ? 1 : 0;
}

/** The stdin/stdout carrier alone. */
export function maelstromTransport(input: Readable, output: Writable, drainMsMax = DRAIN_MS_MAX): Transport {
  return new MaelstromTransport(input, output, drainMsMax);
}

class MaelstromTransport implements Transport {
  readonly #input: Readable;
  readonly #writer: LineWriter;
  readonly #drainMsMax: number;
  #handlers: TransportHandlers | undefined;
  #ended = false;
  #closing: Promise<void> | undefined;
  #cutBytes = 0;

  constructor(input: Readable, output: Writable, drainMsMax: number) {
    this.#input = input;
    this.#drainMsMax = drainMsMax;
    this.#writer = new LineWriter(output, () => this.#end());
  }

  /** What had not left when it was closed. */
  get cutBytes(): number {
    return this.#cutBytes;
  }

  open(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    const reader = new LineReader({
      onLine: (line) => this.#onLine(line),
      onOverlong: (bytes) => this.#handlers?.onDropped(`a line is longer than ${bytes} bytes`),
    });
    const finish = () => {
      reader.end();
      this.#end();
    };
    this.#input.on("data", (chunk: Uint8Array) => reader.push(chunk));
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
    this.#input.pause();
  }

  #onLine(line: string): void {
    const decoded = decode(line);
    if (decoded.ok) return this.#handlers?.onEnvelope(decoded.envelope);
    this.#handlers?.onDropped(decoded.reason);
    if (decoded.asking !== undefined) this.#refuse(decoded.asking, decoded.reason);
  }

  /** Whoever waits for an answer is told that none will come. */
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

/** Reports to people what was dropped: a few lines a second, then counts, and never fails. */
class Reports {
  readonly #errors: Writable;
  readonly #clock: () => number;
  #secondAt = -Infinity;
  #inSecond = 0;
  #unsaid = 0;
  #total = 0;

  constructor(errors: Writable, clock: () => number) {
    this.#errors = errors;
    this.#clock = clock;
    errors.on("error", () => {});
  }

  add(reason: string): void {
    this.#total += 1;
    if (this.#clock() - this.#secondAt >= 1000) this.#turn();
    this.#inSecond += 1;
    if (this.#inSecond > REPORTS_PER_SECOND_MAX || this.#errors.writableNeedDrain) this.#unsaid += 1;
    else this.#print(`dropped (${this.#total}): ${shortened(reason)}`);
  }

  /** Of what is said once, and not for every message. */
  tell(text: string): void {
    if (!this.#errors.writableNeedDrain) this.#print(shortened(text));
  }

  /** `fault`: what ended the node, if it was one. */
  close(fault: string | undefined): void {
    if (this.#total > 0) this.#print(`dropped in all: ${this.#total}`);
    if (fault !== undefined) this.#print(fault);
  }

  #turn(): void {
    if (this.#unsaid > 0) this.#print(`dropped and not shown: ${this.#unsaid}`);
    this.#secondAt = this.#clock();
    this.#inSecond = 0;
    this.#unsaid = 0;
  }

  #print(text: string): void {
    this.#errors.write(`hearsay: ${text}\n`);
  }
}

function createNode(options: MaelstromOptions, now: number): Node {
  const random = options.random ?? seeded(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
  const incarnation = Math.floor(now);
  const budget = options.deliveryBudgetMs;
  return new Node(
    budget === undefined ? { random, incarnation } : { random, incarnation, deliveryBudgetMs: budget },
  );
}

/** Maelstrom's own convention for who is a client. */
function isClient(id: string): boolean {
  return id.startsWith("c");
}

/** One printable line of bounded length. */
export function shortened(reason: string): string {
  const line = reason.replace(/\p{Cc}/gu, "?");
  return line.length > REASON_CHARS_MAX ? `${line.slice(0, REASON_CHARS_MAX)}…` : line;
}

async function within(ms: number, promise: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
