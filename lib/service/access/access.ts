/** The one place that decides who the client on each connection is, and whether it may do what it asks for [A1]. */
import {
  type Body,
  type Envelope,
  FORBIDDEN,
  MALFORMED_REQUEST,
  TEMPORARILY_UNAVAILABLE,
} from "../../core/message.ts";
import { faultOf, isHello } from "../../core/requests.ts";
import { utf8Length } from "../../core/keys/names.ts";
import { duration } from "../duration.ts";
import { connectionOf } from "../watches.ts";
import { ADMIN, type Identity, Rights } from "./rights.ts";
import { TOKEN_BYTES_MAX, type TokenEntry, Tokens, WrongTokens } from "./tokens.ts";

export interface AccessOptions {
  readonly tokens: readonly TokenEntry[];
  readonly clock: () => number;
  /** Where a client is known by its certificate, as that says. */
  readonly certified: (client: string) => Identity | undefined;
  /** Nodes must show certificates. */
  readonly knowsNodes: boolean;
  /** Takes the name of a client; returns why no more of that name may be connected. */
  readonly name: (client: string, name: string) => string | undefined;
  /** The address of a client. */
  readonly hostOf: (client: string) => string;
  readonly reply: (request: Envelope, body: Body) => void;
  /** Closes a client's connection once its answers have left. */
  readonly end: (client: string, reason: string) => void;
  /** Takes what operators should know. `about`: each text about the same is said once. */
  readonly say: (about: string, text: string) => void;
}

interface Known {
  /** Its first request, by which its other end is known. */
  readonly request: Envelope;
  readonly name: string;
  readonly rights: Rights;
  /** Undefined where it is known by its certificate. */
  readonly entry: TokenEntry | undefined;
}

export class Access {
  readonly #options: AccessOptions;
  readonly #wrong: WrongTokens;
  /** By connection. */
  readonly #known = new Map<string, Known>();
  #entries: readonly TokenEntry[];
  #tokens: Tokens;
  /** The client that asked last. */
  #lastId = "";
  #last: Known | undefined;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#wrong = new WrongTokens(options.clock);
    this.#entries = options.tokens;
    this.#tokens = new Tokens(options.tokens);
  }

  /**
   * From now on these are the tokens; returns whether they are others than before. Connections end whose token is gone
   * or has other rights, so that they say hello again [A4].
   */
  setTokens(entries: readonly TokenEntry[]): boolean {
    if (JSON.stringify(entries) === JSON.stringify(this.#entries)) return false;
    this.#entries = entries;
    this.#tokens = new Tokens(entries);
    const valid = new Set(entries.map(keyOf));
    for (const [connection, { request, entry }] of this.#known) {
      if (entry === undefined || valid.has(keyOf(entry))) continue;
      this.gone(connection);
      this.#shut(
        { ...request, body: { type: "hello" } },
        `the token of ${entry.name} is no longer what it was`,
      );
    }
    return true;
  }

  /** Whether a request may go on. Otherwise it was answered here. */
  admits(request: Envelope): boolean {
    const { body } = request;
    // Whoever reaches the node could as well speak as one of its peers.
    if (body.type === "join" && !this.#options.knowsNodes) return true;
    if (body.type === "hello") return this.#onHello(request);
    const known = this.#knownOf(request);
    const missing = known?.rights.missing(body);
    if (known !== undefined && missing === undefined) return true;
    const text = known === undefined
      ? "this needs to know who asks: a hello with a token (--token-file), or a certificate"
      : `this needs the right ${missing}, which ${known.name} does not have`;
    // Nobody waits for the answer to an answer.
    if (body.in_reply_to === undefined) this.#refuse(request, FORBIDDEN, text);
    return false;
  }

  /** Whether the client that asks has the right to see the other members and to change them. */
  isAdmin(request: Envelope): boolean {
    return this.#knownOf(request)?.rights.allow(ADMIN) ?? false;
  }

  /** Whether a client that is known, by its id, has this right. */
  allows(client: string, right: string): boolean {
    return this.#known.get(connectionOf(client))?.rights.allow(right) ?? false;
  }

  /** The connection is gone. */
  gone(connection: string): void {
    this.#known.delete(connection);
    this.#lastId = "";
  }

  #knownOf(request: Envelope): Known | undefined {
    const { src } = request;
    // Mostly the same string again.
    if (src !== this.#lastId) {
      this.#last = this.#known.get(connectionOf(src)) ?? this.#certified(request);
      this.#lastId = src;
    }
    return this.#last;
  }

  #certified(request: Envelope): Known | undefined {
    const identity = this.#options.certified(request.src);
    return identity && this.#remember(request, identity, undefined);
  }

  /** Undefined where there are too many of that name: then its connection ends. */
  #remember(
    request: Envelope,
    { name, rights }: Identity,
    entry: TokenEntry | undefined,
  ): Known | undefined {
    const full = this.#options.name(request.src, name);
    if (full !== undefined) {
      this.#shut(request, full, TEMPORARILY_UNAVAILABLE);
      return undefined;
    }
    const known: Known = { request, name, rights: new Rights(rights), entry };
    this.#known.set(connectionOf(request.src), known);
    this.#lastId = "";
    return known;
  }

  #onHello(request: Envelope): false {
    const { src, body } = request;
    if (!isHello(body) || utf8Length(body.token) > TOKEN_BYTES_MAX) {
      const fault = isHello(body) ? `hello /token is over ${TOKEN_BYTES_MAX} bytes` : faultOf("hello", body);
      this.#refuse(request, MALFORMED_REQUEST, fault);
    } else this.#onToken(request, body.token, this.#known.get(connectionOf(src))?.entry);
    return false;
  }

  #onToken(request: Envelope, token: string, earlier: TokenEntry | undefined): void {
    const { src } = request;
    const { hostOf, reply } = this.#options;
    if (earlier !== undefined) {
      return this.#refuse(request, MALFORMED_REQUEST, `${earlier.name} has said hello on this connection`);
    }
    const host = hostOf(src);
    const waitMs = this.#wrong.waitMs(host);
    if (waitMs > 0) return this.#shut(request, tooMany(host, waitMs), FORBIDDEN, waitMs);
    const entry = this.#tokens.find(token);
    if (entry === undefined) return this.#onWrong(request, host);
    const { name, rights } = entry;
    if (this.#remember(request, entry, entry) === undefined) return;
    reply(request, { type: "hello_ok", name, rights });
  }

  #onWrong(request: Envelope, host: string): void {
    const { say } = this.#options;
    this.#wrong.note(host);
    const waitMs = this.#wrong.waitMs(host);
    say(`tokens from ${host}`, waitMs > 0 ? tooMany(host, waitMs) : `a client at ${host} has a wrong token`);
    this.#shut(request, "the token is not one that this node knows");
  }

  /** One connection has one try. */
  #shut(request: Envelope, text: string, code = FORBIDDEN, retryAfterMs?: number): void {
    this.#refuse(request, code, text, retryAfterMs);
    this.#options.end(request.src, text);
  }

  #refuse(request: Envelope, code: number, text: string, retryAfterMs?: number): void {
    const later = retryAfterMs !== undefined && { retry_after_ms: Math.ceil(retryAfterMs) };
    this.#options.reply(request, { type: "error", code, text, ...later });
  }
}

function keyOf({ name, sha256, rights }: TokenEntry): string {
  return JSON.stringify([name, sha256, rights]);
}

function tooMany(host: string, waitMs: number): string {
  return `too many wrong tokens came from ${host}: none is looked at for ${duration(waitMs)}`;
}
