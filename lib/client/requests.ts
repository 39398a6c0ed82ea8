/** Requests to one node after the other, many under way at once, until each is answered for good or no node answers. */
import { type Body, FORBIDDEN, KEY_DOES_NOT_EXIST, MALFORMED_REQUEST } from "../core/message.ts";
import { IN_FLIGHT_BYTES_MAX } from "./common/limits.ts";
import { codeOf, type Connection, refusal } from "./connection.ts";
import type { ErrorCode } from "./errors.ts";
import type { Nodes } from "./nodes.ts";

export { IN_FLIGHT_BYTES_MAX };
/** What a request takes beside its fields, about, bytes. */
export const ENVELOPE_BYTES = 51;

export interface Request {
  /** The type of the answer that says that it is done: TYPE_ok. */
  readonly doneType: string;
  /** Of its body, as JSON without braces. It may be told to several nodes, and has to be one thing all the same. */
  readonly fields: string;
  /** The length of that. */
  readonly chars: number;
  /** Nobody waits for the answer any more: another node need not be asked. */
  readonly isGivenUp?: boolean;
  /** `answer` is of `doneType`, or an error that every other node would answer, too. */
  onAnswer(answer: Body, by: string): void;
}

/** Where requests come from, one by one, as there is room for them. */
export interface Source<R> {
  /** The next one; undefined where there is none now. */
  next(): R | undefined;
  /** Resolves once there is one, or there will be none. */
  ready(): Promise<void>;
  /** All were taken, and none will come. */
  readonly ended: boolean;
}

/** One node while it is asked. */
interface Visit {
  readonly connection: Connection;
  readonly close: (reason?: string, code?: ErrorCode) => void;
  /** By the number of the request. */
  readonly onAnswer: (answer: Body, number: number) => void;
  isOpen: boolean;
  /** It waits for more requests to come in. */
  isWaiting: boolean;
  /** The node has done something. */
  isUseful: boolean;
}

export class Requests<R extends Request> {
  readonly #nodes: Nodes;
  readonly #source: Source<R>;
  /** By number, in order. They are told again to the next node. */
  readonly #unanswered = new Map<number, R>();
  /** Those of them that a node may have done, of which it did not say so. */
  readonly #unsure = new Set<R>();
  #bytes = 0;
  #count = 0;
  #visit: Visit | undefined;
  #isStopped = false;

  constructor(nodes: Nodes, source: Source<R>) {
    this.#nodes = nodes;
    this.#source = source;
  }

  /** How many were sent and not answered. */
  get unanswered(): number {
    return this.#unanswered.size;
  }

  /** How many of these a node may have done all the same. */
  get unsure(): number {
    return this.#visit === undefined ? this.#unsure.size : this.#unanswered.size;
  }

  /** Resolves to true once every request is answered, or it was stopped, and to false where no node answers. */
  async run(): Promise<boolean> {
    for (;;) {
      if (this.unanswered === 0) await this.#source.ready();
      if (this.#isDone) return true;
      const connection = await this.#nodes.reach();
      if (connection === undefined) return this.#isDone;
      if (this.#isStopped) connection.close();
      else await this.#tell(connection);
    }
  }

  /** Ends at once, whatever is under way. */
  stop(): void {
    this.#isStopped = true;
    this.#visit?.close();
  }

  /** Takes back all that is not answered, and whether each may have been done all the same. */
  dismiss(): readonly (readonly [request: R, mayBeDone: boolean])[] {
    const dismissed = [...this.#unanswered.values()].map((request) =>
      [request, this.#unsure.has(request)] as const
    );
    this.#unanswered.clear();
    this.#unsure.clear();
    this.#bytes = 0;
    return dismissed;
  }

  get #isDone(): boolean {
    return this.#isStopped || (this.#source.ended && this.unanswered === 0);
  }

  /** Resolves once all is done, or the connection is of no use. */
  #tell(connection: Connection): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const close = (reason?: string, code: ErrorCode = "unreachable") => {
      if (!visit.isOpen) return;
      visit.isOpen = false;
      this.#visit = undefined;
      connection.close();
      if (reason !== undefined) this.#left(visit, reason, code);
      resolve();
    };
    const onAnswer = (answer: Body, number: number) => this.#onAnswer(visit, number, answer);
    const visit: Visit = { connection, close, onAnswer, isOpen: true, isWaiting: false, isUseful: false };
    this.#visit = visit;
    connection.listen({ onBody() {}, onBroken: close });
    for (const [number, request] of this.#unanswered) {
      if (request.isGivenUp) this.#settle(number, request);
      else connection.askFields(request.fields, onAnswer, number);
    }
    this.#pump(visit);
    return promise;
  }

  /** A node that goes while it owes nothing has not failed. */
  #left({ isUseful }: Visit, reason: string, code: ErrorCode): void {
    // A node that does not know the client has done nothing.
    if (code !== "forbidden") { for (const request of this.#unanswered.values()) this.#unsure.add(request); }
    if (isUseful || this.unanswered === 0) this.#nodes.moveOn(reason);
    else this.#nodes.failed(reason, code);
  }

  #pump(visit: Visit): void {
    while (visit.isOpen && this.#bytes < IN_FLIGHT_BYTES_MAX) {
      const request = this.#source.next();
      if (request === undefined) break;
      this.#unanswered.set(++this.#count, request);
      this.#bytes += request.chars + ENVELOPE_BYTES;
      visit.connection.askFields(request.fields, visit.onAnswer, this.#count);
    }
    if (this.#isDone) visit.close();
    else if (!this.#source.ended && !visit.isWaiting && this.#bytes < IN_FLIGHT_BYTES_MAX) {
      this.#awaitMore(visit);
    }
  }

  /** Requests come in their own time; an answer that comes sooner finds nothing to do. */
  #awaitMore(visit: Visit): void {
    visit.isWaiting = true;
    this.#source.ready().then(() => {
      visit.isWaiting = false;
      if (visit.isOpen) this.#pump(visit);
    });
  }

  #onAnswer(visit: Visit, number: number, answer: Body): void {
    const request = this.#unanswered.get(number);
    if (request === undefined) return;
    const isDone = answer.type === request.doneType;
    if (!isDone && !isFinal(answer)) {
      const isError = answer.type === "error";
      const reason = isError ? refusal(answer) : "answers with something else";
      visit.close(reason, isError ? codeOf(answer) : "unreachable");
      if (isError) this.#unsure.delete(request);
      return;
    }
    this.#settle(number, request);
    if (isDone) {
      visit.isUseful = true;
      this.#nodes.startOver();
    }
    request.onAnswer(answer, visit.connection.nodeId);
    this.#pump(visit);
  }

  #settle(number: number, request: R): void {
    this.#unanswered.delete(number);
    this.#bytes -= request.chars + ENVELOPE_BYTES;
    if (this.#unsure.size > 0) this.#unsure.delete(request);
  }
}

/** Whether no other node would answer otherwise. */
function isFinal({ type, code }: Body): boolean {
  return type === "error" &&
    (code === MALFORMED_REQUEST || code === KEY_DOES_NOT_EXIST || code === FORBIDDEN);
}
