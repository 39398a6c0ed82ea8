/** A client on the simulated network: one request at a time, each with a timeout. */
import assert from "node:assert/strict";
import type { Body, Envelope } from "../core/message.ts";
import type { Network } from "./network.ts";
import type { Scheduler } from "./world.ts";

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
  readonly #prefix: string;
  #count = 0;
  /** Replies that came after their request was given up. */
  lateReplies = 0;

  constructor(network: Network, scheduler: Scheduler, prefix = "c") {
    this.#network = network;
    this.#scheduler = scheduler;
    this.#prefix = prefix;
  }

  open(): Client {
    const id = `${this.#prefix}${this.#count++}`;
    return new Client(id, this.#network, this.#scheduler, () => this.lateReplies++);
  }
}

export class Client {
  readonly id: string;
  readonly #network: Network;
  readonly #scheduler: Scheduler;
  readonly #onLate: () => void;
  #pending: Pending | undefined;
  #msgId = 0;
  #gaveUp = false;

  constructor(id: string, network: Network, scheduler: Scheduler, onLate: () => void) {
    this.id = id;
    this.#network = network;
    this.#scheduler = scheduler;
    this.#onLate = onLate;
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

  #onEnvelope({ body }: Envelope): void {
    if (this.#pending !== undefined && body.in_reply_to === this.#pending.msgId) return this.#finish(body);
    // A reply given twice is passed over, as Maelstrom does.
    if (this.#gaveUp) this.#onLate();
  }

  #finish(reply: Body | undefined): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.cancelTimeout();
    pending?.done(reply);
  }
}
