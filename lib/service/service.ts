/** A serving node: the core on TCP, with its log, and what operators and clients may ask beside the protocol. */
import type { Rule } from "../core/retention/rules.ts";
import type { Body, Envelope } from "../core/message.ts";
import { Node } from "../core/node.ts";
import type { Store } from "../store/store.ts";
import { drive, type DriveOptions, type Driver } from "../runtime/drive.ts";
import { driveDurably, type DurableDriver } from "../runtime/drive_durably.ts";
import { type TcpLimits, TcpTransport } from "../../transports/tcp/tcp.ts";
import { UnackedAge } from "./unacked_age.ts";
import { certified } from "./access/certified.ts";
import { Expiry } from "./expiry.ts";
import { Access } from "./access/access.ts";
import { AllClients } from "./all_clients.ts";
import type { TokenEntry } from "./access/tokens.ts";
import type { DiscoverySettings } from "./discovery/discovery.ts";
import type { HttpPort } from "./http/http_port.ts";
import { filesBesideHttp, httpPort, type HttpSettings } from "./http/settings.ts";
import { LinkReports } from "./link_reports.ts";
import { Live } from "./live/live.ts";
import { ownView } from "./live/own_view.ts";
import type { Logger } from "./logger.ts";
import { Metrics } from "./metrics/metrics.ts";
import { Router } from "./router.ts";
import { type Ending, Standing } from "./standing.ts";
import { reachOf, readiness, type Status, statusOf } from "./status.ts";
import { processUsage } from "./usage.ts";
import { Watches } from "./watches.ts";
import { Refusals } from "../../transports/tcp/greeting.ts";
import { ANSWER_BYTES_MAX } from "../../transports/tcp/limits.ts";
import type { Tls } from "../../transports/tcp/tls/tls.ts";
import { monotonicClock, runtimeTimer, within } from "../../transports/clock.ts";
import { unpredictable } from "../../transports/entropy.ts";
import { type Address, addressText } from "../../transports/address.ts";

/** A node that leaves and is not done by then stops all the same, ms: Docker waits for 10 s before it kills. */
export const LEAVE_MS_MAX = 8_000;

export interface ServiceOptions {
  readonly id: string;
  readonly cluster: string;
  readonly version: string;
  readonly listen: Address;
  /** Where clients connect, if not there. */
  readonly clientListen?: Address | undefined;
  /** Limits that are not what they are by default. */
  readonly limits?: Partial<TcpLimits>;
  /** Where the other members listen. */
  readonly peers: ReadonlyMap<string, Address>;
  /** How members are found; absent where they are given. */
  readonly discovery?: DiscoverySettings | undefined;
  /** Its owner closes it. */
  readonly store: Store;
  readonly logger: Logger;
  readonly deliveryBudgetMs?: number;
  /** Where it is spoken to over HTTP; absent: nowhere. */
  readonly http?: HttpSettings | undefined;
  /** By default all is kept, but for what is built in [G1]. */
  readonly retain?: readonly Rule[];
  /** Clients are known by these, or by a certificate; absent: everybody may do everything. */
  readonly tokens?: readonly TokenEntry[] | undefined;
  /** Absent: without TLS. Its owner reads the files again. */
  readonly tls?: Tls | undefined;
}

export class Service {
  readonly #options: ServiceOptions;
  readonly #clock = monotonicClock();
  readonly #random = unpredictable();
  readonly #transport: TcpTransport;
  readonly #router: Router;
  readonly #clients: AllClients;
  readonly #watches: Watches;
  readonly #access: Access | undefined;
  readonly #expiry: Expiry | undefined;
  readonly #unackedAge = new UnackedAge();
  readonly #startedAt = this.#clock();
  readonly #reports: LinkReports;
  readonly #standing: Standing;
  readonly #metrics: Metrics;
  readonly #live: Live;
  readonly #http: HttpPort | undefined;
  #incarnation: number;
  #node: Node;
  #driver: Driver | undefined;
  /** The same, where there is a log. */
  #durable: DurableDriver | undefined;

  constructor(options: ServiceOptions) {
    const { id, cluster, listen, peers, store, tls, tokens } = options;
    this.#options = options;
    this.#incarnation = store.incarnation;
    this.#transport = new TcpTransport({
      ...{ id, cluster, incarnation: store.incarnation, listen, peers },
      ...options.limits,
      clientListen: options.clientListen,
      knowsClients: (tokens ?? tls) !== undefined,
      // Whoever shows no certificate may have a token.
      ...tls && { tls, admitsUnnamed: tokens !== undefined },
      ...options.http && { descriptors: { files: filesBesideHttp() } },
    });
    this.#metrics = this.#makeMetrics();
    this.#clients = this.#makeClients();
    this.#expiry = tls && new Expiry({ tls, logger: options.logger, clock: this.#clock });
    this.#reports = new LinkReports({
      ...options,
      clock: this.#clock,
      addressOf: (peer) => this.#transport.addressOf(peer),
    });
    this.#watches = this.#makeWatches();
    this.#access = this.#makeAccess();
    this.#live = this.#makeLive();
    this.#router = this.#makeRouter();
    this.#standing = this.#makeStanding();
    this.#node = this.#makeNode();
    this.#http = this.#makeHttp();
  }

  /** Resolves once it is no member any longer: it is to be stopped. */
  get gone(): Promise<Ending> {
    return this.#standing.gone;
  }

  /** Opens; resolves to where it listens, and rejects with a sentence where it cannot. */
  async start(): Promise<Address> {
    const { store, logger } = this.#options;
    const options: DriveOptions & { readonly clock: () => number } = {
      node: this.#node,
      gathers: true,
      transport: this.#router,
      clock: this.#clock,
      onDeliver: (runs, now) => {
        this.#unackedAge.note(runs, now);
        this.#metrics.delivered(runs, now);
        if (this.#http !== undefined) this.#live.note(runs, now);
      },
      onSettled: () => this.#watches.serveAll(),
      onDropped: (reason, isOfNode) => {
        if (isOfNode) this.#transport.traffic.dropped.add("refused");
        this.#reports.onDropped(reason);
      },
      onNotice: (text) => logger.warn(text, { node: this.#options.id }),
      onMembers: (members, news) => this.#standing.onMembers(members, news),
      onGone: (reason) => this.#standing.onGone(reason),
    };
    if (store.durable) this.#durable = this.#driveDurably(options);
    this.#driver = this.#durable ?? drive(options);
    this.#standing.open();
    this.#expiry?.start();
    if (this.#http !== undefined) this.#metrics.start();
    const at = await this.#transport.listening;
    await this.#http?.start();
    if (this.#options.clientListen !== undefined) {
      const clientsAt = await this.#transport.clientsListening;
      logger.info(`clients connect at ${addressText(clientsAt)}`, { node: this.#options.id, ...clientsAt });
    }
    const { scarcity } = this.#transport;
    if (scarcity !== undefined) logger.info(scarcity, { node: this.#options.id });
    this.#standing.listens(at);
    return at;
  }

  /** Where HTTP is spoken, once it has started; undefined where nowhere. */
  get httpAt(): Address | undefined {
    return this.#http?.at;
  }

  /** From now on, clients are known by these tokens. Returns whether they are others than before. */
  setTokens(tokens: readonly TokenEntry[]): boolean {
    return this.#access?.setTokens(tokens) ?? false;
  }

  /** Leaves the cluster. Resolves once others hold all that it holds, or to why it could not. */
  async leave(): Promise<string | undefined> {
    let fault: string | undefined = `it has not handed over all within ${LEAVE_MS_MAX / 1000} s`;
    const answered = this.#clients.local.openOwn().ask({ type: "leave" }).then((answer) => {
      fault = answer.type === "leave_ok" ? undefined : String(answer["text"]);
    });
    await within(LEAVE_MS_MAX, answered);
    return fault;
  }

  /** Once this resolves, all acknowledgements have left, or never can. */
  async stop(): Promise<void> {
    this.#standing.stop();
    this.#expiry?.stop();
    this.#metrics.stop();
    this.#live.stop();
    this.#driver?.stop();
    this.#clients.local.closeAll("this node stops");
    await Promise.all([this.#http?.close(), this.#transport.close()]);
  }

  #makeNode(): Node {
    const { store, deliveryBudgetMs, retain = [] } = this.#options;
    const node = new Node({
      random: this.#random,
      incarnation: this.#incarnation,
      entries: store,
      durable: store.durable,
      readCharsMax: ANSWER_BYTES_MAX,
      retain,
      ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
    });
    // In a later life within this process; in the first one it is told by its driver.
    const { init } = this.#standing;
    if (init !== undefined) node.step(init, this.#clock());
    return node;
  }

  #makeStanding(): Standing {
    return new Standing({
      ...this.#options,
      random: this.#random,
      clock: this.#clock,
      transport: this.#transport,
      step: (event) => this.#driver?.step(event),
      status: () => this.#node.status,
      reply: (request, body) => this.#router.reply(request, body),
    });
  }

  /** A later life begins when the log could not take an entry. */
  #driveDurably(options: DriveOptions & { readonly clock: () => number }): DurableDriver {
    return driveDurably({
      ...options,
      store: this.#metrics.timed(this.#options.store),
      makeNode: (incarnation) => {
        this.#incarnation = incarnation;
        return this.#node = this.#makeNode();
      },
      onStorage: (fault) => this.#reports.onStorage(fault),
    });
  }

  // Requests and events beside the protocol.

  #makeRouter(): Router {
    const { id, logger } = this.#options;
    return new Router({
      transport: this.#transport,
      clients: this.#clients,
      waits: () => this.#standing.waits,
      settled: () => this.#driver?.settled ?? true,
      handlers: new Map([
        ["watch", (request: Envelope, body: Body) => this.#watches.open(request, body)],
        ["unwatch", (request: Envelope, body: Body) => this.#watches.close(request, body)],
        ["status", (request: Envelope) => this.#router.reply(request, this.#statusFor(request))],
        ["reach", (request: Envelope) => this.#router.reply(request, this.#reach())],
        ["metrics", (request: Envelope) => this.#onMetrics(request)],
        ["join", (request: Envelope) => this.#standing.onJoin(request)],
      ]),
      peerHandlers: new Map(this.#live.peerHandlers),
      access: this.#access,
      requests: this.#metrics.requests,
      onHeard: (peer, body) => this.#metrics.heard(peer, body),
      events: {
        onLink: (peer: string, up: boolean, reason: string, unreachedMs?: number) => {
          this.#reports.onLink(peer, up, reason, unreachedMs);
          if (up) this.#driver?.step({ kind: "linked", peer });
        },
        onUnreached: (peer, ms, reason) => this.#reports.onUnreached(peer, ms, reason),
        onArriving: (peer: string) => this.#driver?.step({ kind: "arriving", peer }),
        onAddress: (peer, heard) => this.#standing.onAddress(peer, heard),
        onExpelled: (reason: string) => this.#standing.onExpelled(reason),
        onRefused: (reason: string) => logger.warn(`refused: ${reason}`, { node: id }),
        onShort: (reason: string) =>
          logger.error("no more files can be opened, so clients are closed until they can", {
            node: id,
            reason,
          }),
        onDrained: (client: string) => this.#watches.serve(client),
        onQuiet: (connection: string) => this.#watches.ping(connection),
        onGone: (connection: string) => this.#onGone(connection),
      },
    });
  }

  #makeClients(): AllClients {
    return new AllClients(this.#options.id, this.#transport, {
      onEnvelope: (envelope) => this.#router.receive(envelope),
      onDrained: (client) => this.#watches.serve(client),
      onGone: (connection) => this.#onGone(connection),
    });
  }

  /** A client's connection is gone. */
  #onGone(connection: string): void {
    this.#watches.gone(connection);
    this.#access?.gone(connection);
  }

  #makeAccess(): Access | undefined {
    // Over TLS whoever shows no certificate is nobody.
    const { id, tls, tokens = tls && [], logger } = this.#options;
    const said = new Refusals((text) => logger.warn(text, { node: id }));
    return tokens && new Access({
      tokens,
      clock: this.#clock,
      knowsNodes: this.#transport.isSecure,
      name: (client, name) => this.#clients.name(client, name),
      certified: (client) => certified(this.#clients.identityOf(client)),
      hostOf: (client) => this.#clients.hostOf(client),
      reply: (request, body) => this.#router.reply(request, body),
      end: (client, reason) => this.#clients.end(client, reason),
      say: (about, text) => said.say(about, text),
    });
  }

  #makeWatches(): Watches {
    return new Watches({
      take: (position, asked) => this.#node.takeBatch(position, asked),
      now: () => this.#node.position,
      ahead: (position) => this.#node.aheadOf(position),
      later: (ms, run) => void runtimeTimer(ms, run),
      count: () => this.#node.status.values,
      settled: () => this.#driver?.settled ?? false,
      heldBytes: (client) => this.#clients.heldBytes(client),
      keepOpen: (client, on) => this.#clients.keepOpen(client, on),
      reply: (request, body) => this.#router.reply(request, body),
    });
  }

  #makeHttp(): HttpPort | undefined {
    return httpPort(this.#options.http, {
      ...this.#options,
      transport: this.#transport,
      clients: this.#clients.local,
      uptimeMs: () => this.#clock() - this.#startedAt,
      waits: () => this.#standing.waits,
      status: () => this.#node.status,
      onAnswered: (method, route, status) => this.#metrics.responded(method, route, status),
      live: this.#live,
      access: this.#access,
    });
  }

  #makeMetrics(): Metrics {
    return new Metrics({
      ...this.#options,
      clock: this.#clock,
      traffic: this.#transport.traffic,
      neighbours: () => this.#node.neighbours,
      status: () => this.#status(),
      isReady: () => this.#http === undefined ? this.#standing.waits === undefined : this.#http.isReady,
    });
  }

  #makeLive(): Live {
    return new Live({
      ...this.#options,
      clock: this.#clock,
      waits: () => this.#standing.waits,
      view: () => this.#view(),
      status: () => this.#node.status,
      topology: () => this.#node.topology,
      links: () => this.#transport.links(),
      send: (envelope) => this.#router.send(envelope),
    });
  }

  #view() {
    const { sent, received } = this.#transport.traffic;
    return ownView({
      version: this.#options.version,
      uptimeMs: this.#clock() - this.#startedAt,
      storage: this.#durable?.storage ?? "memory",
      node: this.#node.status,
      watchers: this.#watches.count,
      links: this.#transport.links(),
      counts: [sent.seen, received.seen],
    });
  }

  /** A client that may not change members is not told of the others either. */
  #statusFor(request: Envelope): Body {
    const status = this.#status();
    return this.#isToldAll(request) ? status : { ...status, members: [], peers: [] };
  }

  #reach(): Body {
    return reachOf(this.#transport.links(), this.#standing.waits);
  }

  async #onMetrics(request: Envelope): Promise<void> {
    this.#router.reply(request, await this.#metrics.answer(this.#isToldAll(request)));
  }

  #isToldAll(request: Envelope): boolean {
    return this.#access === undefined || this.#access.isAdmin(request);
  }

  #status(): Status {
    const { id, cluster, version } = this.#options;
    const now = this.#clock();
    return statusOf({
      head: {
        ...{ id, cluster, version, incarnation: this.#incarnation },
        ...readiness(this.#standing.waits),
        uptime_ms: Math.round(now - this.#startedAt),
      },
      storage: this.#durable?.storage ?? "memory",
      node: this.#node.status,
      links: this.#transport.links(),
      unackedAge: this.#unackedAge,
      clients: this.#transport.clientCount,
      clientsRefused: this.#transport.refusedCount,
      tls: this.#expiry?.status,
      watchers: this.#watches.count,
      http: this.#http?.usage,
      dropped: this.#reports.dropped,
      messages: { sent: this.#transport.traffic.sent.seen, received: this.#transport.traffic.received.seen },
      usage: processUsage(),
      now,
    });
  }
}
