/** One TCP connection to a node: requests told apart by msg_id, many under way at once, and what comes unasked. */
import { connect as connectSocket, type Socket } from "node:net";
import { decode, encode } from "../core/codec.ts";
import type { Body } from "../core/message.ts";
import { LineReader, LineWriter } from "../../transports/lines.ts";
import { resetIfToItself } from "../../transports/tcp/to_itself.ts";
import { shortened } from "../../transports/shortened.ts";
import type { Address } from "../../transports/address.ts";

export interface Hearing {
  /** A message that answers no request under way: what a watch brings. */
  onBody(body: Body): void;
  /** The connection is of no use any more, for this reason; at most once, and never after `close`. */
  onBroken(reason: string): void;
}

/** Reasons are for people, and follow the address of the node: "gives no answer within 5000 ms". */
export type Opened =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly reason: string };

type OnAnswer = (answer: Body) => void;

interface Pending {
  readonly onAnswer: OnAnswer;
  readonly dueAt: number;
}

/** Resolves once the node has taken the connection, or has not within `timeoutMs`. Never rejects. */
export function connect({ host, port }: Address, timeoutMs: number): Promise<Opened> {
  const socket = connectSocket({ host, port, noDelay: true });
  return new Promise((resolve) => {
    const fail = (reason: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ok: false, reason });
    };
    const timer = setTimeout(() => fail(`does not take a connection within ${timeoutMs} ms`), timeoutMs);
    const onError = (error: Error) => fail(whyBroken(error));
    socket.once("error", onError);
    socket.once("connect", () => {
      if (resetIfToItself(socket)) return fail(reasons["ECONNREFUSED"] ?? "");
      clearTimeout(timer);
      // From here on the connection listens for itself.
      const connection = new Connection(socket, timeoutMs);
      socket.off("error", onError);
      resolve({ ok: true, connection });
    });
  });
}

export class Connection {
  readonly #socket: Socket;
  readonly #writer: LineWriter;
  readonly #timeoutMs: number;
  /** In the order in which they were asked, and so in the order in which they are due. */
  readonly #pending = new Map<number, Pending>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hearing: Hearing | undefined;
  #lastId = 0;
  #nodeId = "?";
  /** Why it ended; nothing is said after the first reason. */
  #ended: string | undefined;

  /** Of a socket that is connected. */
  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    this.#writer = new LineWriter(socket);
    socket.on("error", (error) => this.#break(whyBroken(error)));
    socket.on("end", () => this.#break("closed the connection"));
    socket.on("close", () => this.#break("closed the connection"));
  }

  /** Who answered last. */
  get nodeId(): string {
    return this.#nodeId;
  }

  /** Called once; nothing is read before. */
  listen(hearing: Hearing): void {
    this.#hearing = hearing;
    if (this.#ended !== undefined) return hearing.onBroken(this.#ended);
    const reader = new LineReader({
      onLine: (line) => this.#onLine(line),
      onOverlong: (bytes) => this.#break(`sent a line of more than ${bytes} bytes`),
    });
    this.#socket.on("data", (chunk: Uint8Array) => {
      if (this.#ended === undefined) reader.push(chunk);
    });
  }

  /** An answer that does not come in time breaks the connection. Returns the msg_id. */
  ask(body: Body, onAnswer: OnAnswer): number {
    const id = this.send(body);
    this.#pending.set(id, { onAnswer, dueAt: performance.now() + this.#timeoutMs });
    if (this.#timer === undefined && this.#ended === undefined) this.#arm(this.#timeoutMs);
    return id;
  }

  /** An answer may come or not. Returns the msg_id. */
  send(body: Body): number {
    const id = ++this.#lastId;
    this.#writer.write(encode({ src: "c1", dest: "*", body: { ...body, msg_id: id } }));
    return id;
  }

  /** Stops reading, so that the node has to wait; what has been read already still comes. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#ended ??= "closed here";
    this.#letGo();
  }

  #onLine(line: string): void {
    if (this.#ended !== undefined) return;
    const decoded = decode(line);
    if (!decoded.ok) return this.#break(`does not speak as a node does: ${shortened(decoded.reason)}`);
    const { src, body } = decoded.envelope;
    this.#nodeId = src;
    const id = body.in_reply_to;
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || pending === undefined) return this.#onUnasked(body);
    this.#pending.delete(id);
    pending.onAnswer(body);
  }

  /** An error that answers nothing is about the connection as a whole. */
  #onUnasked(body: Body): void {
    if (body.type === "error" && body.in_reply_to === undefined) this.#break(refusal(body));
    else this.#hearing?.onBody(body);
  }

  // One timer for all: it looks at the oldest request only, and at the next one then.
  #arm(waitMs: number): void {
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(1, waitMs));
  }

  #onTimer(): void {
    this.#timer = undefined;
    const [oldest] = this.#pending.values();
    if (oldest === undefined) return;
    const waitMs = oldest.dueAt - performance.now();
    if (waitMs > 0) this.#arm(waitMs);
    else this.#break(`gives no answer within ${this.#timeoutMs} ms`);
  }

  #break(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#letGo();
    this.#hearing?.onBroken(reason);
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    this.#pending.clear();
    this.#socket.destroy();
  }
}

/** What a node says when it says no, in words. */
export function refusal(body: Body): string {
  const text = typeof body["text"] === "string" ? shortened(body["text"]) : "it does not say why";
  const code = typeof body["code"] === "number" ? ` ${body["code"]}` : "";
  return `answers error${code}: ${text}`;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refuses the connection: nothing listens there",
  ECONNRESET: "closed the connection",
  EPIPE: "closed the connection",
  ENOTFOUND: "has no address: its name is not known",
  EAI_AGAIN: "has no address now: its name cannot be looked up",
  ETIMEDOUT: "does not take a connection",
  EHOSTUNREACH: "cannot be reached: there is no way to that host",
  ENETUNREACH: "cannot be reached: there is no way to that network",
};

function whyBroken(error: unknown): string {
  const code = codeOf(error);
  const said = code === undefined ? undefined : reasons[code];
  return said ?? `cannot be talked to: ${error instanceof Error ? shortened(error.message) : String(error)}`;
}

/** Where a name has several addresses, all of them failed. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
