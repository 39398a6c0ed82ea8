/** A serving node: the core on TCP, with its log, and what operators and clients may ask beside the protocol. */
import type { Body, Envelope } from "../core/message.ts";
import type { TcpTransport } from "../../transports/tcp/tcp.ts";
import { Running } from "./node/running.ts";
import { Self } from "./node/self.ts";
import { transportOf } from "./node/transport.ts";
import { UnackedAge } from "./node/unacked_age.ts";
import { Expiry } from "./expiry.ts";
import type { Access } from "./access/access.ts";
import { accessOf } from "./access/of_service.ts";
import { AllClients } from "./all_clients.ts";
import type { TokenEntry } from "./access/tokens.ts";
import type { HttpPort } from "./http/http_port.ts";
import { httpPort } from "./http/settings.ts";
import { LinkReports } from "./link_reports.ts";
import { Live } from "./live/live.ts";
import { Metrics } from "./metrics/metrics.ts";
import type { ServiceOptions } from "./options.ts";
import { Router } from "./router.ts";
import { type Ending, Standing } from "./node/standing.ts";
import { Watches } from "./watches.ts";
import { monotonicClock, runtimeTimer, unpredictable, within } from "../../transports/clock.ts";
import { atNextTurn } from "../../transports/next_turn.ts";
import { type Address, addressText } from "../../transports/address.ts";

/** A node that leaves and is not done by then stops all the same, ms: Docker waits for 10 s before it kills. */
export const LEAVE_MS_MAX = 8_000;

export type { ServiceOptions };

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
  readonly #reports: LinkReports;
  readonly #standing: Standing;
  readonly #metrics: Metrics;
  readonly #live: Live;
  readonly #http: HttpPort | undefined;
  readonly #running: Running;
  readonly #self: Self;

  constructor(options: ServiceOptions) {
    const { tls } = options;
    this.#options = options;
    this.#transport = transportOf(options);
    this.#metrics = this.#makeMetrics();
    this.#clients = this.#makeClients();
    this.#expiry = tls && new Expiry({ tls, logger: options.logger, clock: this.#clock });
    this.#reports = new LinkReports({
      ...options,
      clock: this.#clock,
      addressOf: (peer) => this.#transport.addressOf(peer),
    });
    this.#watches = this.#makeWatches();
    this.#access = accessOf(options, this.#clients, {
      clock: this.#clock,
      knowsNodes: this.#transport.isSecure,
      reply: (request, body) => this.#router.reply(request, body),
    });
    this.#live = this.#makeLive();
    this.#router = this.#makeRouter();
    this.#standing = this.#makeStanding();
    this.#running = new Running({
      ...options,
      random: this.#random,
      clock: this.#clock,
      init: () => this.#standing.init,
      onStorage: (fault) => this.#reports.onStorage(fault),
    });
    this.#self = this.#makeSelf();
    this.#http = this.#makeHttp();
  }

  /** Resolves once it is no member any longer: it is to be stopped. */
  get gone(): Promise<Ending> {
    return this.#standing.gone;
  }

  /** Opens; resolves to where it listens, and rejects with a sentence where it cannot. */
  async start(): Promise<Address> {
    const { store, logger } = this.#options;
    this.#running.open({
      transport: this.#router,
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
    }, this.#metrics.timed(store));
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
    this.#running.stop();
    this.#clients.local.closeAll("this node stops");
    await Promise.all([this.#http?.close(), this.#transport.close()]);
  }

  #makeSelf(): Self {
    return new Self({
      ...this.#options,
      clock: this.#clock,
      running: this.#running,
      standing: this.#standing,
      transport: this.#transport,
      unackedAge: this.#unackedAge,
      watches: this.#watches,
      reports: this.#reports,
      expiry: this.#expiry,
      http: () => this.#http,
    });
  }

  #makeStanding(): Standing {
    return new Standing({
      ...this.#options,
      random: this.#random,
      clock: this.#clock,
      transport: this.#transport,
      step: (event) => this.#running.step(event),
      status: () => this.#running.node.status,
      reply: (request, body) => this.#router.reply(request, body),
    });
  }

  #makeRouter(): Router {
    const { id, logger } = this.#options;
    return new Router({
      transport: this.#transport,
      clients: this.#clients,
      waits: () => this.#standing.waits,
      settled: () => this.#running.settled ?? true,
      handlers: new Map([
        ["watch", (request: Envelope, body: Body) => this.#watches.open(request, body)],
        ["unwatch", (request: Envelope, body: Body) => this.#watches.close(request, body)],
        ["status", (request: Envelope) => this.#router.reply(request, this.#statusFor(request))],
        ["reach", (request: Envelope) => this.#router.reply(request, this.#self.reach)],
        ["metrics", (request: Envelope) => this.#onMetrics(request)],
        ["join", (request: Envelope) => this.#standing.onJoin(request)],
      ]),
      peerHandlers: new Map(this.#live.peerHandlers),
      access: this.#access,
      requests: this.#metrics.requests,
      onSent: (peer, body) => this.#metrics.sent(peer, body),
      onHeard: (peer, body) => this.#metrics.heard(peer, body),
      events: {
        onLink: (peer: string, up: boolean, reason: string, unreachedMs?: number) => {
          this.#reports.onLink(peer, up, reason, unreachedMs);
          if (up) this.#running.step({ kind: "linked", peer });
        },
        onUnreached: (peer, ms, reason) => this.#reports.onUnreached(peer, ms, reason),
        onArriving: (peer: string) => this.#running.step({ kind: "arriving", peer }),
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

  #makeWatches(): Watches {
    return new Watches({
      take: (position, asked) => this.#running.node.takeBatch(position, asked),
      now: () => this.#running.node.position,
      ahead: (position) => this.#running.node.aheadOf(position),
      later: (ms, run) => void runtimeTimer(ms, run),
      nextTurn: atNextTurn,
      count: () => this.#running.node.status.values,
      settled: () => this.#running.settled ?? false,
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
      uptimeMs: () => this.#self.uptimeMs,
      waits: () => this.#standing.waits,
      status: () => this.#running.node.status,
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
      neighbours: () => this.#running.node.neighbours,
      status: () => this.#self.status,
      isReady: () => this.#http === undefined ? this.#standing.waits === undefined : this.#http.isReady,
    });
  }

  #makeLive(): Live {
    return new Live({
      ...this.#options,
      clock: this.#clock,
      waits: () => this.#standing.waits,
      view: () => this.#self.view,
      status: () => this.#running.node.status,
      topology: () => this.#running.node.topology,
      links: () => this.#transport.links(),
      send: (envelope) => this.#router.send(envelope),
    });
  }

  /** A client that may not change members is not told of the others either. */
  #statusFor(request: Envelope): Body {
    const { status } = this.#self;
    return this.#isToldAll(request) ? status : { ...status, members: [], peers: [] };
  }

  async #onMetrics(request: Envelope): Promise<void> {
    this.#router.reply(request, await this.#metrics.answer(this.#isToldAll(request)));
  }

  #isToldAll(request: Envelope): boolean {
    return this.#access === undefined || this.#access.isAdmin(request);
  }
}
