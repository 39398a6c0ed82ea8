/** A serving node: the core on TCP, with its log, and what operators and clients may ask beside the protocol. */
import process from "node:process";
import type { Rule } from "../core/retention/rules.ts";
import type { Body, Envelope } from "../core/message.ts";
import { Node } from "../core/node.ts";
import type { Store } from "../store/store.ts";
import { drive, type DriveOptions, type Driver } from "../runtime/drive.ts";
import { driveDurably, type DurableDriver } from "../runtime/drive_durably.ts";
import { TcpTransport } from "../../transports/tcp/tcp.ts";
import { UnackedAge } from "./unacked_age.ts";
import { duration } from "./duration.ts";
import { Access } from "./access/access.ts";
import type { TokenEntry } from "./access/tokens.ts";
import { Router } from "./router.ts";
import { ThrottledReport } from "./throttled_report.ts";
import { statusOf } from "./status.ts";
import { Watches } from "./watches.ts";
import { Refusals } from "../../transports/tcp/greeting.ts";
import { ANSWER_BYTES_MAX } from "../../transports/tcp/limits.ts";
import { monotonicClock, runtimeTimer } from "../../transports/clock.ts";
import { unpredictable } from "../../transports/entropy.ts";
import { type Address, addressText } from "../../transports/address.ts";
import { messageOf } from "../../transports/errno.ts";

/** Dropped messages are logged at most this often as a warning; all of them are counted, and logged at level debug. */
export const DROPPED_SAID_EVERY_MS = 60_000;

/** Takes events for people: a text, and the facts in it. */
export interface Logger {
  debug(text: string, facts?: Record<string, unknown>): void;
  info(text: string, facts?: Record<string, unknown>): void;
  warn(text: string, facts?: Record<string, unknown>): void;
  error(text: string, facts?: Record<string, unknown>): void;
}

export interface ServiceOptions {
  readonly id: string;
  readonly cluster: string;
  readonly version: string;
  readonly listen: Address;
  /** Where the other members listen. */
  readonly peers: ReadonlyMap<string, Address>;
  /** Its owner closes it. */
  readonly store: Store;
  readonly logger: Logger;
  readonly deliveryBudgetMs?: number;
  /** By default all is kept, but for what is built in [G1]. */
  readonly retain?: readonly Rule[];
  /** Clients are known by these, or by a certificate; absent: everybody may do everything. */
  readonly tokens?: readonly TokenEntry[] | undefined;
}

export class Service {
  readonly #options: ServiceOptions;
  readonly #clock = monotonicClock();
  readonly #random = unpredictable();
  readonly #transport: TcpTransport;
  readonly #router: Router;
  readonly #watches: Watches;
  readonly #access: Access | undefined;
  readonly #unackedAge = new UnackedAge();
  readonly #startedAt = this.#clock();
  readonly #dropped: ThrottledReport;
  #incarnation: number;
  #node: Node;
  #driver: Driver | undefined;
  /** The same, where there is a log. */
  #durable: DurableDriver | undefined;

  constructor(options: ServiceOptions) {
    const { id, cluster, listen, peers, store } = options;
    this.#options = options;
    this.#incarnation = store.incarnation;
    this.#dropped = new ThrottledReport(
      DROPPED_SAID_EVERY_MS,
      (reason, unsaid) => this.#sayDropped(reason, unsaid),
    );
    this.#transport = new TcpTransport({ id, cluster, incarnation: store.incarnation, listen, peers });
    this.#watches = this.#makeWatches();
    this.#access = this.#makeAccess();
    this.#router = this.#makeRouter();
    this.#node = this.#makeNode();
  }

  /** Opens; resolves to where it listens, and rejects with a sentence where it cannot. */
  async start(): Promise<Address> {
    const { store, logger } = this.#options;
    const options: DriveOptions & { readonly clock: () => number } = {
      node: this.#node,
      transport: this.#router,
      clock: this.#clock,
      onDeliver: (runs, now) => this.#unackedAge.note(runs, now),
      onSettled: () => this.#watches.serveAll(),
      onDropped: (reason) => {
        logger.debug(`dropped: ${reason}`);
        this.#dropped.note(reason, this.#clock());
      },
      onNotice: (text) => logger.warn(text, { node: this.#options.id }),
    };
    if (store.durable) this.#durable = this.#driveDurably(options);
    this.#driver = this.#durable ?? drive(options);
    const at = await this.#transport.listening;
    const { scarcity } = this.#transport;
    if (scarcity !== undefined) logger.info(scarcity, { node: this.#options.id });
    return at;
  }

  /** From now on, clients are known by these tokens. Returns whether they are others than before. */
  setTokens(tokens: readonly TokenEntry[]): boolean {
    return this.#access?.setTokens(tokens) ?? false;
  }

  /** Once this resolves, all acknowledgements have left, or never can. */
  async stop(): Promise<void> {
    this.#driver?.stop();
    await this.#transport.close();
  }

  #makeNode(): Node {
    const { id, peers, store, deliveryBudgetMs, retain = [] } = this.#options;
    const node = new Node({
      random: this.#random,
      incarnation: this.#incarnation,
      entries: store,
      durable: store.durable,
      readCharsMax: ANSWER_BYTES_MAX,
      retain,
      ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
    });
    const init = { type: "init", node_id: id, node_ids: [id, ...peers.keys()] };
    node.step({ kind: "receive", envelope: { src: id, dest: id, body: init } }, this.#clock());
    return node;
  }

  /** A later life begins when the log could not take an entry. */
  #driveDurably(options: DriveOptions & { readonly clock: () => number }): DurableDriver {
    return driveDurably({
      ...options,
      store: this.#options.store,
      makeNode: (incarnation) => {
        this.#incarnation = incarnation;
        return this.#node = this.#makeNode();
      },
      onStorage: (fault) => this.#sayStorage(fault),
    });
  }

  #sayStorage(fault: unknown): void {
    const { logger } = this.#options;
    if (fault === undefined) logger.info("values are made safe again, and broadcasts are taken");
    else {
      logger.error("cannot make values safe, so broadcasts are refused until it works again", {
        text: messageOf(fault),
      });
    }
  }

  // Requests and events beside the protocol.

  #makeRouter(): Router {
    const { id, logger } = this.#options;
    return new Router({
      transport: this.#transport,
      settled: () => this.#driver?.settled ?? true,
      handlers: new Map([
        ["watch", (request: Envelope, body: Body) => this.#watches.open(request, body)],
        ["unwatch", (request: Envelope, body: Body) => this.#watches.close(request, body)],
        ["status", (request: Envelope) => this.#router.reply(request, this.#statusFor(request))],
      ]),
      access: this.#access,
      events: {
        onLink: (peer: string, up: boolean, reason: string, unreachedMs?: number) => {
          this.#sayLink(peer, up, reason, unreachedMs);
          if (up) this.#driver?.step({ kind: "linked", peer });
        },
        onUnreached: (peer: string, ms: number, reason: string) =>
          logger.warn(`${this.#named(peer)} has not been reached for ${duration(ms)}: ${reason}`, {
            node: id,
            peer,
          }),
        onArriving: (peer: string) => this.#driver?.step({ kind: "arriving", peer }),
        onRefused: (reason: string) => logger.warn(`refused: ${reason}`, { node: id }),
        onShort: (reason: string) =>
          logger.error("no more files can be opened, so clients are closed until they can", {
            node: id,
            reason,
          }),
        onDrained: (client: string) => this.#watches.serve(client),
        onQuiet: (connection: string) => this.#watches.ping(connection),
        onGone: (connection: string) => {
          this.#watches.gone(connection);
          this.#access?.gone(connection);
        },
      },
    });
  }

  #sayLink(peer: string, up: boolean, reason: string, unreachedMs?: number): void {
    const { id, logger } = this.#options;
    const what = unreachedMs !== undefined
      ? `linked to ${this.#named(peer)} after ${duration(unreachedMs)}`
      : up
      ? `linked to ${peer}`
      : `lost the link to ${peer}`;
    logger.info(what, { node: id, peer, reason });
  }

  #sayDropped(reason: string, unsaid: number): void {
    const { id, logger } = this.#options;
    logger.warn(`dropped: ${reason}`, { node: id, unsaid, dropped: this.#dropped.count });
  }

  /** A peer and its address, as the mistake may be in the address. */
  #named(peer: string): string {
    const address = this.#transport.addressOf(peer);
    return address === undefined ? peer : `${peer} at ${addressText(address)}`;
  }

  #makeAccess(): Access | undefined {
    const { id, tokens, logger } = this.#options;
    const said = new Refusals((text) => logger.warn(text, { node: id }));
    return tokens && new Access({
      tokens,
      clock: this.#clock,
      certified: () => undefined,
      hostOf: (client) => this.#transport.hostOf(client),
      reply: (request, body) => this.#router.reply(request, body),
      end: (client, reason) => this.#transport.end(client, reason),
      say: (about, text) => said.say(about, text),
    });
  }

  #makeWatches(): Watches {
    return new Watches({
      take: (position, asked) => this.#node.takeBatch(position, asked),
      later: (run) => void runtimeTimer(0, run),
      count: () => this.#node.status.values,
      settled: () => this.#driver?.settled ?? false,
      heldBytes: (client) => this.#transport.heldBytes(client),
      keepOpen: (client, on) => this.#transport.keepOpen(client, on),
      reply: (request, body) => this.#router.reply(request, body),
    });
  }

  /** Who may not change members is not told of the others either. */
  #statusFor(request: Envelope): Body {
    const status = this.#status();
    return this.#access === undefined || this.#access.isAdmin(request) ? status : { ...status, peers: [] };
  }

  #status(): Body {
    const { id, cluster, version } = this.#options;
    const now = this.#clock();
    return statusOf({
      head: {
        id,
        cluster,
        version,
        incarnation: this.#incarnation,
        uptime_ms: Math.round(now - this.#startedAt),
      },
      storage: this.#durable?.storage ?? "memory",
      node: this.#node.status,
      links: this.#transport.links(),
      unackedAge: this.#unackedAge,
      clients: this.#transport.clientCount,
      clientsRefused: this.#transport.refusedCount,
      watchers: this.#watches.count,
      dropped: this.#dropped.count,
      messages: { sent: this.#router.sent, received: this.#router.received },
      usage: { memory_bytes: process.memoryUsage.rss(), cpu_ms: cpuMs() },
      now,
    });
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1000);
}
