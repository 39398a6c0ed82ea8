/** The simulated network: Maelstrom's latencies and partitions; beyond them bandwidth, loss, duplicates, and nodes that are down. */
import type { Envelope } from "../../core/message.ts";
import type { Random } from "../../core/random.ts";
import type { Grudge } from "../faults/grudge.ts";
import { Heap } from "./heap.ts";
import { type Loads, weigh } from "./loads.ts";
import { isClient, Traffic } from "./traffic.ts";
import type { Scheduler } from "./world.ts";

/** Messages that wait for a paused node; what comes on top is dropped and counted. */
export const PAUSED_QUEUE_MAX = 10_000;

/** A receiver hears this often that a long message is coming in, ms: it sees parts of it, as on a TCP connection. */
const ARRIVING_EVERY_MS = 50;

export interface NetworkOptions {
  readonly scheduler: Scheduler;
  /** Draws a one-way latency between nodes, ms. */
  readonly latency: () => number;
  /** What each link between two nodes carries each way, bits a second; by default any amount at once. */
  readonly bandwidthBps?: number | undefined;
  readonly random: Random;
  /** Counts what each node sends and receives, too. */
  readonly loads?: Loads | undefined;
  /** A node sent something to nobody we know. */
  readonly onUnknownDestination: (node: string, destination: string) => void;
}

interface Message {
  readonly envelope: Envelope;
  readonly dueAt: number;
  /** 0 where they are not counted. */
  readonly bytes: number;
}

/** A node's inbox and the one receiver that empties it. */
interface Inbox {
  readonly queue: Heap<Message>;
  /** False: the node's host had to drop it. */
  readonly receive: (envelope: Envelope) => boolean | void;
  /** Part of a message has come in from there. */
  readonly arriving: (src: string) => void;
  /** What the receiver has taken and holds until it is due; later arrivals wait behind it, as in Maelstrom. */
  held: Message | undefined;
  /** Cancels the scheduled delivery of what is held. */
  cancel: () => void;
  state: "up" | "paused" | "down";
}

export class Network {
  readonly traffic: Traffic;
  readonly #options: NetworkOptions;
  readonly #inboxes = new Map<string, Inbox>();
  readonly #clients = new Map<string, (envelope: Envelope) => void>();
  /** By source and destination: when the line will have carried all that was sent so far. */
  readonly #freeAt = new Map<string, number>();
  #grudge: Grudge = new Map();
  #lossShare = 0;
  #duplicateShare = 0;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.traffic = new Traffic(options.loads);
  }

  /** A node; it is down until `up`. */
  addNode(
    id: string,
    receive: (envelope: Envelope) => boolean | void,
    arriving: (src: string) => void = () => {},
  ): void {
    const idle = { held: undefined, cancel: () => {}, state: "down" } as const;
    this.#inboxes.set(id, { queue: new Heap(), receive, arriving, ...idle });
  }

  addClient(id: string, receive: (envelope: Envelope) => void): void {
    this.#clients.set(id, receive);
  }

  /** What is on its way to it arrives; what is sent to it from now on has no such destination. */
  removeClient(id: string): void {
    this.#clients.delete(id);
  }

  /** Whether there is such a node or client. */
  has(id: string): boolean {
    return this.#inboxes.has(id) || this.#clients.has(id);
  }

  /** Takes a message from its source, in whosever name it is. The latency is drawn here; the partition is tested when the receiver takes it. */
  send(envelope: Envelope, sender = envelope.src): void {
    const { src, dest } = envelope;
    const receive = this.#clients.get(dest);
    const inbox = this.#inboxes.get(dest);
    if (receive === undefined && inbox === undefined) return this.#options.onUnknownDestination(sender, dest);
    const bytes = this.traffic.sent(envelope);
    if (receive !== undefined) return this.#deliverToClient(envelope, receive);
    if (inbox === undefined) return;
    if (isClient(src)) return this.#enqueue(inbox, { envelope, bytes, dueAt: this.#options.scheduler.now() });
    this.#carry(inbox, envelope, bytes);
  }

  partition(grudge: Grudge): void {
    this.#grudge = grudge;
  }

  heal(): void {
    this.#grudge = new Map();
  }

  get grudge(): Grudge {
    return this.#grudge;
  }

  setLoss(share: number): void {
    this.#lossShare = share;
  }

  setDuplicates(share: number): void {
    this.#duplicateShare = share;
  }

  /** The node can receive (again). */
  up(id: string): void {
    const inbox = this.#inboxes.get(id);
    if (inbox === undefined) return;
    inbox.state = "up";
    if (inbox.held === undefined) this.#poll(inbox);
    else this.#scheduleDelivery(inbox, inbox.held);
  }

  /** Nothing is received any more; what comes waits. */
  pause(id: string): void {
    const inbox = this.#inboxes.get(id);
    if (inbox === undefined || inbox.state !== "up") return;
    inbox.state = "paused";
    inbox.cancel();
  }

  /** What was on its way to the node is gone, and so is what comes until it is up again. */
  down(id: string): void {
    const inbox = this.#inboxes.get(id);
    if (inbox === undefined) return;
    inbox.state = "down";
    inbox.cancel();
    inbox.held = undefined;
    inbox.queue.clear();
  }

  #deliverToClient(envelope: Envelope, receive: (envelope: Envelope) => void): void {
    const { scheduler } = this.#options;
    // Never at once: a client's next request must not reach a node in the middle of its step.
    scheduler.at(scheduler.now(), () => {
      this.traffic.received(envelope);
      receive(envelope);
    });
  }

  /** Between nodes, where the network is not perfect. */
  #carry(inbox: Inbox, envelope: Envelope, bytes: number): void {
    const { random, latency } = this.#options;
    // What gets lost takes its time on the line, too; copies are made beyond it.
    const leftAt = this.#transmit(inbox, envelope);
    if (this.#lossShare > 0 && random.next() < this.#lossShare) return this.traffic.dropped("loss");
    this.#travel(inbox, { envelope, bytes, dueAt: leftAt + latency() }, leftAt);
    if (this.#duplicateShare > 0 && random.next() < this.#duplicateShare) {
      this.traffic.duplicated();
      this.#travel(inbox, { envelope, bytes, dueAt: leftAt + latency() }, leftAt);
    }
  }

  /** The line takes one message after the other. Returns when it will have taken this one. */
  #transmit(inbox: Inbox, envelope: Envelope): number {
    const { bandwidthBps, scheduler } = this.#options;
    const now = scheduler.now();
    if (bandwidthBps === undefined) return now;
    const line = `${envelope.src} ${envelope.dest}`;
    const startsAt = Math.max(now, this.#freeAt.get(line) ?? now);
    const leftAt = startsAt + 8_000 * weigh(envelope) / bandwidthBps;
    this.#freeAt.set(line, leftAt);
    this.#announce(inbox, envelope, startsAt + ARRIVING_EVERY_MS, leftAt);
    return leftAt;
  }

  /** While a long message is on the line, its receiver sees parts of it. */
  #announce(inbox: Inbox, envelope: Envelope, at: number, leftAt: number): void {
    if (at >= leftAt) return;
    this.#options.scheduler.at(at, () => {
      const { src, dest } = envelope;
      if (inbox.state === "up" && !this.#grudge.get(dest)?.has(src)) inbox.arriving(src);
      this.#announce(inbox, envelope, at + ARRIVING_EVERY_MS, leftAt);
    });
  }

  /** What is still on the line is not in the receiver's way. */
  #travel(inbox: Inbox, message: Message, leftAt: number): void {
    const { bandwidthBps, scheduler } = this.#options;
    if (bandwidthBps === undefined) this.#enqueue(inbox, message);
    else scheduler.at(leftAt, () => this.#enqueue(inbox, message));
  }

  #enqueue(inbox: Inbox, message: Message): void {
    if (inbox.state === "down") return this.traffic.dropped("down");
    if (inbox.state === "paused" && inbox.queue.size >= PAUSED_QUEUE_MAX) {
      return this.traffic.dropped("overflow");
    }
    inbox.queue.push(message.dueAt, message);
    if (inbox.held === undefined) this.#poll(inbox);
  }

  /** The receiver takes the head, or drops it if it holds a grudge, and so on until it holds one. */
  #poll(inbox: Inbox): void {
    while (inbox.state === "up" && inbox.queue.size > 0) {
      const message = inbox.queue.pop();
      if (message === undefined) return;
      if (this.#grudge.get(message.envelope.dest)?.has(message.envelope.src)) {
        this.traffic.dropped("partition");
      } else return this.#scheduleDelivery(inbox, message);
    }
  }

  #scheduleDelivery(inbox: Inbox, message: Message): void {
    inbox.held = message;
    inbox.cancel = this.#options.scheduler.at(message.dueAt, () => {
      inbox.held = undefined;
      if (inbox.receive(message.envelope) === false) this.traffic.dropped("overflow");
      else this.traffic.received(message.envelope, message.bytes);
      if (inbox.held === undefined) this.#poll(inbox);
    });
  }
}
