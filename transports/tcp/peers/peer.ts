/** One peer: the link to it, the link from it, and the check that one and the same node is at the end of both. */
import { decode, encodeAfter, headOf } from "../../../lib/core/codec.ts";
import type { Envelope } from "../../../lib/core/message.ts";
import type { Random } from "../../../lib/core/random.ts";
import { CLOSED_BY_OTHER, type Connection } from "../connection.ts";
import {
  encodeGreeting,
  encodeRefusal,
  type Greeting,
  type Identity,
  readOpening,
  type Refusal,
  type Refusals,
} from "../greeting.ts";
import { PEER_QUEUE_BYTES_MAX } from "../limits.ts";
import type { Tls } from "../tls/tls.ts";
import type { Traffic } from "../traffic.ts";
import { Link } from "./link.ts";
import { type Address, addressText } from "../../address.ts";
import type { Member } from "../../membership.ts";

export interface PeerOptions {
  readonly me: Identity;
  readonly peer: string;
  readonly member: Member;
  readonly random: Random;
  readonly tls?: Tls | undefined;
  readonly refusals: Refusals;
  readonly traffic: Traffic;
  /** How many other peers are being dialled. */
  readonly others: () => number;
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
  /** The peer has greeted, and was taken. */
  onGreeted(greeting: Greeting): void;
  /** The peer refuses this node, which greeted with this epoch. Returns whether it is no member any longer. */
  onRefusal(epoch: number, refusal: Refusal): boolean;
}

/** How things stand with one peer. Counts are of the life of this process, over both links. */
export interface LinkStatus {
  readonly peer: string;
  /** The address at which it is dialled, where that is known. */
  readonly address?: Address;
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

interface Source {
  readonly connection: Connection;
  readonly incarnation: number;
  readonly toldEpoch: number;
}

export class TcpPeer {
  readonly #options: PeerOptions;
  readonly #link: Link;
  #member: Member;
  /** The link that the peer dialled, the incarnation that it greeted with, and the epoch that it was told of this node. */
  #source: Source | undefined;
  #saidArriving = false;
  #sentBytes = 0;
  #receivedBytes = 0;

  constructor(options: PeerOptions) {
    const { me, peer, member, random, tls, refusals, traffic, others, events } = options;
    this.#options = options;
    this.#member = member;
    this.#link = new Link({
      me,
      peer,
      ...member.address !== undefined && { address: member.address },
      hint: () => this.#source?.connection.host,
      others,
      random,
      tls,
      traffic,
      events: {
        onLink: (up, reason, unreachedMs) => {
          if (up) refusals.forget(`to ${peer}`);
          events.onLink(peer, up, reason, unreachedMs);
        },
        onUnreached: (ms, reason) => events.onUnreached(peer, ms, reason),
        onRefused: (reason) => refusals.say(`to ${peer}`, reason),
        onDropped: (reason) => events.onDropped(reason),
        memberFault: (greeting) => this.#replacedFault(greeting) ?? this.#secondFault(this.#source, greeting),
        onGreeted: (greeting) => events.onGreeted(greeting),
        onRefusal: (epoch, refusal) => events.onRefusal(epoch, refusal),
      },
    });
  }

  start(): void {
    this.#link.start();
  }

  stop(): void {
    this.#link.stop();
  }

  /** The next dial is due now, if there is to be one. */
  hurry(): void {
    this.#link.hurry();
  }

  get member(): Member {
    return this.#member;
  }

  /** From now on this is known of the peer. A link that is up stays, wherever the peer is dialled next. */
  update(member: Member): void {
    this.#member = member;
    if (textOf(member.address) !== textOf(this.#link.address)) this.#link.lead(member.address);
  }

  /** It is no member any longer: it is dialled no more, and links that are up stay until it is dismissed. */
  leave(): void {
    this.#link.stop();
    if (!this.#link.up) this.#link.connection?.close("it is no member any longer");
  }

  /** It is told that it is no member, what was sent may still leave, and its links end. */
  dismiss(fault: Refusal): void {
    if (this.#link.up) this.#link.connection?.write(encodeRefusal(fault), PEER_QUEUE_BYTES_MAX);
    for (const connection of this.connections) connection.end(fault.reason);
  }

  send(envelope: Envelope): void {
    const { src, dest, body } = envelope;
    const line = encodeAfter(headOf(src, dest), body);
    if (this.#link.send(line)) this.#options.traffic.send(body.type, line);
  }

  /** Takes over a connection on which a node has greeted as this peer, or returns why it is refused. */
  accept(connection: Connection, greeting: Greeting): Refusal | undefined {
    const fault = this.#replacedFault(greeting) ?? this.#secondFault(this.#link, greeting) ??
      this.#secondFault(this.#source, greeting);
    if (fault !== undefined) return fault;
    const { me, peer, refusals, events } = this.#options;
    this.#source?.connection.close(`${peer} has dialled again`);
    this.#source = { connection, incarnation: greeting.incarnation, toldEpoch: me.epoch ?? 0 };
    connection.hand({
      onLine: (line) => this.#onLine(connection, line),
      onChunk: () => this.#onChunk(connection),
      onOverlong: (bytes) => this.#drop("too_long", `a line is longer than ${bytes} bytes`),
      onEnd: () => connection.close(CLOSED_BY_OTHER),
      onClose: () => this.#onClose(connection),
    });
    connection.write(encodeGreeting(me, peer), PEER_QUEUE_BYTES_MAX);
    refusals.forget(`from ${peer}`);
    events.onGreeted(greeting);
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
      ...link.address !== undefined && { address: link.address },
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

  /** An earlier join of its id is over, but whoever is linked keeps its place. */
  #replacedFault({ epoch, incarnation }: Greeting): Refusal | undefined {
    const linked = [this.#link.incarnation, this.#source?.incarnation].includes(incarnation);
    if (epoch >= this.#member.epoch || linked) return undefined;
    const { me, peer } = this.#options;
    return { reason: `another ${peer} has joined since, and takes its place`, goneFrom: me.clusterId ?? "" };
  }

  #secondFault(
    connected: { readonly incarnation: number | undefined } | undefined,
    { incarnation }: Greeting,
  ): Refusal | undefined {
    if (connected?.incarnation === undefined || connected.incarnation === incarnation) return undefined;
    return { reason: `another ${this.#options.peer} is connected already; no two nodes may have one id` };
  }

  #onLine(connection: Connection, line: string): void {
    const decoded = decode(line);
    if (!decoded.ok) return this.#onNoEnvelope(connection, line, decoded.reason);
    const { me, peer, traffic, events } = this.#options;
    const { src, dest, body } = decoded.envelope;
    traffic.receive(body.type, line);
    if (src === peer && dest === me.id) events.onEnvelope(decoded.envelope);
    else this.#drop("misdirected", `a message from ${src} to ${dest} does not belong on this link`);
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
    const { peer, refusals, events } = this.#options;
    const opening = readOpening(line);
    if (opening.kind !== "refusal") return this.#drop("malformed", fault);
    const { reason, later } = opening;
    const epoch = this.#source?.connection === connection ? this.#source.toldEpoch : undefined;
    connection.close(reason);
    if (epoch !== undefined && events.onRefusal(epoch, opening)) return;
    refusals.say(`from ${peer}`, `${peer} refuses: ${reason}`, later);
  }

  /** `reason`: one of those that are counted; `text`: for people. */
  #drop(reason: string, text: string): void {
    this.#options.traffic.dropped.add(reason);
    this.#options.events.onDropped(`from ${this.#options.peer}: ${text}`);
  }

  #onClose(connection: Connection): void {
    this.#sentBytes += connection.sentBytes;
    this.#receivedBytes += connection.receivedBytes;
    if (this.#source?.connection === connection) this.#source = undefined;
  }
}

function textOf(address: Address | undefined): string | undefined {
  return address && addressText(address);
}
