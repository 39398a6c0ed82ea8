/** The HTTP port of a node: takes connections, finds the route of each request, and bounds what all of them hold. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type Address, addressText } from "../../../transports/address.ts";
import { within } from "../../../transports/clock.ts";
import { codeOf } from "../../../transports/errno.ts";
import { OTHER } from "../../../transports/tcp/tally.ts";
import type { Shares } from "../../../transports/tcp/clients/shares.ts";
import { CLOSE_MS_MAX, UNCLASSIFIED_MAX } from "../../../transports/tcp/limits.ts";
import { Listener } from "../../../transports/tcp/listener.ts";
import { clientFault } from "../../../transports/tcp/tls/identity.ts";
import type { Tls } from "../../../transports/tcp/tls/tls.ts";
import type { LocalClients } from "../local_client.ts";
import type { Logger } from "../logger.ts";
import { type HttpConnection, HttpConnections } from "./connections.ts";
import { Exchange } from "./exchange.ts";
import { type Asked, Guard, SAFETY } from "./guard.ts";
import { Tellings } from "./handlers/tellings.ts";
import { HTTP_HEAD_BYTES_MAX, HTTP_TICK_MS, RETRY_AFTER_S } from "./limits.ts";
import { Outflows } from "./outflows.ts";
import { checkQuery } from "./parameters.ts";
import { Problem } from "./problem.ts";
import type { HttpNode, Route } from "./route.ts";
import { match } from "./routes.ts";
import { SerialSocket } from "./serial_socket.ts";

export interface HttpPortOptions {
  readonly listen: Address;
  /** Origins whose pages may ask: "https://example.org", or "*" for all. */
  readonly origins: readonly string[];
  /** Absent: without TLS. */
  readonly tls?: Tls | undefined;
  readonly connectionsMax: number;
  readonly node: HttpNode;
  readonly clients: LocalClients;
  readonly shares: Shares;
  readonly isMember: (id: string) => boolean;
  /** Otherwise everybody may do everything. */
  readonly knowsClients: boolean;
  readonly logger: Logger;
  /** A response has ended. `route`: as in the table; that, and the method, is OTHER where there is none. */
  readonly onAnswered: (method: string, route: string, status: number) => void;
  /** Takes what operators should know; each text about the same is said once. */
  readonly say: (about: string, text: string) => void;
}

interface Underway {
  readonly exchange: Exchange;
  readonly connection: HttpConnection;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: ReturnType<typeof targetOf>;
  readonly found: ReturnType<typeof match>;
}

const nothing = () => {};

export class HttpPort {
  readonly #options: HttpPortOptions;
  readonly #server: Server;
  readonly #listener: Listener;
  readonly #connections: HttpConnections;
  readonly #guard: Guard;
  readonly #outflows: Outflows;
  readonly #tellings = new Tellings();
  /** Requests that are not over. */
  #underway = 0;
  readonly #idle = Promise.withResolvers<void>();
  #isClosing = false;
  #at: Address | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor(options: HttpPortOptions) {
    const { listen, tls, shares, connectionsMax, origins, knowsClients, say } = options;
    this.#options = options;
    this.#outflows = new Outflows((text) => say("http held", text));
    this.#guard = new Guard(origins, listen.host, knowsClients);
    this.#connections = new HttpConnections(shares, connectionsMax);
    const serverOptions = { maxHeaderSize: HTTP_HEAD_BYTES_MAX, keepAliveTimeout: 0 };
    this.#server = createServer(serverOptions, (request, response) => {
      this.#underway += 1;
      this.#onRequest(request, response);
    });
    // Deno closes a connection after one request unless the server that answers it listens, which is left to the listener.
    Object.defineProperty(this.#server, "listening", { value: true });
    this.#server.on("clientError", (error, socket) => {
      const status = codeOf(error) === "HPE_HEADER_OVERFLOW"
        ? "431 Request Header Fields Too Large"
        : "400 Bad Request";
      socket.end(raw(status), () => socket.destroy());
    });
    this.#listener = new Listener(listen, {
      onSocket: (socket) => this.#onSocket(socket),
      onBegun: () => this.#shed(),
      onFailed: (host, reason) => say("handshakes", `${host} is refused over HTTP: ${reason}`),
    }, tls);
  }

  /** For status. */
  get usage() {
    const { count, refusedCount } = this.#connections;
    return { connections: count, refused: refusedCount, held_bytes: this.#outflows.heldBytes };
  }

  get isReady(): boolean {
    return this.#options.node.unready() === undefined;
  }

  /** Where it listens; undefined while it does not. */
  get at(): Address | undefined {
    return this.#at;
  }

  /** Resolves once it listens; rejects with a sentence. */
  async start(): Promise<void> {
    const { logger, say, node } = this.#options;
    const at = this.#at = await this.#listener.listen((reason) => say("http", reason));
    this.#ticker = setInterval(() => this.tick(HTTP_TICK_MS), HTTP_TICK_MS);
    logger.info(`HTTP is spoken at ${addressText(at)}`, { node: node.id, ...at });
  }

  /** Takes no more connections; what goes on ends, and what was answered leaves. */
  async close(): Promise<void> {
    if (this.#at === undefined) return;
    clearInterval(this.#ticker);
    const free = this.#listener.close();
    this.#outflows.endAll();
    this.#isClosing = true;
    if (this.#underway > 0) await within(CLOSE_MS_MAX, this.#idle.promise);
    this.#connections.endAll();
    await within(CLOSE_MS_MAX, free);
    this.#connections.closeAll();
    await free;
  }

  /** Time passes, ms. */
  tick(ms: number): void {
    this.#connections.tick(ms);
    this.#outflows.tick(ms);
  }

  // The runtime's own HTTP servers do not show certificates everywhere; whoever takes connections apart from them sees them.
  #onSocket(taken: Socket): void {
    const { tls, say } = this.#options;
    taken.on("error", nothing);
    const identity = taken instanceof TLSSocket ? tls?.identityOf(taken) : undefined;
    const socket = new SerialSocket(taken).on("error", nothing);
    const full = this.#connections.add(taken, socket, identity);
    if (full !== undefined) {
      say("http connections", full);
      return void socket.end(
        raw("503 Service Unavailable", `Retry-After: ${RETRY_AFTER_S}\r\n`),
        () => socket.destroy(),
      );
    }
    this.#server.emit("connection", socket);
  }

  /** Whoever does not end its handshake must not take all places. */
  #shed(): void {
    const { handshakes } = this.#listener;
    if (handshakes !== undefined && handshakes.count > UNCLASSIFIED_MAX) handshakes.closeOldest();
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.find(request.socket);
    if (connection === undefined) {
      response.destroy();
      return this.#end();
    }
    connection.begin(request);
    if (request.socket.destroyed) {
      connection.end();
      return this.#end();
    }
    for (const [name, value] of Object.entries(SAFETY)) response.setHeader(name, value);
    const target = targetOf(request);
    const found = match(request.method ?? "", target?.path ?? "");
    const params = "params" in found ? found.params : {};
    const query = target?.query ?? new URLSearchParams();
    const exchange = new Exchange({ request, response }, {
      query,
      params,
      outflows: this.#outflows,
      tellings: this.#tellings,
      connection,
      clients: this.#options.clients,
    });
    const route = "route" in found ? found.route : undefined;
    const handled = this.#handle({ exchange, connection, request, response, target, found });
    this.#answer(handled, exchange, connection, request.method ?? OTHER, route);
  }

  /** A watch may go on for days: what waits for it holds nothing that the server has of the request. */
  async #answer(
    handled: Promise<void>,
    exchange: Exchange,
    connection: HttpConnection,
    method: string,
    route: Route | undefined,
  ): Promise<void> {
    try {
      await handled;
    } catch (error) {
      exchange.fail(error instanceof Problem ? error : this.#bug(error));
    } finally {
      exchange.close();
      connection.end();
      this.#count(exchange, method, route);
      this.#end();
    }
  }

  /** A request is over. */
  #end(): void {
    this.#underway -= 1;
    if (this.#isClosing && this.#underway === 0) this.#idle.resolve();
  }

  /** Returns whether the request goes on; otherwise it is answered. Throws a Problem. */
  #admit(
    { excess, identity }: HttpConnection,
    request: IncomingMessage,
    response: ServerResponse,
    asked: Pick<Asked, "host" | "isOpen">,
  ): boolean {
    const { origin } = request.headers;
    const isPreflight = request.method === "OPTIONS";
    const headers = this.#guard.check({ ...asked, origin, isPreflight });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (isPreflight) response.writeHead(204).end();
    if (excess !== undefined) throw new Problem(429, excess);
    const fault = identity && clientFault(identity, this.#options.isMember, true);
    if (fault !== undefined) throw new Problem(403, fault);
    return !isPreflight;
  }

  async #handle({ exchange, connection, request, response, target, found }: Underway): Promise<void> {
    if (target === undefined) throw new Problem(400, "a request is for a path, or a URL, of one host");
    const isOpen = "route" in found && found.route.open === true;
    if (!this.#admit(connection, request, response, { host: target.host, isOpen })) return;
    if (!("route" in found)) throw notFound(found.methods);
    const { route }: { readonly route: Route } = found;
    if (!route.open) await exchange.identify();
    checkQuery(target.query, route.about.takes);
    // What it resolves to is awaited without this.
    return route.handle(exchange, this.#options.node);
  }

  #count({ status }: Exchange, method: string, route: Route | undefined): void {
    if (route === undefined) this.#options.onAnswered(OTHER, OTHER, status);
    else this.#options.onAnswered(method, route.path, status);
  }

  #bug(error: unknown): Problem {
    const text = error instanceof Error ? error.message : String(error);
    this.#options.logger.error(`a request over HTTP has failed: ${text}`);
    return new Problem(500, "this node could not answer, and says why in its log");
  }
}

/** What a request asks for, and of which host; undefined where it is no path and no URL, or there are several hosts. */
function targetOf({ url = "", headers, rawHeaders }: IncomingMessage) {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  const isPath = url.startsWith("/");
  const whole = isPath ? `http://node${url}` : url;
  if (hosts > 1 || !URL.canParse(whole)) return undefined;
  const { host, pathname, searchParams } = new URL(whole);
  // Whoever asks as one asks a proxy says in the URL whom it means, and not in the header.
  return { host: isPath ? headers.host : host, path: pathname, query: searchParams };
}

/** An answer where there is no request yet to answer. */
function raw(status: string, headers = ""): string {
  return `HTTP/1.1 ${status}\r\n${headers}Connection: close\r\nContent-Length: 0\r\n\r\n`;
}

function notFound(methods: readonly string[]): Problem {
  if (methods.length === 0) {
    return new Problem(404, "there is nothing here: /v1/openapi.json lists what there is");
  }
  const allow = methods.join(", ");
  return new Problem(405, `this takes ${methods.join(" or ")}`, { headers: { allow } });
}
