/** One configured peer: the link to it, the link from it, and the check that one and the same node is at the end of both. */
import { decode, encode } from "../../../lib/core/codec.ts";
import type { Envelope } from "../../../lib/core/message.ts";
import type { Random } from "../../../lib/core/random.ts";
import { CLOSED_BY_OTHER, type Connection } from "../connection.ts";
import { encodeGreeting, type Greeting, type Identity, readOpening, type Refusals } from "../greeting.ts";
import { PEER_QUEUE_BYTES_MAX } from "../limits.ts";
import { Link } from "./link.ts";
import type { Address } from "../../address.ts";

export interface PeerOptions {
  readonly me: Identity;
  readonly peer: string;
  readonly address: Address;
  readonly random: Random;
  readonly refusals: Refusals;
  readonly events: PeerEvents;
}

export interface PeerEvents {
  onEnvelope(envelope: Envelope): void;
  onDropped(reason: string): void;
  /** Part of a message of the peer has come in; said at most once in a tick. */
  onArriving(peer: string): void;
  onLink(peer: string, up: boolean, reason: string, unreachedMs?: number): void;
  onUnreached(peer: string, ms: number, reason: string): void;
  /** Something of the peer has come in, were it a heartbeat. */
  onHeard(): void;
}

/** How things stand with one peer. Counts are of the life of this process, over both links. */
export interface LinkStatus {
  readonly peer: string;
  /** The address at which it is dialled. */
  readonly address: Address;
  /** The link on which this node sends is up. */
  readonly connected: boolean;
  /** The link on which the peer sends is up. */
  readonly hears: boolean;
  /** For how long it is connected, or is not, ms. */
  readonly forMs: number;
  /** Why it is connected or not, for people. */
  readonly reason: string;
  /** Bytes that wait to be sent; at most PEER_QUEUE_BYTES_MAX. */
  readonly bytesQueued: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Messages that did not fit, or were sent while there was no link. */
  readonly messagesDropped: number;
}

export class TcpPeer {
  readonly #options: PeerOptions;
  readonly #link: Link;
  /** The link that the peer dialled, and the incarnation that it greeted with. */
  #source: { readonly connection: Connection; readonly incarnation: number } | undefined;
  #saidArriving = false;
  #sentBytes = 0;
  #receivedBytes = 0;

  constructor(options: PeerOptions) {
    const { me, peer, address, random, refusals, events } = options;
    this.#options = options;
    this.#link = new Link({
      me,
      peer,
      address,
      random,
      events: {
        onLink: (up, reason, unreachedMs) => {
          if (up) refusals.forget(`to ${peer}`);
          events.onLink(peer, up, reason, unreachedMs);
        },
        onUnreached: (ms, reason) => events.onUnreached(peer, ms, reason),
        onRefused: (reason) => refusals.say(`to ${peer}`, reason),
        onDropped: (reason) => events.onDropped(reason),
        secondFault: (incarnation) => this.#secondFault(this.#source?.incarnation, incarnation),
      },
    });
  }

  start(): void {
    this.#link.start();
  }

  stop(): void {
    this.#link.stop();
  }

  send(envelope: Envelope): void {
    this.#link.send(encode(envelope));
  }

  /** Takes over a connection on which a node has greeted as this peer, or returns why it is refused. */
  accept(connection: Connection, { incarnation }: Greeting): string | undefined {
    const fault = this.#secondFault(this.#link.incarnation, incarnation) ??
      this.#secondFault(this.#source?.incarnation, incarnation);
    if (fault !== undefined) return fault;
    const { me, peer, refusals } = this.#options;
    this.#source?.connection.close(`${peer} has dialled again`);
    this.#source = { connection, incarnation };
    connection.hand({
      onLine: (line) => this.#onLine(connection, line),
      onChunk: () => this.#onChunk(connection),
      onOverlong: (bytes) => this.#drop(`a line is longer than ${bytes} bytes`),
      onEnd: () => connection.close(CLOSED_BY_OTHER),
      onClose: () => this.#onClose(connection),
    });
    connection.write(encodeGreeting(me, peer), PEER_QUEUE_BYTES_MAX);
    refusals.forget(`from ${peer}`);
    return undefined;
  }

  tick(ms: number, beats: boolean): void {
    const [link, source] = [this.#link.connection, this.#source?.connection];
    this.#saidArriving = false;
    this.#link.tick(ms, beats, source);
    source?.tickLink(ms, beats, link);
  }

  /** Both links are up, and nothing is late or under way on either. */
  get isCalm(): boolean {
    const source = this.#source?.connection;
    return this.#link.isCalm && source !== undefined && source.isCalm && !this.#saidArriving;
  }

  get connections(): Connection[] {
    return [this.#link.connection, this.#source?.connection].filter((one) => one !== undefined);
  }

  get status(): LinkStatus {
    const [link, source] = [this.#link, this.#source?.connection];
    return {
      peer: this.#options.peer,
      address: this.#options.address,
      connected: link.up,
      hears: source !== undefined,
      forMs: link.forMs,
      reason: link.reason,
      bytesQueued: link.connection?.unsentBytes ?? 0,
      bytesSent: link.sentBytes + this.#sentBytes + (source?.sentBytes ?? 0),
      bytesReceived: link.receivedBytes + this.#receivedBytes + (source?.receivedBytes ?? 0),
      messagesDropped: link.messagesDropped,
    };
  }

  #secondFault(connected: number | undefined, incarnation: number): string | undefined {
    if (connected === undefined || connected === incarnation) return undefined;
    return `another ${this.#options.peer} is connected already; no two nodes may have one id`;
  }

  #onLine(connection: Connection, line: string): void {
    const decoded = decode(line);
    if (!decoded.ok) return this.#onNoEnvelope(connection, line, decoded.reason);
    const { me, peer, events } = this.#options;
    const { src, dest } = decoded.envelope;
    if (src === peer && dest === me.id) events.onEnvelope(decoded.envelope);
    else this.#drop(`a message from ${src} to ${dest} does not belong on this link`);
  }

  #onChunk(connection: Connection): void {
    const { peer, events } = this.#options;
    events.onHeard();
    if (!connection.midLine || this.#saidArriving) return;
    this.#saidArriving = true;
    events.onArriving(peer);
  }

  // The peer may refuse this node even now, when it finds fault with the answer to its greeting.
  #onNoEnvelope(connection: Connection, line: string, fault: string): void {
    const { peer, refusals } = this.#options;
    const opening = readOpening(line);
    if (opening.kind !== "refusal") return this.#drop(fault);
    refusals.say(`from ${peer}`, `${peer} refuses: ${opening.reason}`);
    connection.close(opening.reason);
  }

  #drop(reason: string): void {
    this.#options.events.onDropped(`from ${this.#options.peer}: ${reason}`);
  }

  #onClose(connection: Connection): void {
    this.#sentBytes += connection.sentBytes;
    this.#receivedBytes += connection.receivedBytes;
    if (this.#source?.connection === connection) this.#source = undefined;
  }
}
