/** A node for Maelstrom that is made of handlers: it has ids, topology, values, questions that are asked again, and timers. */
import { canonical } from "../../core/log/canonical.ts";
import { runOf } from "../../core/log/runs.ts";
import type { Body, Envelope, Json } from "../../core/message.ts";
import {
  type Effect,
  type Event,
  MALFORMED_REQUEST,
  NOT_SUPPORTED,
  TEMPORARILY_UNAVAILABLE,
} from "../../core/node.ts";
import type { Random } from "../../core/random.ts";
import { RawJson } from "../../core/raw.ts";
import { readRequest } from "../../core/requests.ts";
import { isClient } from "../../../transports/client_id.ts";
import type { Steps } from "../drive.ts";
import { Heap } from "../heap.ts";
import {
  type Answer,
  type AskOptions,
  type Handlers,
  MaelstromError,
  type Message,
  type Node,
  type NodeMaker,
  type Question,
  type Request,
} from "./node.ts";

/** What is driven: the ids, values, questions and timers of one life. */
export class HandlerNode implements Node, Steps {
  readonly random: Random;
  readonly #handlers: Handlers;
  #id = "";
  #peers: readonly string[] = [];
  #neighbours: readonly string[] = [];
  readonly #values = new Map<string | number, Json>();
  readonly #timers = new Heap<() => void>();
  #lastId = 0;
  /** The callers that wait for an answer, by the id of the request. */
  readonly #open = new Map<number, AskOptions>();
  #now = 0;
  #effects: Effect[] = [];

  constructor({ random }: { readonly random: Random }, make: NodeMaker) {
    this.random = random;
    this.#handlers = make(this);
  }

  /** One event in, its effects out, in order. `now` in ms, never decreasing. */
  step(event: Event, now: number): Effect[] {
    this.#effects = [];
    this.#now = now;
    if (event.kind === "receive") this.#receive(event.envelope);
    else if (event.kind === "wake") this.#wake();
    return this.#effects;
  }

  get deadline(): number {
    return this.#timers.rank;
  }

  // What handlers know and do.

  get id(): string {
    return this.#id;
  }

  get peers(): readonly string[] {
    return this.#peers;
  }

  get neighbours(): readonly string[] {
    return this.#neighbours;
  }

  get now(): number {
    return this.#now;
  }

  get values(): Json[] {
    return [...this.#values.values()];
  }

  keep(value: Json | undefined): boolean {
    const key = value === undefined ? undefined : canonical(value);
    if (value === undefined || key === undefined) {
      const why = value === undefined ? "there is no value" : "the value is nested too deeply";
      throw new MaelstromError(MALFORMED_REQUEST, why);
    }
    if (this.#values.has(key)) return false;
    this.#values.set(key, value);
    // A simulation sees by it when a value is where.
    this.#effects.push({ kind: "deliver", runs: [runOf(this.#id, this.#values.size, value)] });
    return true;
  }

  send(dest: string, message: Message): void {
    this.#send(this.#id, dest, message);
  }

  ask(dest: string, message: Message, options: AskOptions = {}): Question {
    const { retryMs } = options;
    const id = ++this.#lastId;
    this.#open.set(id, options);
    const isOpen = () => this.#open.has(id);
    const again = () => this.send(dest, { ...message, msg_id: id });
    const retry = (ms: number) =>
      this.after(ms, () => {
        if (!isOpen()) return;
        again();
        retry(ms);
      });
    again();
    if (retryMs !== undefined) retry(retryMs);
    return {
      get isOpen() {
        return isOpen();
      },
      again,
      giveUp: () => void this.#open.delete(id),
    };
  }

  after(ms: number, run: () => void): void {
    this.#timers.push(this.#now + ms, run);
  }

  // What comes in.

  #wake(): void {
    while (this.#timers.rank <= this.#now) this.#timers.pop()?.();
  }

  #receive(envelope: Envelope): void {
    const { body } = envelope;
    if (body.in_reply_to !== undefined) return this.#onAnswer(body.in_reply_to, messageOf(body));
    try {
      this.#onRequest(envelope);
    } catch (error) {
      if (!(error instanceof MaelstromError)) throw error;
      this.#reply(envelope, { type: "error", code: error.code, text: error.message });
    }
  }

  #onAnswer(id: number, answer: Message): void {
    const { onAnswer, onError } = this.#open.get(id) ?? {};
    if (answer.type === "error" && onError === undefined) return;
    this.#open.delete(id);
    if (answer.type === "error") onError?.(answer);
    else onAnswer?.(answer);
  }

  #onRequest(envelope: Envelope): void {
    const { src, body } = envelope;
    const { type } = body;
    if (this.#id === "" && type !== "init") {
      throw new MaelstromError(TEMPORARILY_UNAVAILABLE, "this node has not been initialised");
    }
    const isKnown = this.#takeIn(body);
    const handler = Object.hasOwn(this.#handlers, type) ? this.#handlers[type] : undefined;
    if (handler === undefined && !isKnown) throw new MaelstromError(NOT_SUPPORTED, `unknown type: ${type}`);
    const answer = (answer: Answer = {}) => this.#reply(envelope, { type: `${type}_ok`, ...answer });
    const request: Request = { src, isFromClient: isClient(src), body: messageOf(body), answer };
    const answered = handler === undefined ? {} : handler(request);
    if (answered !== undefined) answer(answered);
  }

  /** What every node is told. Returns whether it was that. */
  #takeIn(body: Body): boolean {
    if (body.type !== "init" && body.type !== "topology") return false;
    const request = readRequest(body);
    if (request.type === "malformed") throw new MaelstromError(MALFORMED_REQUEST, request.reason);
    if (request.type === "init") {
      this.#id = request.node_id;
      this.#peers = request.node_ids.filter((id) => id !== this.#id);
    } else {
      this.#neighbours = neighboursIn(body["topology"], this.#id);
    }
    return true;
  }

  /** A message without an id is answered as number 0, as Maelstrom's library for Go does. */
  #reply({ src, dest, body }: Envelope, message: Message): void {
    this.#send(dest, src, { ...message, in_reply_to: body.msg_id ?? 0 });
  }

  #send(src: string, dest: string, message: Message): void {
    // As on a wire: whoever gets it shares nothing with whoever sent it.
    const body: Body = JSON.parse(JSON.stringify(message));
    this.#effects.push({ kind: "send", envelope: { src, dest, body } });
  }
}

function neighboursIn(topology: unknown, me: string): readonly string[] {
  const isMine = ([id]: readonly [string, unknown]) => id === me;
  const mine: unknown = Object.entries(topology ?? {}).find(isMine)?.[1];
  return Array.isArray(mine) ? mine.filter((id) => typeof id === "string") : [];
}

/** As JSON, where the codec has left some as it came. */
function messageOf(body: Body): Message {
  const fields = Object.entries(body).map(([name, field]) => [
    name,
    field instanceof RawJson ? field.toJSON() : field,
  ]);
  return { ...Object.fromEntries(fields), type: body.type };
}
