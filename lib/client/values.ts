/** Values to broadcast, from arguments or from lines, read only as they are taken, so that input may have any length. */
import type { Readable } from "node:stream";
import { valueFault } from "./common/checks.ts";
import type { Json } from "../core/message.ts";
import { Pipe } from "../../transports/lines/pipe.ts";
import { LineReader } from "../../transports/lines/reader.ts";

const BYTE_ORDER_MARK = "\ufeff";

/** A value that can be broadcast, as JSON, or a text that cannot, and why, for people. */
export type Value =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly text: string; readonly reason: string };

export interface Values {
  /** The next value; undefined where there is none now. */
  next(): Value | undefined;
  /** Resolves once there is a value, or there will be none. */
  ready(): Promise<void>;
  /** All values were taken, and none will come. */
  readonly ended: boolean;
  /** No value will come beside those that are here. */
  readonly isWhole: boolean;
  /** How many values are here and were not taken. */
  readonly waiting: number;
}

/** A text that is JSON is the value as it stands; any other is a string. */
export function valueOf(text: string, asString: boolean): Value {
  const value = asString ? undefined : parsed(text);
  const json = value === undefined ? JSON.stringify(text) : text;
  const reason = valueFault(json, value);
  return reason === undefined ? { ok: true, json } : { ok: false, text, reason };
}

/** Undefined where it is no JSON. */
function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function valuesOf(texts: readonly string[], asStrings: boolean): Values {
  let taken = 0;
  return {
    next() {
      const text = texts[taken];
      if (text !== undefined) taken++;
      return text === undefined ? undefined : valueOf(text, asStrings);
    },
    ready: () => Promise.resolve(),
    isWhole: true,
    get ended() {
      return taken === texts.length;
    },
    get waiting() {
      return texts.length - taken;
    },
  };
}

/** One value per line; empty lines are passed over. Holds the values of one chunk of input, and a line. */
export class LineValues implements Values {
  readonly #input: Pipe;
  readonly #asStrings: boolean;
  #values: Value[] = [];
  #taken = 0;
  #inputEnded = false;
  #isFirst = true;
  #ready = Promise.withResolvers<void>();

  constructor(input: Readable, asStrings: boolean) {
    this.#asStrings = asStrings;
    const reader = new LineReader({
      onLine: (line) => this.#onLine(line),
      onBroken: (text) => this.#onBroken(text),
      onOverlong: (bytes) =>
        this.#values.push({ ok: false, text: "(a line)", reason: `it is longer than ${bytes} bytes` }),
    });
    const end = () => {
      if (!this.#inputEnded) reader.end();
      this.#inputEnded = true;
      this.#ready.resolve();
    };
    input.once("end", end);
    input.once("close", end);
    // Input that fails has ended.
    input.once("error", end);
    this.#input = new Pipe(input, (chunk) => {
      reader.push(chunk);
      this.#hold();
    });
  }

  get ended(): boolean {
    return this.#inputEnded && this.waiting === 0;
  }

  get isWhole(): boolean {
    return this.#inputEnded;
  }

  get waiting(): number {
    return this.#values.length - this.#taken;
  }

  next(): Value | undefined {
    const value = this.#values[this.#taken];
    if (value !== undefined) this.#taken++;
    if (this.waiting === 0) this.#askForMore();
    return value;
  }

  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Files from Windows may begin with a byte order mark, which is no part of the first value. */
  #onLine(line: string): void {
    const text = this.#isFirst && line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line;
    this.#isFirst = false;
    if (text !== "") this.#values.push(valueOf(text, this.#asStrings));
  }

  /** Nobody knows which characters were meant. */
  #onBroken(text: string): void {
    this.#isFirst = false;
    this.#values.push({ ok: false, text, reason: "it is not UTF-8" });
  }

  /** Stops reading until all values that are here were taken. */
  #hold(): void {
    if (this.waiting === 0) return;
    this.#input.hold();
    this.#ready.resolve();
  }

  #askForMore(): void {
    if (this.#values.length === 0 || this.#inputEnded) return;
    this.#values = [];
    this.#taken = 0;
    this.#ready = Promise.withResolvers();
    this.#input.goOn();
  }
}
