/** All connections that are clients, or may turn out to be: how many, how much they hold together, who is who. */
import type { Socket } from "node:net";
import type { Envelope } from "../../../lib/core/message.ts";
import { Client, type ClientEvents } from "./client.ts";
import { Connection } from "../connection.ts";
import { placesIn } from "../descriptors.ts";
import { encodeRefusal, type Greeting, type Opening, type Refusals } from "../greeting.ts";
import { GREETING_BYTES_MAX, KEEPALIVE_MS, type TcpLimits } from "../limits.ts";
import { Turn } from "./turn.ts";

export interface ClientsOptions {
  readonly me: string;
  readonly limits: TcpLimits;
  readonly refusals: Refusals;
  readonly events: ClientsEvents;
}

export interface ClientsEvents {
  isMember(id: string): boolean;
  /** A node greets. Returns why it is refused; else the connection has been taken over. */
  onGreeting(connection: Connection, greeting: Greeting): string | undefined;
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
  /** Who has not said yet what it is, the oldest first. Any of them may be a peer. */
  readonly #newcomers = new Set<Client>();
  #places: { readonly clients: number; readonly newcomers: number };
  #refusedCount = 0;
  /** What is held for each, as counted in #heldBytes. */
  readonly #held = new Map<Client, number>();
  #heldBytes = 0;
  #lastNumber = 0;
  readonly #turn = new Turn();

  constructor(options: ClientsOptions) {
    const { events, refusals } = options;
    this.#options = options;
    this.#places = placesIn(Infinity, options.limits);
    const turn = this.#turn;
    this.#events = {
      get isTurnOver() {
        return turn.isOver;
      },
      onWaiting: (client) => turn.wait(client),
      onAnswered: (bytes) => turn.spend(bytes),
      admit: (client) => this.#admit(client),
      onOpening: (client, opening) => this.#onOpening(client, opening),
      isMember: (id) => events.isMember(id),
      onPoser: ({ connection }, id) =>
        refusals.say("posers", `a client at ${connection.host} calls itself ${id}`),
      onEnvelope: (envelope) => events.onEnvelope(envelope),
      onDropped: (reason) => events.onDropped(reason),
      onDrained: (id) => events.onDrained(id),
      onQuiet: ({ number }) => events.onQuiet(`${number}`),
      onMoved: (client) => this.#onMoved(client),
      onClose: (client) => this.#onClose(client),
    };
  }

  /** Connections that are clients, or have not said what they are. */
  get count(): number {
    return this.#clients.size;
  }

  /** So many may be clients. */
  get clientsMax(): number {
    return this.#places.clients;
  }

  /** How often a connection was closed as there was no place for it. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  /** All that is held for them, in and out. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get connections(): Connection[] {
    return [...this.#clients.values()].map(({ connection }) => connection);
  }

  add(socket: Socket): void {
    const client = this.#open(socket);
    this.#clients.set(client.number, client);
    this.#newcomers.add(client);
    this.#onMoved(client);
    this.#shed();
  }

  /** From now on there are places for so many connections. */
  resize(room: number): void {
    this.#places = placesIn(room, this.#options.limits);
    this.#shed();
  }

  send(envelope: Envelope): void {
    const { dest } = envelope;
    this.#find(dest)?.answer(dest, dest.slice(0, dest.lastIndexOf("#")), envelope);
  }

  /** What has not left for this client, and others on its connection. */
  unsentBytes(client: string): number {
    return this.#find(client)?.connection.unsentBytes ?? 0;
  }

  keep(client: string, on: boolean): void {
    this.#find(client)?.keep(on);
  }

  endTurn(): void {
    this.#turn.end();
  }

  tick(ms: number): void {
    for (const client of [...this.#clients.values()]) client.tick(ms);
  }

  get #admittedCount(): number {
    return this.#clients.size - this.#newcomers.size;
  }

  #open(socket: Socket): Client {
    const { me, limits } = this.#options;
    const number = ++this.#lastNumber;
    const connection = new Connection(socket, {
      onLine: (line) => client.onLine(line),
      onOverlong: (bytes) => client.onOverlong(bytes),
      onChunk: () => client.onChunk(),
      onDrained: () => client.onDrained(),
      onEnd: () => client.onEnd(),
      onClose: () => client.onClose(),
    });
    const client: Client = new Client({ me, number, connection, limits, events: this.#events });
    connection.keepAlive(KEEPALIVE_MS);
    return client;
  }

  #admit(client: Client): boolean {
    const { refusals } = this.#options;
    const { clients } = this.#places;
    if (this.#admittedCount >= clients) {
      this.#refusedCount += 1;
      refusals.say("clients", `${clients} clients are connected: no more`);
      return false;
    }
    refusals.forget("clients");
    this.#newcomers.delete(client);
    return true;
  }

  /** Clients go first, the latest before the others; of who says nothing the oldest, as a peer has greeted by then. */
  #shed(): void {
    const { clients, newcomers } = this.#places;
    while (this.#admittedCount > clients) {
      this.#close(this.#latest, "clients", `there is room for ${clients} clients: the latest are closed`);
    }
    const reason = `${clients + newcomers} connections are open: who has said nothing for longest is closed`;
    while (this.#clients.size > clients + newcomers) {
      const [oldest] = this.#newcomers;
      this.#close(oldest, "newcomers", reason);
    }
  }

  /** Who was admitted last. */
  get #latest(): Client | undefined {
    return [...this.#clients.values()].findLast((client) => !this.#newcomers.has(client));
  }

  #close(client: Client | undefined, kind: string, reason: string): void {
    this.#refusedCount += 1;
    this.#options.refusals.say(kind, reason);
    client?.connection.close("too many connections");
  }

  #onOpening(client: Client, opening: Opening): void {
    const { connection } = client;
    if (opening.kind === "refusal") return connection.close(opening.reason);
    const fault = opening.kind === "greeting"
      ? this.#options.events.onGreeting(connection, opening.greeting)
      : "reason" in opening
      ? opening.reason
      : undefined;
    if (fault === undefined) return this.#forget(client);
    const who = opening.kind === "greeting" ? opening.greeting.id : "somebody";
    this.#options.refusals.say(`from ${who}`, `${who} at ${connection.host} is refused: ${fault}`);
    connection.write(encodeRefusal(fault), GREETING_BYTES_MAX);
    connection.end(fault);
  }

  #onMoved(client: Client): void {
    const before = this.#held.get(client);
    if (before === undefined && !this.#clients.has(client.number)) return;
    const now = client.heldBytes;
    this.#held.set(client, now);
    this.#heldBytes += now - (before ?? 0);
    while (this.#heldBytes > this.#options.limits.clientsBytesMax) this.#closeGreediest();
  }

  // Not who brings it over the limit: that is as likely a small client among large ones.
  #closeGreediest(): void {
    let [greediest, most] = [undefined as Client | undefined, -1];
    for (const [client, bytes] of this.#held) {
      if (bytes > most) [greediest, most] = [client, bytes];
    }
    if (greediest === undefined) return;
    const { connection } = greediest;
    const reason =
      `clients hold more than ${this.#options.limits.clientsBytesMax} bytes, and this one the most`;
    this.#options.refusals.say("hoarders", `a client at ${connection.host} is closed: ${reason}`);
    connection.close(reason);
  }

  #onClose(client: Client): void {
    const { isClient, number } = client;
    this.#forget(client);
    if (isClient) this.#options.events.onGone(`${number}`);
  }

  #forget(client: Client): void {
    this.#turn.leave(client);
    this.#clients.delete(client.number);
    this.#newcomers.delete(client);
    this.#heldBytes -= this.#held.get(client) ?? 0;
    this.#held.delete(client);
  }

  #find(client: string): Client | undefined {
    const at = client.lastIndexOf("#");
    return at === -1 ? undefined : this.#clients.get(Number(client.slice(at + 1)));
  }
}
