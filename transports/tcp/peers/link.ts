/** The link on which this node sends to one peer: it is dialled for ever, greets, and is never silent. */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { LongLine } from "../../../lib/core/codec.ts";
import type { Random } from "../../../lib/core/random.ts";
import { LINE_BYTES_MAX } from "../../lines/reader.ts";
import { CHAR_BYTES_MAX, lineBytes } from "../../lines/writer.ts";
import { CLOSED_BY_OTHER, Connection } from "../connection.ts";
import { Dialer, type DialerOptions } from "./dialer.ts";
import {
  encodeGreeting,
  encodeRefusal,
  type Greeting,
  greetingFault,
  type Identity,
  readOpening,
  type Refusal,
} from "../greeting.ts";
import { GREETING_MS_MAX, PEER_QUEUE_BYTES_MAX, SILENCE_MS } from "../limits.ts";
import { nodeFault } from "../tls/identity.ts";
import type { Traffic } from "../traffic.ts";
import type { Tls } from "../tls/tls.ts";
import { Outage } from "./outage.ts";
import { type Address, addressText } from "../../address.ts";

export interface LinkOptions {
  readonly me: Identity;
  readonly peer: string;
  /** Where the peer is dialled; undefined while that is not known. */
  readonly address?: Address;
  /** Another host where the peer may be dialled. */
  readonly hint?: DialerOptions["hint"];
  /** How many peers are dialled beside this one; by default none. */
  readonly others?: DialerOptions["others"];
  readonly random: Random;
  readonly tls?: Tls | undefined;
  readonly traffic: Pick<Traffic, "dropped">;
  readonly events: LinkEvents;
}

export interface LinkEvents {
  /** The link is up, or no longer up. `unreachedMs`: for how long it was down, if onUnreached had said so. */
  onLink(up: boolean, reason: string, unreachedMs?: number): void;
  /** The link has been down for so long; said ever more rarely. */
  onUnreached(ms: number, reason: string): void;
  onRefused(reason: string): void;
  onDropped(reason: string): void;
  /** Why the node that answers in the peer's name is not taken for it; undefined when it is. */
  memberFault(greeting: Greeting): Refusal | undefined;
  /** The peer has answered, and the link is up. */
  onGreeted(greeting: Greeting): void;
  /** The peer refuses this node, which greeted with this epoch. Returns whether it is no member any longer. */
  onRefusal(epoch: number, refusal: Refusal): boolean;
}

const NO_ADDRESS = "its address is not known";

export class Link {
  readonly #options: LinkOptions;
  #address: Address | undefined;
  #dialer: Dialer | undefined;
  #connection: Connection | undefined;
  /** The greeting of the peer that answered; undefined while the link is not up. */
  #greeted: Greeting | undefined;
  /** For how long the link has been up, or the greeting has waited for its answer, ms. */
  #phaseMs = 0;
  #stopped = true;
  #sinceAt = performance.now();
  /** Defined while the link is down. */
  #outage: Outage | undefined = this.#makeOutage();
  #reason = "no answer yet";
  /** The epoch with which this node has greeted last. */
  #toldEpoch = 0;
  /** The queue is full and that was said; until the queue is empty once. */
  #full = false;
  #sentBytes = 0;
  #receivedBytes = 0;
  #messagesDropped = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.lead(options.address);
  }

  start(): void {
    this.#stopped = false;
    if (this.#connection === undefined) this.#dialer?.start();
  }

  /** Dials no more; messages that were sent may still leave. */
  stop(): void {
    this.#stopped = true;
    this.#dialer?.stop();
  }

  /** Where the peer is dialled; undefined while that is not known. */
  get address(): Address | undefined {
    return this.#address;
  }

  /** From now on the peer is dialled there; a link that is up stays. */
  lead(address: Address | undefined): void {
    this.#address = address;
    this.#dialer?.stop();
    this.#dialer = address && this.#makeDialer(address);
    if (!this.up) this.#reason = address === undefined ? NO_ADDRESS : "no answer yet";
    if (!this.up) this.#connection?.close("it is dialled elsewhere now");
    if (!this.#stopped) this.start();
  }

  /** The next dial is due now, if there is to be one. */
  hurry(): void {
    this.#dialer?.hurry();
  }

  get up(): boolean {
    return this.#greeted !== undefined;
  }

  /** It is up, and nothing is late or under way on it. */
  get isCalm(): boolean {
    return this.up && this.#connection !== undefined && this.#connection.isCalm;
  }

  /** The incarnation at the other end, while the link is up. */
  get incarnation(): number | undefined {
    return this.#greeted?.incarnation;
  }

  /** For how long it has been up, or down, ms. */
  get forMs(): number {
    return performance.now() - this.#sinceAt;
  }

  /** Why it is up or not, for people. */
  get reason(): string {
    return this.#reason;
  }

  get sentBytes(): number {
    return this.#sentBytes + (this.#connection?.sentBytes ?? 0);
  }

  get receivedBytes(): number {
    return this.#receivedBytes + (this.#connection?.receivedBytes ?? 0);
  }

  get messagesDropped(): number {
    return this.#messagesDropped;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Returns false where the line was dropped, as there is no link or no room. */
  send(line: string | LongLine): boolean {
    const connection = this.up ? this.#connection : undefined;
    // Most lines are so short that their bytes need no count.
    const most = typeof line === "string" ? CHAR_BYTES_MAX * line.length : line.bytes;
    if (most > LINE_BYTES_MAX && lineBytes(line) > LINE_BYTES_MAX) {
      return this.#drop("too_long", `a message is longer than ${LINE_BYTES_MAX} bytes`);
    }
    if (connection === undefined) return this.#drop("no_link");
    return connection.write(line, PEER_QUEUE_BYTES_MAX) || this.#overflow();
  }

  /** Time passes. `beats`: heartbeats are due. `other`: the link that the peer dialled. */
  tick(ms: number, beats: boolean, other: Connection | undefined): void {
    this.#phaseMs += ms;
    this.#outage?.tick(ms);
    this.#connection?.tickLink(ms, beats, other);
    if (!this.up && this.#phaseMs >= GREETING_MS_MAX) {
      this.#connection?.close(`the greeting was not answered within ${GREETING_MS_MAX} ms`);
    }
  }

  #overflow(): false {
    if (this.#full) return this.#drop("queue_full");
    this.#full = true;
    return this.#drop(
      "queue_full",
      `${PEER_QUEUE_BYTES_MAX} bytes wait for it; messages that do not fit are dropped until those have left`,
    );
  }

  /** `reason`: one of those that are counted; `text`: for people, where they should hear of it. */
  #drop(reason: string, text?: string): false {
    const { traffic, events, peer } = this.#options;
    this.#messagesDropped += 1;
    traffic.dropped.add(reason);
    if (text !== undefined) events.onDropped(`to ${peer}: ${text}`);
    return false;
  }

  #greet(socket: Socket): void {
    const { me, peer, tls } = this.#options;
    const connection = new Connection(socket, {
      onLine: (line) => this.#onLine(connection, line),
      onOverlong: () => this.#onStray(),
      onDrained: () => this.#full = false,
      onEnd: () => connection.close(CLOSED_BY_OTHER),
      onClose: (reason) => this.#onClose(connection, reason),
    });
    this.#connection = connection;
    this.#phaseMs = 0;
    this.#toldEpoch = me.epoch ?? 0;
    const greet = () => void connection.write(encodeGreeting(me, peer), PEER_QUEUE_BYTES_MAX);
    if (!(socket instanceof TLSSocket) || tls === undefined) return greet();
    socket.once("secureConnect", () => {
      const fault = nodeFault(tls.identityOf(socket), peer);
      if (fault === undefined) greet();
      else this.#refuse(connection, { reason: fault });
    });
  }

  #onLine(connection: Connection, line: string): void {
    if (this.up) return this.#onStray();
    const opening = readOpening(line);
    if (opening.kind === "greeting") return this.#onGreeting(connection, opening.greeting);
    if (opening.kind === "refusal") this.#onRefusal(connection, opening);
    else if (opening.kind === "fault") this.#refuse(connection, opening);
    else this.#refuse(connection, { reason: "a greeting was to be answered by a greeting" });
  }

  #onRefusal(connection: Connection, refusal: Refusal): void {
    const { peer, events } = this.#options;
    const isOver = events.onRefusal(this.#toldEpoch, refusal);
    this.#refused(connection, `${peer} refuses: ${refusal.reason}`, isOver || refusal.later);
  }

  #onGreeting(connection: Connection, greeting: Greeting): void {
    const { me, peer, events } = this.#options;
    const fault = greetingFault(me, greeting, () => undefined) ?? wrongId(greeting, peer) ??
      events.memberFault(greeting);
    if (fault !== undefined) return this.#refuse(connection, fault);
    this.#greeted = greeting;
    this.#phaseMs = 0;
    this.#full = false;
    const unreachedMs = this.#outage?.saidMs;
    this.#outage = undefined;
    this.#turn(`connected to ${connection.host}`);
    events.onLink(true, this.#reason, unreachedMs);
    events.onGreeted(greeting);
  }

  #refuse(connection: Connection, fault: Refusal): void {
    const { peer } = this.#options;
    // The message names the address from the settings, as the mistake may be there.
    const where = this.#address === undefined ? connection.host : addressText(this.#address);
    connection.write(encodeRefusal(fault), PEER_QUEUE_BYTES_MAX);
    this.#refused(connection, `the node that answers at ${where} for ${peer} is refused: ${fault.reason}`);
  }

  /** `isSaid`: with the end of this node, or with the outage, if the peer does not take it in a moment. */
  #refused(connection: Connection, reason: string, isSaid = false): void {
    if (!isSaid) this.#options.events.onRefused(reason);
    connection.end(reason);
  }

  #onStray(): void {
    this.#options.traffic.dropped.add("misdirected");
    this.#options.events.onDropped(`from ${this.#options.peer}: a message on the link that is for sending`);
  }

  #onClose(connection: Connection, reason: string): void {
    const wasUp = this.up;
    this.#sentBytes += connection.sentBytes;
    this.#receivedBytes += connection.receivedBytes;
    this.#connection = undefined;
    this.#greeted = undefined;
    // A link that breaks at once, again and again, is dialled ever more rarely.
    if (wasUp && this.#phaseMs >= SILENCE_MS) this.#dialer?.reset();
    if (wasUp) {
      this.#outage = this.#makeOutage();
      this.#turn(reason);
    } else this.#reason = reason;
    if (!this.#stopped) this.#dialer?.start();
    if (wasUp) this.#options.events.onLink(false, reason);
  }

  #makeDialer(address: Address): Dialer {
    const { random, hint, others, tls } = this.#options;
    return new Dialer({
      address,
      random,
      hint,
      others,
      ...tls !== undefined && { open: (address: Address) => tls.dial(address) },
      onConnected: (socket) => this.#greet(socket),
      onFailed: (reason) => this.#reason = reason,
    });
  }

  #makeOutage(): Outage {
    return new Outage((ms) => this.#options.events.onUnreached(ms, this.#reason));
  }

  #turn(reason: string): void {
    this.#sinceAt = performance.now();
    this.#reason = reason;
  }
}

function wrongId({ id }: Greeting, peer: string): Refusal | undefined {
  return id === peer ? undefined : { reason: `this is meant for ${peer}, not for ${id}` };
}
