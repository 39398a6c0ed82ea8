/** A helper of the bench: publishes values over lanes, so many under way at once, and says when each left. */
import process from "node:process";
import { now } from "./clock.ts";
import { Moments } from "./moments.ts";
import { obey, type Published, type PublisherOrder, type PublishOrder } from "./orders.ts";
import { type Lane, NODES, type Target } from "./systems/system.ts";
import { wireOf } from "./wires/wires.ts";

/** At a fixed rate, what is due is looked at this often, ms. */
const PACE_MS = 1;

interface Channel {
  readonly lane: Lane;
  /** How many more may leave. */
  credits: number;
}

class Publisher {
  readonly channels: Channel[] = [];
  #order: PublishOrder | undefined;
  #moments = new Moments();
  #sent = 0;
  #acked = 0;
  #endAt = 0;
  #onOver: () => void = () => {};

  async open(target: Target): Promise<void> {
    const wire = await wireOf(target);
    for (let index = 0; index < NODES; index++) {
      const lane = await wire.openLane(target, index, (count) => this.#onAcked(index, count));
      this.channels.push({ lane, credits: 0 });
    }
  }

  async carryOut(order: PublisherOrder): Promise<Published | undefined> {
    if (order.kind === "publish") return await this.#publish(order);
    this.#moments.write(order.path, this.#sent);
    return undefined;
  }

  async #publish(order: PublishOrder): Promise<Published> {
    const { inFlight, forMs, perSecond } = order;
    const over = Promise.withResolvers<void>();
    this.#order = order;
    this.#moments = new Moments();
    this.#sent = 0;
    this.#acked = 0;
    this.#endAt = perSecond === null ? now() + forMs : Infinity;
    this.#onOver = over.resolve;
    for (const channel of this.channels) channel.credits = Math.max(1, Math.floor(inFlight / NODES));
    if (perSecond !== null) this.#pace(order, perSecond);
    else for (const channel of this.channels) this.#fill(channel);
    await over.promise;
    return { values: this.#sent };
  }

  #onAcked(index: number, count: number): void {
    const channel = this.channels[index];
    if (channel === undefined) return;
    this.#acked += count;
    channel.credits += count;
    if (this.#order?.perSecond === null) this.#fill(channel);
    this.#endIfOver();
  }

  /** Sends as many as may be under way. */
  #fill(channel: Channel): void {
    const room = (this.#order?.valuesMax ?? 0) - this.#sent;
    if (now() < this.#endAt && room > 0) this.#send(channel, Math.min(room, channel.credits));
  }

  #send(channel: Channel, count: number): void {
    if (count <= 0) return;
    const at = now();
    const first = this.#sent;
    for (let i = 0; i < count; i++) this.#moments.set(first + i, at);
    this.#sent += count;
    channel.credits -= count;
    channel.lane.publish((this.#order?.from ?? 0) + first, count);
  }

  #pace({ valuesMax, forMs }: PublishOrder, perSecond: number): void {
    const beganAt = now();
    const values = Math.min(valuesMax, Math.round(perSecond * forMs / 1000));
    const timer = setInterval(() => {
      const due = Math.min(values, Math.floor((now() - beganAt) * perSecond / 1000));
      while (this.#sent < due && this.#sendNext());
      // Who cannot keep up is not waited for.
      if (this.#sent < values && now() < beganAt + 1.1 * forMs) return;
      clearInterval(timer);
      this.#endAt = 0;
      this.#endIfOver();
    }, PACE_MS);
  }

  #sendNext(): boolean {
    const channel = this.channels[this.#sent % NODES];
    if (channel === undefined || channel.credits < 1) return false;
    this.#send(channel, 1);
    return true;
  }

  #endIfOver(): void {
    if (this.#acked < this.#sent) return;
    if (this.#sent === this.#order?.valuesMax || now() >= this.#endAt) this.#onOver();
  }
}

const publisher = new Publisher();
await publisher.open(JSON.parse(process.argv[2] ?? ""));
obey((order: PublisherOrder) => publisher.carryOut(order));
