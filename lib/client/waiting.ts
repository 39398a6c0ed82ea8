/** Requests that wait for their turn at a node, each with the one who waits for its answer. */
import type { Body } from "../core/message.ts";
import { IN_FLIGHT_BYTES_MAX, WAITING_BYTES_MAX } from "./common/limits.ts";
import { codeOf, refusal } from "./connection.ts";
import { HearsayError } from "./errors.ts";
import { ENVELOPE_BYTES, type Request, type Source } from "./requests.ts";

export { WAITING_BYTES_MAX };

/** The answer of a node. */
export interface Answer {
  /** Its `type` is TYPE_ok, for the TYPE that was asked. */
  readonly body: Body;
  /** The id of the node. */
  readonly by: string;
}

export class Asked implements Request {
  readonly doneType: string;
  readonly fields: string;
  readonly #settled = Promise.withResolvers<Answer>();
  #by: string | undefined;
  #isGivenUp = false;

  constructor(type: string, fields: string) {
    this.doneType = `${type}_ok`;
    this.fields = fields;
  }

  get chars(): number {
    return this.fields.length;
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** The id of the node that answered. */
  get by(): string | undefined {
    return this.#by;
  }

  get answer(): Promise<Answer> {
    return this.#settled.promise;
  }

  onAnswer(body: Body, by: string): void {
    this.#by = by;
    if (body.type !== "error") this.#settled.resolve({ body, by });
    else this.fail(new HearsayError(codeOf(body), `${by} ${refusal(body)}`));
  }

  fail(error: HearsayError): void {
    this.#isGivenUp = true;
    this.#settled.reject(error);
  }
}

export class Waiting implements Source<Asked> {
  #queue: Asked[] = [];
  #taken = 0;
  #bytes = 0;
  #ended = false;
  #ready = Promise.withResolvers<void>();
  #room: PromiseWithResolvers<void> | undefined;

  get ended(): boolean {
    return this.#ended && this.#taken === this.#queue.length;
  }

  /** Throws `busy` where too much waits already. */
  add(asked: Asked): void {
    if (this.#bytes >= WAITING_BYTES_MAX) {
      throw new HearsayError("busy", `${this.#queue.length - this.#taken} requests wait to be told already`);
    }
    this.#queue.push(asked);
    this.#bytes += asked.chars + ENVELOPE_BYTES;
    this.#ready.resolve();
  }

  /** None will come. */
  end(): void {
    this.#ended = true;
    this.#ready.resolve();
    this.#room?.resolve();
  }

  next(): Asked | undefined {
    for (let asked = this.#shift(); asked !== undefined; asked = this.#shift()) {
      if (!asked.isGivenUp) return asked;
    }
    return undefined;
  }

  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Resolves once no more waits than may be under way. */
  room(): Promise<void> {
    if (this.#bytes < IN_FLIGHT_BYTES_MAX || this.#ended) return Promise.resolve();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  #shift(): Asked | undefined {
    const asked = this.#queue[this.#taken];
    if (asked === undefined) return this.#emptied();
    this.#taken++;
    this.#bytes -= asked.chars + ENVELOPE_BYTES;
    if (this.#room !== undefined && this.#bytes < IN_FLIGHT_BYTES_MAX) {
      this.#room.resolve();
      this.#room = undefined;
    }
    return asked;
  }

  #emptied(): undefined {
    // Whoever waits already is to hear of the next one.
    if (this.#queue.length > 0 && !this.#ended) this.#ready = Promise.withResolvers();
    this.#queue = [];
    this.#taken = 0;
  }
}
