/** The carrier over real TCP: one port for peers and clients, a link dialled to each peer, everything bounded. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type Acknowledgements, type Envelope, envelopesOf } from "../../lib/core/message.ts";
import type { Random } from "../../lib/core/random.ts";
import { Clients } from "./clients/clients.ts";
import type { Shares } from "./clients/shares.ts";
import type { Connection } from "./connection.ts";
import { Descriptors, type DescriptorsOptions } from "./descriptors.ts";
import { Refusals } from "./greeting.ts";
import type { TcpHandlers } from "./handlers.ts";
import { CLOSE_MS_MAX, DEFAULT_LIMITS, type TcpLimits, TICK_MS } from "./limits.ts";
import { type Door, Doors, type Listening } from "./doors.ts";
import type { LinkStatus } from "./peers/peer.ts";
import { Peers } from "./peers/peers.ts";
import { Ticker } from "./ticker.ts";
import type { TlsIdentity } from "./tls/identity.ts";
import type { Tls } from "./tls/tls.ts";
import { Traffic } from "./traffic.ts";
import type { Address } from "../address.ts";
import { unpredictable, within } from "../clock.ts";
import type { Membership } from "../membership.ts";
import type { Transport } from "../transport.ts";

export type { Address, LinkStatus, TcpHandlers, TcpLimits };

export interface TcpOptions extends Partial<TcpLimits> {
  readonly id: string;
  /** Nodes of another cluster are refused. */
  readonly cluster: string;
  /** Grows from life to life. Two nodes of one id that live at once are told apart by it. */
  readonly incarnation: number;
  /** Port 0 for any. */
  readonly listen: Address;
  /** Where clients connect, and then nowhere else; only nodes that ask to join still do so at `listen`. */
  readonly clientListen?: Address | undefined;
  /** All members but this one, until setMembers() gives others. No id may hold a "#". */
  readonly peers: ReadonlyMap<string, Address>;
  /** Peers and clients are spoken to over TLS alone [X1]. */
  readonly tls?: Tls;
  /** Over TLS, clients without a certificate are admitted, too: the owner asks who they are. */
  readonly admitsUnnamed?: boolean;
  /** Clients are known by name, sooner or later: see name(). */
  readonly knowsClients?: boolean;
  /** Whether all who come from an address share in one limit; by default all but loopback. */
  readonly isShared?: (host: string) => boolean;
  /** For the jitter of dials. */
  readonly random?: Random;
  /** How many files there are to open; by default the system is asked. */
  readonly descriptors?: Pick<DescriptorsOptions, "files" | "fault">;
}

export class TcpTransport implements Transport {
  /** What went to peers and came from them. */
  readonly traffic = new Traffic();
  readonly #doors: Doors;
  readonly #clients: Clients;
  readonly #peers: Peers;
  readonly #options: TcpOptions;
  readonly #listening = Promise.withResolvers<Listening>();
  #handlers: TcpHandlers | undefined;
  #descriptors: Descriptors | undefined;
  readonly #ticker = new Ticker({ onTick: (ms, beats) => this.#tick(ms, beats) });
  #closing: Promise<void> | undefined;

  constructor(options: TcpOptions) {
    const { id, peers } = options;
    for (const name of [id, ...peers.keys()]) {
      assert(!name.includes("#"), `a node's id holds no "#": ${name}`);
    }
    assert(!peers.has(id), `${id} is not a peer of itself`);
    this.#options = options;
    const refusals = new Refusals((reason) => this.#handlers?.onRefused?.(reason));
    this.#peers = this.#makePeers(options, refusals);
    this.#clients = this.#makeClients(options, refusals);
    this.#doors = new Doors({
      ...options,
      events: {
        onSocket: (socket, door) => this.#onSocket(socket, door),
        onBegun: () => this.#clients.shed(),
        onFailed: (host, reason) => refusals.say("handshakes", `${host} is refused: ${reason}`),
      },
    });
    // An owner that does not ask where the node listens must not be ended by an unhandled rejection.
    this.#listening.promise.catch(() => {});
  }

  /** Resolves to the address once the node listens. Rejects with a sentence. */
  get listening(): Promise<Address> {
    return this.#listening.promise.then(({ at }) => at);
  }

  /** The same of clients, who may be served elsewhere. */
  get clientsListening(): Promise<Address> {
    return this.#listening.promise.then(({ clientsAt }) => clientsAt);
  }

  /** Peers and clients are spoken to over TLS. */
  get isSecure(): boolean {
    return this.#options.tls !== undefined;
  }

  open(handlers: TcpHandlers): void {
    this.#handlers = handlers;
    this.#descriptors = this.#makeDescriptors();
    this.#doors.listen((reason) => this.#handlers?.onDropped(reason))
      .then(this.#listening.resolve, this.#listening.reject);
    this.#peers.start();
    this.#ticker.start();
  }

  send(envelope: Envelope): void {
    if (this.#handlers === undefined) return;
    const peer = this.#peers.find(envelope.dest);
    if (peer !== undefined) peer.send(envelope);
    else if (envelope.dest.includes("#")) this.#clients.send(envelope);
    else if (!this.#peers.isGone(envelope.dest)) {
      this.traffic.dropped.add("unknown_destination");
      this.#handlers.onDropped(`to ${envelope.dest}: nobody of this name is known`);
    }
  }

  acknowledge(acknowledgements: Acknowledgements): void {
    if (this.#handlers !== undefined && acknowledgements.dest.includes("#")) {
      this.#clients.acknowledge(acknowledgements);
    } else for (const envelope of envelopesOf(acknowledgements)) this.send(envelope);
  }

  setMembers(membership: Membership): void {
    this.#peers.set(membership);
    this.#descriptors?.setPeers(this.#peers.size);
    this.#ticker.hurry();
  }

  /** Whether it is the id of a peer; also of one that is no member any longer, for LEAVING_MS. */
  isPeer(id: string): boolean {
    return this.#peers.has(id);
  }

  /** Where the peer is dialled; undefined where that is not known. */
  addressOf(peer: string): Address | undefined {
    return this.#peers.find(peer)?.member.address;
  }

  async drain(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.drain()));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Bytes that were sent to this client and have not left. */
  heldBytes(client: string): number {
    return this.#clients.unsentBytes(client);
  }

  /** What the certificate says that this client has shown; undefined without TLS. */
  identityOf(client: string): TlsIdentity | undefined {
    return this.#clients.identityOf(client);
  }

  /** While `on`, answers to this client go on, and its connection stays although it writes no more. */
  keepOpen(client: string, on: boolean): void {
    this.#clients.keep(client, on);
  }

  /** Says by which name the owner knows a client, for its share; returns why no more of that name may be connected. */
  name(client: string, name: string): string | undefined {
    return this.#clients.name(client, name);
  }

  /** The address that this client has; "" where it is gone. */
  hostOf(client: string): string {
    return this.#clients.hostOf(client);
  }

  /** What clients of one address or name may take together, wherever they connect. */
  get shares(): Shares {
    return this.#clients.shares;
  }

  /** Closes this client's connection once what was sent to it has left; nothing more of it is handed over. */
  end(client: string, reason: string): void {
    this.#clients.end(client, reason);
  }

  /** No more requests of clients are handed over in this turn of the event loop. */
  endTurn(): void {
    this.#clients.endTurn();
  }

  /** How things stand with each peer. */
  links(): readonly LinkStatus[] {
    return this.#peers.links;
  }

  get clientCount(): number {
    return this.#clients.count;
  }

  /** How often a connection was closed as there was no place for it. */
  get refusedCount(): number {
    return this.#clients.refusedCount;
  }

  /** Tells people, once it is open, why the process's own limit leaves room for fewer clients than clientsMax. */
  get scarcity(): string | undefined {
    const { clientsMax } = { ...DEFAULT_LIMITS, ...this.#options };
    const served = this.#clients.clientsMax;
    return served < clientsMax ? this.#descriptors?.said(served) : undefined;
  }

  /** All bytes that are held for clients, in and out. */
  get clientsBytes(): number {
    return this.#clients.heldBytes;
  }

  get #connections(): Connection[] {
    return [...this.#peers.connections, ...this.#clients.connections];
  }

  async #close(): Promise<void> {
    const opened = this.#handlers !== undefined;
    this.#handlers = undefined;
    if (!opened) return this.#listening.reject(new Error("closed before it was opened"));
    const free = this.#doors.close();
    this.#peers.stop();
    await within(CLOSE_MS_MAX, this.drain());
    for (const connection of this.#connections) connection.end("this node closes");
    await within(CLOSE_MS_MAX, free);
    this.#ticker.stop();
    for (const connection of this.#connections) connection.close("this node closes");
    await within(CLOSE_MS_MAX, free);
  }

  #onSocket(socket: Socket, door: Door): void {
    const identity = socket instanceof TLSSocket ? this.#options.tls?.identityOf(socket) : undefined;
    this.#clients.add(socket, { door, identity });
    this.#ticker.hurry();
  }

  /** Time passes. Returns whether nothing needs another look before the next heartbeats. */
  #tick(ms: number, beats: boolean): boolean {
    this.#peers.tick(ms, beats);
    // What has begun since the last tick is not charged for the time before it.
    this.#clients.tick(Math.min(ms, 2 * TICK_MS));
    this.#descriptors?.tick(ms);
    return this.#clients.count === 0 && this.#peers.isCalm;
  }

  #makeDescriptors(): Descriptors {
    return new Descriptors({
      ...this.#options.descriptors,
      peers: this.#peers.size,
      onRoom: (room) => this.#clients.resize(room),
      current: () => this.#clients.count,
      onShort: (reason) => this.#handlers?.onShort?.(reason),
    });
  }

  #makePeers(options: TcpOptions, refusals: Refusals): Peers {
    const { peers, random = unpredictable() } = options;
    return new Peers({
      me: options,
      peers,
      random,
      tls: options.tls,
      refusals,
      traffic: this.traffic,
      events: {
        onEnvelope: (envelope) => this.#handlers?.onEnvelope(envelope),
        onDropped: (reason) => this.#handlers?.onDropped(reason),
        onLink: (peer, up, reason, unreachedMs) => {
          this.#ticker.hurry();
          this.#handlers?.onLink?.(peer, up, reason, unreachedMs);
        },
        onUnreached: (peer, ms, reason) => this.#handlers?.onUnreached?.(peer, ms, reason),
        onArriving: (peer) => this.#handlers?.onArriving?.(peer),
        onHeard: () => this.#ticker.join(),
        onAddress: (peer, heard) => this.#handlers?.onAddress?.(peer, heard),
        onExpelled: (reason) => this.#handlers?.onExpelled?.(reason),
      },
    });
  }

  #makeClients(options: TcpOptions, refusals: Refusals): Clients {
    return new Clients({
      me: options.id,
      limits: { ...DEFAULT_LIMITS, ...options },
      refusals,
      admitsUnnamed: options.admitsUnnamed,
      isShared: options.isShared,
      knowsClients: options.knowsClients,
      handshakes: () => this.#doors,
      events: {
        isMember: (id) => id === options.id || this.#peers.has(id),
        onGreeting: (connection, greeting) => this.#peers.accept(connection, greeting),
        onEnvelope: (envelope) => this.#handlers?.onEnvelope(envelope),
        onDropped: (reason) => {
          // All that a client's connection drops is an answer that is too long.
          this.traffic.dropped.add("too_long");
          this.#handlers?.onDropped(reason);
        },
        onDrained: (client) => this.#handlers?.onDrained?.(client),
        onQuiet: (connection) => this.#handlers?.onQuiet?.(connection),
        onGone: (connection) => this.#handlers?.onGone?.(connection),
      },
    });
  }
}
