/** One TCP connection to a node: many requests under way at once, told apart by msg_id, and messages that come unasked. */
import { decode } from "../core/codec.ts";
import {
  type Body,
  FORBIDDEN,
  KEY_DOES_NOT_EXIST,
  MALFORMED_REQUEST,
  NOT_SUPPORTED,
} from "../core/message.ts";
import type { ErrorCode } from "./errors.ts";
import type { TokenSource } from "./token.ts";
import type { Address } from "../../transports/address.ts";
import { printable, shortened } from "../../transports/shortened.ts";
import type { Tls } from "../../transports/tcp/tls/tls.ts";
import { LineClient } from "../../transports/tcp/line_client.ts";

/** The name under which clients ask. */
const CLIENT = "c1";
/** The answer that comes a hundred thousand times a second. */
const USUAL = "broadcast_ok";
const ENDING = "}}";
const ZERO = 48;
/** Numbers of so many digits are exact. */
const SAFE_DIGITS = 15;

export interface Hearing {
  /** A message that answers no request under way, as those of a watch. */
  onBody(body: Body): void;
  /** The connection is of no use any more, for this reason; at most once, and never after `close`. */
  onBroken(reason: string, code: ErrorCode): void;
}

/** Reasons are for people, and follow the address of the node: "gives no answer within 5000 ms". */
export type Opened =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly reason: string; readonly code: ErrorCode };

/** `about`: what was handed over with the request, so that many may share one function. */
type OnAnswer = (answer: Body, about: number) => void;

interface Dialled {
  onOpen(): void;
  onFailed(reason: string, code: ErrorCode): void;
}

interface Pending {
  readonly onAnswer: OnAnswer;
  readonly about: number;
  readonly dueAt: number;
}

/** How a client shows who it is, and whom it trusts. */
export interface Shown {
  readonly token?: TokenSource;
  /** Absent: without TLS. */
  readonly tls?: Tls;
}

/** Resolves once the node has taken the connection, or has not within `timeoutMs`. Never rejects. */
export function dial(address: Address, timeoutMs: number, shown: Shown = {}): Promise<Opened> {
  const found = shown.token?.();
  if (found !== undefined && "fault" in found) {
    return Promise.resolve({ ok: false, reason: found.fault, code: "forbidden" });
  }
  return new Promise((resolve) => {
    const connection = new Connection(address, timeoutMs, shown.tls, {
      onOpen: () => {
        if (found !== undefined) connection.sayHello(found.token);
        resolve({ ok: true, connection });
      },
      onFailed: (reason, code) => resolve({ ok: false, reason, code }),
    });
  });
}

export class Connection {
  readonly #line: LineClient;
  readonly #timeoutMs: number;
  /** In the order in which they were asked, and so in the order in which they are due. */
  readonly #pending = new Map<number, Pending>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hearing: Hearing | undefined;
  #lastId = 0;
  #nodeId = "?";
  /** How the answers to broadcasts begin here, and what they say: these are too many to parse each. */
  #usual: { readonly by: string; readonly start: string; readonly body: Body } | undefined;
  #answeredAt = -Infinity;
  /** The request that was the oldest when the timer looked last, and since when it has been seen to be. */
  #oldest: { readonly pending: Pending; readonly since: number } | undefined;
  /** Undefined where it was not asked for in this turn. */
  #turnAt: number | undefined;
  /** Why it ended; no later reason is reported. */
  #ended: { readonly reason: string; readonly code: ErrorCode } | undefined;

  /** Dials; use dial(). */
  constructor(address: Address, timeoutMs: number, tls: Tls | undefined, dialled: Dialled) {
    this.#timeoutMs = timeoutMs;
    this.#hearing = { onBody() {}, onBroken: dialled.onFailed };
    this.#timer = setTimeout(
      () => this.#break(`does not take a connection within ${timeoutMs} ms`, "timeout"),
      timeoutMs,
    );
    this.#line = new LineClient(address, {
      onOpen: () => this.#onOpen(dialled),
      onLine: (line) => this.#onLine(line),
      onOverlong: (bytes) => this.#break(`sent a line of more than ${bytes} bytes`),
      onLost: (reason) => this.#break(reason),
    }, { tls });
  }

  /** The id of the node that answered last, for people. */
  get nodeId(): string {
    return this.#nodeId;
  }

  /** What is asked next need not wait for the answer. A node that knows no tokens, or no hello, serves everybody. */
  sayHello(token: string): void {
    this.ask({ type: "hello", token }, (answer) => {
      // It does not know the token, and does nothing that it is asked.
      const isUnknown = answer.type === "error" && answer["code"] !== NOT_SUPPORTED;
      if (isUnknown) this.#break(`refuses the token: ${errorIn(answer)}`, "forbidden");
    });
  }

  /** Called once; nothing is read before. */
  listen(hearing: Hearing): void {
    this.#hearing = hearing;
    if (this.#ended !== undefined) return hearing.onBroken(this.#ended.reason, this.#ended.code);
    this.#line.read();
  }

  /** Where no answer comes in time, to this or to others that wait, the connection breaks. Returns the msg_id. */
  ask(body: Body, onAnswer: OnAnswer): number {
    return this.askFields(fieldsOf(body), onAnswer);
  }

  /** The same with the fields of a body, one at least, as JSON without braces. */
  askFields(fields: string, onAnswer: OnAnswer, about = 0): number {
    const id = this.#write(fields);
    this.#pending.set(id, { onAnswer, about, dueAt: this.#now + this.#timeoutMs });
    if (this.#timer === undefined && this.#ended === undefined) this.#arm(this.#timeoutMs);
    return id;
  }

  /** An answer may come or not. Returns the msg_id. */
  send(body: Body): number {
    return this.#write(fieldsOf(body));
  }

  /** Stops reading, so that the node has to wait; messages that have been read already still come. */
  pause(): void {
    this.#line.pause();
  }

  resume(): void {
    this.#line.resume();
  }

  close(): void {
    this.#ended ??= { reason: "closed here", code: "closed" };
    this.#letGo();
  }

  #write(fields: string): number {
    const id = ++this.#lastId;
    this.#line.write(`{"src":"${CLIENT}","dest":"*","body":{${fields},"msg_id":${id}}}`);
    return id;
  }

  #onOpen({ onOpen }: Dialled): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#hearing = undefined;
    onOpen();
  }

  #onLine(line: string): void {
    if (this.#takeUsual(line)) return;
    const decoded = decode(line);
    if (!decoded.ok) return this.#break(`does not speak as a node does: ${shortened(decoded.reason)}`);
    const { src, dest, body } = decoded.envelope;
    if (src !== this.#nodeId) this.#nodeId = printable(src);
    const id = body.in_reply_to;
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || pending === undefined) return this.#onUnasked(body);
    if (body.type === USUAL) {
      this.#usual ??= { by: this.#nodeId, start: startOf(src, dest), body: { type: USUAL } };
    }
    this.#settle(id, pending, body);
  }

  /** Returns whether it is an answer to a broadcast, written as the first one was. */
  #takeUsual(line: string): boolean {
    if (this.#usual === undefined || !line.startsWith(this.#usual.start)) return false;
    const id = idAtEnd(line, this.#usual.start.length);
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || pending === undefined) return false;
    this.#nodeId = this.#usual.by;
    this.#settle(id, pending, this.#usual.body);
    return true;
  }

  #settle(id: number, { onAnswer, about }: Pending, body: Body): void {
    this.#pending.delete(id);
    this.#answeredAt = this.#now;
    onAnswer(body, about);
  }

  /** Ms. To look at the clock for each request and answer would take a fifth of what they cost, so it is done once in a turn. */
  get #now(): number {
    if (this.#turnAt === undefined) {
      this.#turnAt = performance.now();
      queueMicrotask(() => this.#turnAt = undefined);
    }
    return this.#turnAt;
  }

  /** An error that answers nothing is about the connection as a whole. */
  #onUnasked(body: Body): void {
    if (body.type === "error" && body.in_reply_to === undefined) this.#break(refusal(body), codeOf(body));
    else this.#hearing?.onBody(body);
  }

  // One timer serves all requests: it looks at the oldest only, and then at the next.
  #arm(waitMs: number): void {
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(1, waitMs));
  }

  #onTimer(): void {
    this.#timer = undefined;
    const [oldest] = this.#pending.values();
    if (oldest === undefined) return;
    const now = performance.now();
    if (this.#oldest?.pending !== oldest) this.#oldest = { pending: oldest, since: now };
    // A node that is asked much at once, and answers all the time, is not silent; but one that passes over a request is.
    const dueAt = Math.max(oldest.dueAt, Math.min(this.#answeredAt, this.#oldest.since) + this.#timeoutMs);
    const waitMs = dueAt - now;
    if (waitMs > 0) this.#arm(waitMs);
    else this.#break(`gives no answer within ${this.#timeoutMs} ms`, "timeout");
  }

  #break(reason: string, code: ErrorCode = "unreachable"): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason: printable(reason), code };
    this.#letGo();
    this.#hearing?.onBroken(this.#ended.reason, code);
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    this.#pending.clear();
    this.#line.close();
  }
}

function fieldsOf(body: Body): string {
  return JSON.stringify(body).slice(1, -1);
}

/** A line that begins like this, and ends in a number and two braces, is such an answer and nothing else. */
function startOf(src: string, dest: string): string {
  const names = `"src":${JSON.stringify(src)},"dest":${JSON.stringify(dest)}`;
  return `{${names},"body":{"type":"${USUAL}","in_reply_to":`;
}

/** The number that is all that comes before the two braces at the end of a line; undefined where it is not. */
function idAtEnd(line: string, from: number): number | undefined {
  const end = line.length - ENDING.length;
  if (end <= from || end - from > SAFE_DIGITS || !line.endsWith(ENDING)) return undefined;
  let id = 0;
  for (let i = from; i < end; i++) {
    const digit = line.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9 || (id === 0 && digit === 0)) return undefined;
    id = 10 * id + digit;
  }
  return id;
}

/** What the error that a node answers is to programs. */
export function codeOf({ code }: Body): ErrorCode {
  if (code === FORBIDDEN) return "forbidden";
  if (code === MALFORMED_REQUEST) return "malformed";
  return code === KEY_DOES_NOT_EXIST ? "missing" : "refused";
}

/** Puts the error that a node answers into words. */
export function refusal(body: Body): string {
  return `answers ${errorIn(body)}`;
}

function errorIn(body: Body): string {
  const text = typeof body["text"] === "string" ? shortened(body["text"]) : "it does not say why";
  const code = typeof body["code"] === "number" ? ` ${body["code"]}` : "";
  return `error${code}: ${text}`;
}
