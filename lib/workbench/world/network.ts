/** The simulated network: Maelstrom's latencies and partitions; beyond them bandwidth, loss, duplicates, and nodes that are down. */
import type { Envelope } from "../../core/message.ts";
import type { Random } from "../../core/random.ts";
import type { Grudge } from "../faults/grudge.ts";
import { Heap } from "../../runtime/heap.ts";
import { Lines, type LinesOptions } from "./lines/lines.ts";
import type { Loads } from "./loads.ts";
import { isClient } from "../../../transports/client_id.ts";
import { type Drop, Traffic } from "./traffic.ts";

/** How many messages wait for a paused node; more are dropped and counted. */
export const PAUSED_QUEUE_MAX = 10_000;

/** One message on its way to a node, once it is over. */
export interface Passage {
  readonly envelope: Envelope;
  /** When it was sent, and when it was received or given up, ms. */
  readonly sentAt: number;
  readonly endedAt: number;
  /** Why it was not received; undefined if it was. */
  readonly dropped?: Drop | undefined;
}

/** A message on its way to a node; it is there at `dueAt` unless something happens to it, or the node is paused. */
export interface UnderWay extends Pick<Passage, "envelope" | "sentAt"> {
  readonly dueAt: number;
  /** The network made it; no node sent it. */
  readonly copy?: true;
}

/** Is told what happens on the network; `at` is the scheduler's time, ms. */
export interface NetworkObserver {
  /** It is told of messages to nodes as they leave, too, but for those that chance loses. */
  left?(message: UnderWay): void;
  passed(passage: Passage): void;
  became(node: string, state: "up" | "paused" | "down", at: number): void;
  /** These links are cut from now on, and no others; an empty grudge is a heal. */
  parted(grudge: Grudge, at: number): void;
}

/** Is told of every message when it is sent into the network and when it is received, those of clients among them. */
export interface NetLog {
  readonly sent?: (envelope: Envelope, at: number) => void;
  readonly received?: (envelope: Envelope, at: number) => void;
}

export interface NetworkOptions extends LinesOptions {
  /** Draws a one-way latency between nodes, ms. */
  readonly latency: () => number;
  readonly random: Random;
  /** Counts what each node sends and receives, too. */
  readonly loads?: Loads | undefined;
  readonly observer?: NetworkObserver | undefined;
  readonly log?: NetLog | undefined;
  /** A node sent a message to no node or client that there is. */
  readonly onUnknownDestination: (node: string, destination: string) => void;
}

type Sent = Pick<Passage, "envelope" | "sentAt">;

interface Message extends UnderWay {
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
  /** The message that the receiver has taken and holds until it is due; later arrivals wait behind it, as in Maelstrom. */
  held: Message | undefined;
  /** Cancels the scheduled delivery of what is held. */
  cancel: () => void;
  state: "up" | "paused" | "down";
}

export class Network {
  readonly traffic: Traffic;
  readonly #options: NetworkOptions;
  readonly #inboxes = new Map<string, Inbox>();
  readonly #lines: Lines;
  readonly #clients = new Map<string, (envelope: Envelope) => void>();
  #grudge: Grudge = new Map();
  #lossShare = 0;
  #duplicateShare = 0;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#lines = new Lines(options);
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

  /** Messages on their way to it arrive; those that are sent to it from now on have no such destination. */
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
    this.#options.log?.sent?.(envelope, this.#options.scheduler.now());
    if (receive !== undefined) return this.#deliverToClient(envelope, receive);
    if (inbox === undefined) return;
    const now = this.#options.scheduler.now();
    if (isClient(src)) return this.#enqueue(inbox, { envelope, bytes, sentAt: now, dueAt: now });
    this.#carry(inbox, envelope, bytes);
  }

  partition(grudge: Grudge): void {
    this.#grudge = grudge;
    this.#options.observer?.parted(grudge, this.#options.scheduler.now());
  }

  heal(): void {
    this.partition(new Map());
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

  /** Messages between the node and others, or on the link "n0-n1", take so much longer from now on, ms. */
  setSlow(where: string, ms: number): void {
    this.#lines.setSlow(where, ms);
  }

  /** The node can receive (again). */
  up(id: string): void {
    const inbox = this.#inboxes.get(id);
    if (inbox === undefined) return;
    this.#become(id, inbox, "up");
    if (inbox.held === undefined) this.#poll(inbox);
    else this.#scheduleDelivery(inbox, inbox.held);
  }

  /** The node receives nothing any more; messages to it wait. */
  pause(id: string): void {
    const inbox = this.#inboxes.get(id);
    if (inbox === undefined || inbox.state !== "up") return;
    this.#become(id, inbox, "paused");
    inbox.cancel();
  }

  /** Messages on their way to the node are gone, and so are those that come until it is up again. */
  down(id: string): void {
    const inbox = this.#inboxes.get(id);
    if (inbox === undefined) return;
    this.#become(id, inbox, "down");
    inbox.cancel();
    for (let lost = inbox.held ?? inbox.queue.pop(); lost !== undefined; lost = inbox.queue.pop()) {
      this.#tell(lost, "down");
    }
    inbox.held = undefined;
  }

  #become(id: string, inbox: Inbox, state: Inbox["state"]): void {
    inbox.state = state;
    this.#options.observer?.became(id, state, this.#options.scheduler.now());
  }

  #deliverToClient(envelope: Envelope, receive: (envelope: Envelope) => void): void {
    const { log, scheduler } = this.#options;
    // Never at once: a client's next request must not reach a node in the middle of its step.
    scheduler.at(scheduler.now(), () => {
      this.traffic.received(envelope);
      log?.received?.(envelope, scheduler.now());
      receive(envelope);
    });
  }

  /** Between nodes, where the network is not perfect. */
  #carry(inbox: Inbox, envelope: Envelope, bytes: number): void {
    const { random, latency, scheduler } = this.#options;
    const sentAt = scheduler.now();
    // A message that gets lost takes its time on the line, too; copies are made beyond the line.
    const leftAt = this.#lines.take(envelope, () => this.#onPart(inbox, envelope));
    if (this.#lossShare > 0 && random.next() < this.#lossShare) {
      return this.#drop({ envelope, sentAt }, "loss");
    }
    this.#travel(inbox, { envelope, bytes, sentAt, dueAt: leftAt + latency() }, leftAt);
    if (this.#duplicateShare > 0 && random.next() < this.#duplicateShare) {
      this.traffic.duplicated();
      this.#travel(inbox, { envelope, bytes, sentAt, dueAt: leftAt + latency(), copy: true }, leftAt);
    }
  }

  #onPart(inbox: Inbox, { src, dest }: Envelope): void {
    if (inbox.state === "up" && !this.#grudge.get(dest)?.has(src)) inbox.arriving(src);
  }

  #drop(message: Sent, why: Drop): void {
    this.traffic.dropped(why);
    this.#tell(message, why);
  }

  #tell({ envelope, sentAt }: Sent, dropped?: Drop): void {
    const { observer, scheduler } = this.#options;
    observer?.passed({ envelope, sentAt, endedAt: scheduler.now(), dropped });
  }

  /** A message that is still on the line is not in the way of others at the receiver. */
  #travel(inbox: Inbox, message: Message, leftAt: number): void {
    const { bandwidthBps, scheduler, observer } = this.#options;
    observer?.left?.(message);
    if (bandwidthBps === undefined && leftAt === message.sentAt) this.#enqueue(inbox, message);
    else scheduler.at(leftAt, () => this.#enqueue(inbox, message));
  }

  #enqueue(inbox: Inbox, message: Message): void {
    if (inbox.state === "down") return this.#drop(message, "down");
    if (inbox.state === "paused" && inbox.queue.size >= PAUSED_QUEUE_MAX) {
      return this.#drop(message, "overflow");
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
        this.#drop(message, "partition");
      } else return this.#scheduleDelivery(inbox, message);
    }
  }

  #scheduleDelivery(inbox: Inbox, message: Message): void {
    inbox.held = message;
    inbox.cancel = this.#options.scheduler.at(message.dueAt, () => {
      inbox.held = undefined;
      this.#deliver(inbox, message);
      if (inbox.held === undefined) this.#poll(inbox);
    });
  }

  #deliver(inbox: Inbox, message: Message): void {
    // First, as the node may answer at once; a host that has no room for it is rare.
    this.#options.log?.received?.(message.envelope, this.#options.scheduler.now());
    if (inbox.receive(message.envelope) === false) return this.#drop(message, "overflow");
    this.traffic.received(message.envelope, message.bytes);
    this.#tell(message);
  }
}
