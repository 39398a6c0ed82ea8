/** All connections that are clients or still unclassified: which is which, how many there are, and how much they hold together. */
import type { Socket } from "node:net";
import type { Acknowledgements, Envelope } from "../../../lib/core/message.ts";
import { Client, type ClientEvents } from "./client.ts";
import { Connection } from "../connection.ts";
import { placesIn } from "../descriptors.ts";
import type { Opening } from "../greeting.ts";
import type { Door, Doors } from "../doors.ts";
import type { TlsIdentity } from "../tls/identity.ts";
import { KEEPALIVE_MS, type TcpLimits } from "../limits.ts";
import { HeldBytes } from "./held_bytes.ts";
import { Reception, type ReceptionEvents, type ReceptionOptions } from "./reception.ts";
import { Shares } from "./shares.ts";
import { Turn } from "./turn.ts";
import { isLoopback, limitedHost } from "../../address.ts";

export interface ClientsOptions extends ReceptionOptions {
  readonly me: string;
  readonly limits: TcpLimits;
  readonly events: ClientsEvents;
  /** Clients are known by name, sooner or later. */
  readonly knowsClients?: boolean | undefined;
  /** Whether all who come from an address share in one limit; by default all but loopback. */
  readonly isShared?: ((host: string) => boolean) | undefined;
  /** Connections whose TLS handshake is under way; none without TLS. */
  readonly handshakes?: () => Pick<Doors, "count" | "closeOldest">;
}

export interface Arrival {
  readonly door: Door;
  /** What the certificate says that was shown, over TLS. */
  readonly identity: TlsIdentity | undefined;
}

export interface ClientsEvents extends ReceptionEvents {
  onEnvelope(envelope: Envelope): void;
  onDropped(reason: string): void;
  onDrained(client: string): void;
  onQuiet(connection: string): void;
  onGone(connection: string): void;
}

export class Clients {
  readonly #options: ClientsOptions;
  readonly #events: ClientEvents;
  readonly #clients = new Map<number, Client>();
  /** Connections that have not said what they are, the oldest first. Any of them may be a peer. */
  readonly #unclassified = new Set<Client>();
  #places: { readonly clients: number; readonly unclassified: number };
  #refusedCount = 0;
  #lastNumber = 0;
  readonly #reception: Reception;
  readonly #held: HeldBytes;
  readonly #turn = new Turn();
  readonly shares: Shares;
  /** The client that was found last, and by which id. */
  #found: Client | undefined;
  #foundId = "";

  constructor(options: ClientsOptions) {
    const { events, refusals } = options;
    this.#options = options;
    this.#reception = new Reception(options);
    this.#held = this.#makeHeldBytes();
    this.#places = placesIn(Infinity, options.limits);
    this.shares = new Shares(options.limits);
    const turn = this.#turn;
    this.#events = {
      get isTurnOver() {
        return turn.isOver;
      },
      onSpent: ({ whose, excess }) => refusals.say(`excess ${whose}`, excess),
      onWaiting: (client) => turn.wait(client),
      onAnswered: (bytes) => turn.spend(bytes),
      strangerFault: (client) => this.#reception.strangerFault(client),
      admit: (client) => this.#admit(client),
      onOpening: (client, opening) => this.#onOpening(client, opening),
      isMember: (id) => events.isMember(id),
      onImpostor: ({ connection }, id) =>
        refusals.say("impostors", `a client at ${connection.host} calls itself ${id}`),
      onEnvelope: (envelope) => events.onEnvelope(envelope),
      onDropped: (reason) => events.onDropped(reason),
      onDrained: (id) => events.onDrained(id),
      onQuiet: ({ number }) => events.onQuiet(`${number}`),
      onMoved: (client) => this.#held.note(client),
      onClose: (client) => this.#onClose(client),
    };
  }

  /** Connections that are clients, or have not said what they are. */
  get count(): number {
    return this.#clients.size + this.#handshakeCount;
  }

  /** So many connections may be clients. */
  get clientsMax(): number {
    return this.#places.clients;
  }

  /** How often a connection was closed as there was no place for it. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  /** All bytes that are held for them, in and out. */
  get heldBytes(): number {
    return this.#held.total;
  }

  get connections(): Connection[] {
    return [...this.#clients.values()].map(({ connection }) => connection);
  }

  add(socket: Socket, arrival: Arrival): void {
    const client = this.#open(socket, arrival);
    this.#clients.set(client.number, client);
    this.#unclassified.add(client);
    this.#held.add(client);
    this.shed();
  }

  /** From now on there is room for `room` connections. */
  resize(room: number): void {
    this.#places = placesIn(room, this.#options.limits);
    this.shed();
  }

  send(envelope: Envelope): void {
    const { dest } = envelope;
    this.#find(dest)?.answer(dest, envelope);
  }

  acknowledge({ dest, requests }: Acknowledgements): void {
    this.#find(dest)?.acknowledge(dest, requests);
  }

  /** The bytes that were written to this client's connection and have not left. */
  unsentBytes(client: string): number {
    return this.#find(client)?.connection.unsentBytes ?? 0;
  }

  /** What the certificate says that this client has shown; undefined without TLS. */
  identityOf(client: string): TlsIdentity | undefined {
    return this.#find(client)?.connection.identity;
  }

  keep(client: string, on: boolean): void {
    this.#find(client)?.keep(on);
  }

  /** The client is known by this name, and shares what it takes with others of the name; or why it may not. */
  name(client: string, name: string): string | undefined {
    const found = this.#find(client);
    found?.know();
    return found && this.#share(found, `of ${name}`);
  }

  hostOf(client: string): string {
    return this.#find(client)?.connection.host ?? "";
  }

  end(client: string, reason: string): void {
    this.#find(client)?.connection.end(reason);
  }

  endTurn(): void {
    this.#turn.end();
  }

  tick(ms: number): void {
    this.shares.refill(ms);
    for (const client of [...this.#clients.values()]) {
      client.tick(ms);
      if (this.#options.knowsClients) client.tickStranger(ms);
    }
  }

  get #admittedCount(): number {
    return this.#clients.size - this.#unclassified.size;
  }

  #makeHeldBytes(): HeldBytes {
    const { limits, refusals } = this.#options;
    return new HeldBytes(limits.clientsBytesMax, ({ connection }, reason) => {
      refusals.say("over quota", `a client at ${connection.host} is closed: ${reason}`);
      connection.close(reason);
    });
  }

  #open(socket: Socket, { identity, door }: Arrival): Client {
    const { me, limits } = this.#options;
    const number = ++this.#lastNumber;
    const connection = new Connection(socket, {
      onLine: (line) => client.onLine(line),
      onOverlong: (bytes) => client.onOverlong(bytes),
      onChunk: () => client.onChunk(),
      onDrained: () => client.onDrained(),
      onEnd: () => client.onEnd(),
      onClose: () => client.onClose(),
      onTls: () => this.#reception.refuseTls(connection),
    }, identity);
    const client: Client = new Client({
      ...{ me, number, door, connection, limits, events: this.#events },
    });
    connection.keepAlive(KEEPALIVE_MS);
    return client;
  }

  #admit(client: Client): string | undefined {
    const { refusals } = this.#options;
    const { clients } = this.#places;
    if (this.#admittedCount >= clients) {
      this.#refusedCount += 1;
      refusals.say("clients", `${clients} clients are connected: no more`);
      return "too many connections";
    }
    refusals.forget("clients");
    const { host } = client.connection;
    const { isShared = (host) => !isLoopback(host) } = this.#options;
    const full = isShared(host) ? this.#share(client, `from ${limitedHost(host)}`) : undefined;
    if (full === undefined) this.#unclassified.delete(client);
    return full;
  }

  #share(client: Client, whose: string): string | undefined {
    const share = this.shares.join(whose);
    if (typeof share !== "string") {
      client.parts.add(share);
      return undefined;
    }
    this.#refusedCount += 1;
    this.#options.refusals.say(`connections ${whose}`, share);
    return share;
  }

  get #handshakeCount(): number {
    return this.#options.handshakes?.()?.count ?? 0;
  }

  /** Closes the latest clients, and of the unclassified connections the oldest, as a peer would have greeted by then. */
  shed(): void {
    const { clients, unclassified } = this.#places;
    while (this.#admittedCount > clients) {
      this.#close(this.#latest, "clients", `there is room for ${clients} clients: the latest are closed`);
    }
    const reason = `${
      clients + unclassified
    } connections are open: the one that has said nothing for longest is closed`;
    while (this.count > clients + unclassified) {
      const [oldest] = this.#unclassified;
      const isDone = this.#options.handshakes?.()?.closeOldest() ?? false;
      this.#close(isDone ? undefined : oldest, "unclassified", reason);
    }
  }

  /** The client that was admitted last. */
  get #latest(): Client | undefined {
    return [...this.#clients.values()].findLast((client) => !this.#unclassified.has(client));
  }

  #close(client: Client | undefined, kind: string, reason: string): void {
    this.#refusedCount += 1;
    this.#options.refusals.say(kind, reason);
    client?.connection.close("too many connections");
  }

  #onOpening(client: Client, opening: Opening): void {
    if (this.#reception.handOver(client, opening)) this.#forget(client);
  }

  #onClose(client: Client): void {
    const { isClient, number } = client;
    this.#forget(client);
    if (isClient) this.#options.events.onGone(`${number}`);
  }

  #forget(client: Client): void {
    this.#turn.leave(client);
    for (const share of client.parts.leave()) this.shares.leave(share);
    this.#found = undefined;
    this.#clients.delete(client.number);
    this.#unclassified.delete(client);
    this.#held.forget(client);
  }

  /** Most that is asked after is the one that was asked after last. */
  #find(id: string): Client | undefined {
    if (id === this.#foundId && this.#found !== undefined) return this.#found;
    const at = id.lastIndexOf("#");
    this.#foundId = id;
    this.#found = at === -1 ? undefined : this.#clients.get(Number(id.slice(at + 1)));
    return this.#found;
  }
}
