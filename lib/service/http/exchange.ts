/** One request over HTTP and its response: what handlers of routes read, and what they answer with. */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { topicsIn } from "./parameters.ts";
import { within } from "../../../transports/clock.ts";
import { NOT_UTF8 } from "../../core/codec.ts";
import type { Body } from "../../core/message.ts";
import type { Json } from "../../core/json.ts";
import { isTooDeep, VALUE_DEPTH_MAX } from "../../core/log/canonical.ts";
import { VALUE_BYTES_MAX } from "../../core/node.ts";
import { ESCAPED_BYTES } from "../../core/size.ts";
import type { LocalClient, LocalClients } from "../local_client.ts";
import type { HttpConnection } from "./connections.ts";
import { HTTP_ANSWER_MS_MAX, HTTP_BODY_BYTES_MAX } from "./limits.ts";
import type { Tellings } from "./handlers/tellings.ts";
import { Outflow, type OutflowEvents, type Sink } from "./outflow.ts";
import { Problem, PROBLEM_TYPE, problemOf, unknownClient } from "./problem.ts";
import { SerialSocket } from "./serial_socket.ts";

export const JSON_TYPE = "application/json";
export const NDJSON_TYPE = "application/x-ndjson";
export const SSE_TYPE = "text/event-stream";

/** What the HTTP server holds of it. */
interface Http {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface ExchangeOptions {
  readonly query: URLSearchParams;
  /** The parts of the path that the route names. */
  readonly params: Readonly<Record<string, string>>;
  readonly outflows: OutflowEvents;
  readonly tellings: Tellings;
  readonly connection: HttpConnection;
  readonly clients: LocalClients;
}

const nothing = () => {};

export class Exchange {
  readonly #options: ExchangeOptions;
  /** Undefined once the connection was taken from the HTTP server. */
  #http: Http | undefined;
  #onClosed = nothing;
  #outflow: Outflow | undefined;
  #client: LocalClient | undefined;
  /** The node knows who asks. */
  #isKnown = false;

  constructor(http: Http, options: ExchangeOptions) {
    this.#http = http;
    this.#options = options;
  }

  /** Of the response. */
  get status(): number {
    return this.#http?.response.statusCode ?? 200;
  }

  get tellings(): Tellings {
    return this.#options.tellings;
  }

  /** Whoever asks, as the node knows it. */
  get client(): LocalClient {
    return this.#client ??= this.#openClient();
  }

  param(name: string): string {
    return this.#options.params[name] ?? "";
  }

  /** Undefined where it is not given. */
  query(name: string): string | undefined {
    return this.#options.query.get(name) ?? undefined;
  }

  flag(name: string): boolean {
    const given = this.query(name);
    if (given === undefined || given === "false") return false;
    if (given === "true" || given === "") return true;
    throw new Problem(400, `the query's ${name} must be true or false, not ${JSON.stringify(given)}`);
  }

  /** Patterns of topics; undefined for the default one. */
  get topics(): readonly string[] | undefined {
    return topicsIn(this.#options.query);
  }

  header(name: string): string | undefined {
    const given = this.#ofHttp.request.headers[name];
    return Array.isArray(given) ? given.join(", ") : given;
  }

  /** Says who asks, where there is a token. Throws a Problem where the node does not know it. */
  async identify(): Promise<void> {
    const given = this.header("authorization");
    this.#isKnown = this.client.identity !== undefined && this.client.identity.kind !== "none";
    if (given === undefined) return;
    const [, token] = /^Bearer +(\S+)$/i.exec(given) ?? [];
    if (token === undefined) throw unknownClient("the Authorization header must be: Bearer TOKEN");
    await this.ask({ type: "hello", token });
    this.#isKnown = true;
    const { excess } = this;
    if (excess !== undefined) throw new Problem(429, excess);
    this.spend();
  }

  /** What is asked counts once more for whoever asks. */
  spend(): void {
    this.#options.connection.spend(1, 0);
  }

  /** What is taken too much on behalf of whoever asks; undefined where nothing is. */
  get excess(): string | undefined {
    return this.#options.connection.excess;
  }

  /** Resolves to an answer that is none of an error. Throws a Problem. */
  async ask(body: Body): Promise<Body> {
    let answer: Body | undefined;
    const answered = this.client.ask(body).then((came) => void (answer = came), (error) => {
      throw new Problem(503, error.message);
    });
    await within(HTTP_ANSWER_MS_MAX, answered);
    if (answer === undefined) {
      throw new Problem(
        504,
        `the node has not answered within ${HTTP_ANSWER_MS_MAX / 1000} s: it may do so yet`,
      );
    }
    this.check(answer);
    return answer;
  }

  /** Throws a Problem where the answer is an error. */
  check(answer: Body): void {
    if (answer.type === "error") throw problemOf(answer, this.#isKnown);
  }

  /** The media type of the body, without its parameters. Throws a Problem where it is compressed. */
  get bodyType(): string {
    const encoding = this.header("content-encoding") ?? "identity";
    if (encoding !== "identity") {
      throw new Problem(415, `the Content-Encoding must be identity, not ${encoding}`);
    }
    return (this.header("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  }

  /** The body as it comes in. Throws a Problem where it breaks off, which is no fault of this node's. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const { request } = this.#ofHttp;
    request.once("error", nothing);
    try {
      for await (const chunk of request) yield chunk;
    } catch {
      throw new Problem(400, "the body breaks off");
    }
  }

  /** The body as JSON. Throws a Problem. */
  async json(): Promise<Json> {
    if (this.bodyType !== JSON_TYPE) throw wrongType(this.bodyType, JSON_TYPE);
    return parsed(await this.#text(), "the body");
  }

  send(status: number, type: string, text: string, headers: Readonly<Record<string, string>> = {}): void {
    const length = { "content-length": String(Buffer.byteLength(text)) };
    this.#ofHttp.response.writeHead(status, { "content-type": type, ...length, ...headers }).end(text);
  }

  sendJson(value: unknown): void {
    this.send(200, JSON_TYPE, `${JSON.stringify(value)}\n`);
  }

  sendNothing(): void {
    this.#ofHttp.response.writeHead(204).end();
  }

  /**
   * Begins a response that goes on. `alive`: what is written where nothing else was for long, as a sign of life. `isEndless`:
   * it ends where one of the two goes.
   */
  stream(type: string, alive: string, isEndless: boolean): Outflow {
    const headers = { "content-type": type, "cache-control": "no-store", "x-accel-buffering": "no" };
    const sink = isEndless ? this.#takeOver(headers) : this.#begin(headers);
    return this.#outflow = new Outflow(sink, alive, this.#options.outflows);
  }

  /** `run` is called once the response has left, or never will. Throws a Problem where that is known already. */
  onClosed(run: () => void): void {
    const { request, response } = this.#ofHttp;
    if (request.socket.destroyed) throw nobodyWaits();
    this.#onClosed = run;
    response.once("close", () => {
      if (this.#http !== undefined) run();
    });
  }

  /** Answers with what went wrong; where the response has begun, all that is left is to end it. */
  fail({ status, text, headers }: Problem): void {
    if (this.#http === undefined) return this.#outflow?.destroy();
    const { response, request } = this.#http;
    if (response.headersSent) return void response.destroy();
    // What is left of the body is not read.
    const closes = !request.complete && { connection: "close" };
    this.send(status, PROBLEM_TYPE, `${text}\n`, { ...headers, ...closes });
  }

  #begin(headers: Readonly<Record<string, string>>): Sink {
    const { response } = this.#ofHttp;
    response.writeHead(200, headers).flushHeaders();
    return response;
  }

  /** What has no end need not show whether it is whole: behind its head the HTTP server, and all that it holds, is of no use. */
  #takeOver(headers: Readonly<Record<string, string>>): Sink {
    const { request: { socket }, response } = this.#ofHttp;
    if (!(socket instanceof SerialSocket) || socket.isOver) throw nobodyWaits();
    this.#http = undefined;
    const bare = socket.release({ ...response.getHeaders(), ...headers });
    this.#options.connection.release(bare);
    bare.once("close", () => this.#onClosed());
    return bare;
  }

  get #ofHttp(): Http {
    if (this.#http === undefined) throw new Error("its response goes on without HTTP");
    return this.#http;
  }

  #openClient(): LocalClient {
    const { clients, connection } = this.#options;
    const { host, identity } = connection;
    return connection.client = clients.open({ host, identity, heldBytes: () => this.#held });
  }

  get #held(): number {
    return this.#outflow === undefined ? 0 : this.#options.outflows.heldFor(this.#outflow);
  }

  /** The exchange is over. */
  close(): void {
    this.#client?.close("the request is over");
  }

  async #text(): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of this.chunks()) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > HTTP_BODY_BYTES_MAX) {
        throw new Problem(413, `the body is over ${HTTP_BODY_BYTES_MAX} bytes; NDJSON may be longer`);
      }
    }
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
    } catch {
      throw new Problem(400, "the body is no UTF-8");
    }
  }
}

function nobodyWaits(): Problem {
  return new Problem(503, "nobody waits for the answer any longer");
}

/** Throws a Problem that begins with `what`. */
export function parsed(text: string, what: string): Json {
  const value = parsedJson(text, what);
  // It may be an array of values. JSON.stringify would run out of stack.
  if (isTooDeep(value, VALUE_DEPTH_MAX + 1)) {
    throw new Problem(400, `${what} is nested too deep: a value may be nested ${VALUE_DEPTH_MAX} deep`);
  }
  return value;
}

function parsedJson(text: string, what: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, `${what} is ${text.startsWith(NOT_UTF8) ? "no UTF-8" : "not JSON"}`);
  }
}

/** The problem of a value that is too long to enter; undefined where it is not. */
export function lengthProblem(value: Json): Problem | undefined {
  const text = JSON.stringify(value);
  const isLong = ESCAPED_BYTES * text.length > VALUE_BYTES_MAX && Buffer.byteLength(text) > VALUE_BYTES_MAX;
  return isLong ? new Problem(413, `it is over ${VALUE_BYTES_MAX} bytes as JSON`) : undefined;
}

export function wrongType(given: string, ...wanted: readonly string[]): Problem {
  const said = given === "" ? "nothing" : given;
  return new Problem(415, `the Content-Type must be ${wanted.join(" or ")}, not ${said}`);
}
