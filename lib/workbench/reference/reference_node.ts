/** What all reference protocols share: answers to Maelstrom's requests, values, message ids and timers. */
import { isClient } from "../../../transports/client_id.ts";
import { runOf } from "../../core/log/runs.ts";
import { canonical } from "../../core/log/canonical.ts";
import { jsonOf } from "../../core/raw.ts";
import type { Body, Envelope, Json } from "../../core/message.ts";
import { readRequest } from "../../core/requests.ts";
import {
  type Effect,
  type Event,
  MALFORMED_REQUEST,
  type NodeOptions,
  NOT_SUPPORTED,
  TEMPORARILY_UNAVAILABLE,
} from "../../core/node.ts";
import type { Random } from "../../core/random.ts";
import type { Steps } from "../../runtime/drive.ts";
import { type Key, keyOf } from "../verdict/values.ts";
import { Heap } from "../world/heap.ts";

/** A broadcast of a client or of another node. */
export interface Broadcast {
  readonly src: string;
  readonly isFromClient: boolean;
  readonly value: Json;
  /** Says `broadcast_ok`. */
  answer(): void;
}

/** What a protocol does with each broadcast; it may keep state of its own for the life of the node. */
export type Protocol = (node: ReferenceNode) => (broadcast: Broadcast) => void;

/** A request that may be sent again under the same id. */
export interface Request {
  send(): void;
  isAnswered(): boolean;
  /** An answer that is still to come counts for nothing. */
  giveUp(): void;
}

export class ReferenceNode implements Steps {
  readonly random: Random;
  readonly #onBroadcast: (broadcast: Broadcast) => void;
  #me: string | undefined;
  #peers: readonly string[] = [];
  #neighbours: readonly string[] = [];
  readonly #values = new Map<Key, Json>();
  readonly #timers = new Heap<() => void>();
  #lastId = 0;
  /** The ids of requests that wait for an answer. */
  readonly #open = new Set<number>();
  #now = 0;
  #effects: Effect[] = [];

  constructor({ random }: Pick<NodeOptions, "random">, protocol: Protocol) {
    this.random = random;
    this.#onBroadcast = protocol(this);
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

  // What protocols do.

  get me(): string {
    return this.#me ?? "";
  }

  /** All other nodes. */
  get peers(): readonly string[] {
    return this.#peers;
  }

  /** Those that the topology advises to talk to. */
  get neighbours(): readonly string[] {
    return this.#neighbours;
  }

  /** ms */
  get now(): number {
    return this.#now;
  }

  /** Holds the value from now on. Returns whether it is new. */
  keep(value: Json): boolean {
    const key = keyOf(value);
    if (this.#values.has(key)) return false;
    this.#values.set(key, value);
    this.#effects.push({ kind: "deliver", runs: [runOf(this.me, this.#values.size, value)] });
    return true;
  }

  /** Tells a node a value, and asks for no answer. */
  tell(dest: string, value: Json): void {
    this.#send({ src: this.me, dest, body: { type: "broadcast", message: value } });
  }

  /** A request that tells a node a value. It is not sent yet. */
  request(dest: string, value: Json): Request {
    const id = ++this.#lastId;
    const body = { type: "broadcast", message: value, msg_id: id };
    this.#open.add(id);
    return {
      send: () => this.#send({ src: this.me, dest, body }),
      isAnswered: () => !this.#open.has(id),
      giveUp: () => void this.#open.delete(id),
    };
  }

  /** Runs once after so many ms. */
  after(ms: number, run: () => void): void {
    this.#timers.push(this.#now + ms, run);
  }

  // What comes in.

  #wake(): void {
    while (this.#timers.rank <= this.#now) this.#timers.pop()?.();
  }

  #receive(envelope: Envelope): void {
    const { body } = envelope;
    if (body.in_reply_to === undefined) this.#onRequest(envelope);
    else if (body.type !== "error") this.#open.delete(body.in_reply_to);
  }

  #onRequest(envelope: Envelope): void {
    const request = readRequest(envelope.body);
    if (this.#me === undefined && request.type !== "init") {
      return this.#refuse(envelope, TEMPORARILY_UNAVAILABLE, "this node has not been initialised");
    }
    switch (request.type) {
      case "init":
        this.#me = request.node_id;
        this.#peers = request.node_ids.filter((id) => id !== this.#me);
        return this.#reply(envelope, { type: "init_ok" });
      case "topology":
        this.#neighbours = neighboursIn(envelope.body["topology"], this.me);
        return this.#reply(envelope, { type: "topology_ok" });
      case "read":
        return this.#reply(envelope, { type: "read_ok", messages: [...this.#values.values()] });
      case "broadcast": {
        const value = jsonOf(request.message);
        if (canonical(value) === undefined) {
          return this.#refuse(envelope, MALFORMED_REQUEST, "the value is nested too deeply");
        }
        return this.#onBroadcast({
          ...{ src: envelope.src, isFromClient: isClient(envelope.src), value },
          answer: () => this.#reply(envelope, { type: "broadcast_ok" }),
        });
      }
      case "malformed":
        return this.#refuse(envelope, MALFORMED_REQUEST, request.reason);
      default:
        return this.#refuse(envelope, NOT_SUPPORTED, `unknown type: ${envelope.body.type}`);
    }
  }

  #refuse(envelope: Envelope, code: number, text: string): void {
    this.#reply(envelope, { type: "error", code, text });
  }

  /** A message without an id is answered as number 0, as Maelstrom's library for Go does. */
  #reply({ src, dest, body }: Envelope, reply: Body): void {
    this.#send({ src: dest, dest: src, body: { ...reply, in_reply_to: body.msg_id ?? 0 } });
  }

  #send(envelope: Envelope): void {
    this.#effects.push({ kind: "send", envelope });
  }
}

function neighboursIn(topology: unknown, me: string): readonly string[] {
  const isMine = ([id]: readonly [string, unknown]) => id === me;
  const mine: unknown = Object.entries(topology ?? {}).find(isMine)?.[1];
  return Array.isArray(mine) ? mine.filter((id) => typeof id === "string") : [];
}
