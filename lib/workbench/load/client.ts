/** A client on the simulated network: one request at a time, each with a timeout. */
import { assert } from "../../core/assert.ts";
import type { Body, Envelope } from "../../core/message.ts";
import type { Network } from "../world/network.ts";
import type { Oddities } from "../verdict/oddities.ts";
import type { Scheduler } from "../world/world.ts";

/** The reply, or undefined when none came in time. */
export type OnReply = (reply: Body | undefined) => void;

interface Pending {
  readonly msgId: number;
  readonly done: OnReply;
  readonly cancelTimeout: () => void;
}

/** Makes clients with ids that no other has: c0, c1, … */
export class Clients {
  readonly #network: Network;
  readonly #scheduler: Scheduler;
  readonly #oddities: Oddities | undefined;
  readonly #prefix: string;
  #count = 0;
  /** Replies that came after their request was given up. */
  lateReplies = 0;

  constructor(network: Network, scheduler: Scheduler, prefix = "c", oddities?: Oddities) {
    this.#network = network;
    this.#scheduler = scheduler;
    this.#prefix = prefix;
    this.#oddities = oddities;
  }

  open(): Client {
    const id = `${this.#prefix}${this.#count++}`;
    return new Client(id, this.#network, this.#scheduler, {
      onLate: () => this.lateReplies++,
      onSecond: (node) => this.#oddities?.add(node, "second-reply"),
    });
  }
}

interface ClientEvents {
  /** A reply came after its request was given up. */
  onLate(): void;
  /** The node replied once more to a request that it had answered. */
  onSecond(node: string): void;
}

export class Client {
  readonly id: string;
  readonly #network: Network;
  readonly #scheduler: Scheduler;
  readonly #events: ClientEvents;
  #pending: Pending | undefined;
  #msgId = 0;
  /** The request that was answered last. */
  #answered: number | undefined;
  #gaveUp = false;

  constructor(id: string, network: Network, scheduler: Scheduler, events: ClientEvents) {
    this.id = id;
    this.#network = network;
    this.#scheduler = scheduler;
    this.#events = events;
    network.addClient(id, (envelope) => this.#onEnvelope(envelope));
  }

  get busy(): boolean {
    return this.#pending !== undefined;
  }

  call(dest: string, body: Body, timeoutMs: number, done: OnReply): void {
    assert(this.#pending === undefined, "a client asks one thing at a time");
    const msgId = ++this.#msgId;
    const cancelTimeout = this.#scheduler.at(
      this.#scheduler.now() + timeoutMs,
      () => this.giveUp(),
    );
    this.#pending = { msgId, done, cancelTimeout };
    this.#network.send({ src: this.id, dest, body: { ...body, msg_id: msgId } });
  }

  /** No reply will come: what is open ends now instead of at its timeout. */
  giveUp(): void {
    this.#gaveUp = true;
    this.#finish(undefined);
  }

  /** The client is gone, and messages to it from now on have no such destination. */
  close(): void {
    this.#network.removeClient(this.id);
  }

  #onEnvelope({ src, body }: Envelope): void {
    const { in_reply_to } = body;
    if (this.#pending !== undefined && in_reply_to === this.#pending.msgId) {
      this.#answered = in_reply_to;
      return this.#finish(body);
    }
    // A reply given twice is passed over, as Maelstrom does.
    if (in_reply_to !== undefined && in_reply_to === this.#answered) this.#events.onSecond(src);
    else if (this.#gaveUp) this.#events.onLate();
  }

  #finish(reply: Body | undefined): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.cancelTimeout();
    pending?.done(reply);
  }
}
