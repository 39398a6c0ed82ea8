/** One client of a cluster, at whichever of its nodes answers: it tells values, asks, reads and watches. */
import { eventId, unguessable } from "./event_ids.ts";
import { type MemberStatus, type Status, statusOf } from "./answers.ts";
import { type Abortable, aborted, onAbort } from "./abortable.ts";
import { check, checkNames, checkNoOthers, checkOptions, jsonOf } from "./common/checks.ts";
import type { BroadcastOptions, PutOptions, ReadOptions } from "./common/options.ts";
import { allFailed, HearsayError } from "./errors.ts";
import { Nodes, type ReachOptions } from "./nodes.ts";
import { Requests } from "./requests.ts";
import { type Answer, Asked, Waiting } from "./waiting.ts";
import type { Entry, Gap } from "./watching/entries.ts";
import { Reader, type WatchOptions } from "./watching/reader.ts";
import { isTooDeep } from "../core/log/canonical.ts";
import type { Body, Json } from "../core/message.ts";

/**
 * Whatever is asked goes to one node, and to the next where that fails, until one has answered. Everything rejects with a
 * HearsayError.
 */
export class Client implements AsyncDisposable {
  readonly #nodes: Nodes;
  readonly #waiting = new Waiting();
  readonly #requests: Requests<Asked>;
  /** Resolves once it is closed, and nothing is under way any more. */
  readonly closed: Promise<void>;
  readonly #reader: Reader;
  /** Ids begin with it. */
  readonly #run = unguessable();
  #told = 0;
  #node: string | undefined;
  /** Why nothing more is done. */
  #end: HearsayError | undefined;

  /**
   * Connects only when something is asked; see connect(). `say` takes lines for people where `verbose` is set.
   * @internal
   */
  constructor(options: ReachOptions, say: (text: string) => void = () => {}) {
    this.#nodes = new Nodes(options, say);
    this.#requests = new Requests(this.#nodes, this.#waiting);
    this.#reader = new Reader(options);
    this.closed = this.#serve();
  }

  /** The id of the node that answered last; undefined before one has. */
  get node(): string | undefined {
    return this.#node;
  }

  /**
   * Tells a value: anything that JSON.stringify spells, up to 256 KiB and nested up to 128 deep. Resolves once a node has it
   * safe: on its disk, where it has one. Many may be under way at once, and enter in any order.
   */
  async broadcast(
    value: unknown,
    { id = this.#nextId(), topic, key, signal, ...others }: BroadcastOptions = {},
  ): Promise<void> {
    const message = jsonOf(value);
    checkOptions({ topic, key, id: id ?? undefined }, others);
    const more = JSON.stringify({ topic, key, id: id ?? undefined });
    const fields = more === "{}" ? "" : `,${more.slice(1, -1)}`;
    await this.#ask("broadcast", `"type":"broadcast","message":${message}${fields}`, signal);
  }

  /** Puts a value under a key, in the place of the one before it; all nodes that have met name the same latest. */
  async put(topic: string, key: string, value: unknown, options: PutOptions = {}): Promise<void> {
    checkNames({ topic, key });
    await this.broadcast(value, { ...options, topic, key });
  }

  /** Deletes a key, whether it is there or not. */
  async delete(
    topic: string,
    key: string,
    { id = this.#nextId(), signal, ...others }: PutOptions = {},
  ): Promise<void> {
    checkNames({ topic, key, id });
    checkNoOthers(others);
    await this.ask({ type: "delete", topic, key, id }, { signal });
  }

  /** The latest value under a key, as the node knows it; undefined where there is none. */
  async get(topic: string, key: string, options: Abortable = {}): Promise<Json | undefined> {
    checkNames({ topic, key });
    try {
      const { body: { value }, by } = await this.ask({ type: "get", topic, key }, options);
      if (isJson(value)) return value;
      throw new HearsayError("refused", `${by} answers with something that is no value`);
    } catch (error) {
      if (error instanceof HearsayError && error.code === "missing") return undefined;
      throw error;
    }
  }

  /** How a node is, and what it knows of its peers: the one that answers. */
  async status(options: Abortable = {}): Promise<Status> {
    const { body, by } = await this.ask({ type: "status" }, options);
    const status = statusOf(body);
    if (status === undefined) {
      throw new HearsayError("refused", `${by} answers with something that is no status`);
    }
    return status;
  }

  /** The members, and those that left or were removed, as the node that answers knows them. */
  async members(options: Abortable = {}): Promise<readonly MemberStatus[]> {
    const { id, members } = await this.status(options);
    if (members === undefined) throw new HearsayError("refused", `${id} answers with no list of members`);
    return members;
  }

  /** Every entry that one node holds, once, in the order in which it got them; another node gives the rest where it fails. */
  read(options: ReadOptions = {}): AsyncGenerator<Entry | Gap, void, undefined> {
    return this.#reader.follow(options, false);
  }

  /**
   * Every entry, once: what is there, and then each as it comes, from one node after the other, nothing missed. It ends only
   * by `break`, or by throwing. While an entry is not taken, nothing more is read, and the node waits.
   */
  watch(options: WatchOptions = {}): AsyncGenerator<Entry | Gap, void, undefined> {
    return this.#reader.follow(options, true);
  }

  /** One request of the protocol, as lib/service/README.md lists them, but no watch; and its answer, which is no error. */
  async ask(body: Body, { signal }: Abortable = {}): Promise<Answer> {
    // Nobody would take what it brings.
    check(body.type === "watch" ? "a watch is no request with one answer: see watch()" : undefined);
    return await this.#ask(body.type, JSON.stringify(body).slice(1, -1), signal);
  }

  /** Resolves once broadcasts that were not awaited have left, down to about 1 MiB, so that memory stays bounded. */
  ready(): Promise<void> {
    return this.#waiting.room();
  }

  /** Takes nothing more, ends reads and watches, and resolves once all that is under way is answered, or has failed. */
  async close(): Promise<void> {
    this.#stop(new HearsayError("closed", "the client is closed"));
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ends everything at once: all that is under way is rejected as `aborted`. */
  abort(reason?: unknown): void {
    this.#stop(aborted(reason));
    this.#requests.stop();
    this.#dismiss(() => aborted(reason));
  }

  #stop(why: HearsayError): void {
    this.#end ??= why;
    this.#waiting.end();
    this.#reader.stop(why);
  }

  async #serve(): Promise<void> {
    while (!await this.#requests.run()) {
      const { failures } = this.#nodes;
      this.#nodes.startOver();
      this.#dismiss((mayBeDone) => allFailed(failures, mayBeDone));
    }
  }

  #dismiss(why: (mayBeDone: boolean) => HearsayError): void {
    for (const [asked, mayBeDone] of this.#requests.dismiss()) asked.fail(why(mayBeDone));
    for (let asked = this.#waiting.next(); asked !== undefined; asked = this.#waiting.next()) {
      asked.fail(why(false));
    }
  }

  async #ask(type: string, fields: string, signal: AbortSignal | undefined): Promise<Answer> {
    if (this.#end !== undefined) throw this.#end;
    if (signal?.aborted) throw aborted(signal.reason);
    const asked = new Asked(type, fields);
    this.#waiting.add(asked);
    const abort = onAbort(signal, () => asked.fail(aborted(signal?.reason)));
    try {
      return await asked.answer;
    } catch (error) {
      // It was made where an answer came, or failed to: people look for where they asked.
      if (error instanceof HearsayError) Error.captureStackTrace(error);
      throw error;
    } finally {
      this.#node = asked.by ?? this.#node;
      abort.release();
    }
  }

  #nextId(): string {
    return eventId(this.#run, ++this.#told);
  }
}

/** Whatever was parsed is JSON, but nothing can be done with what is nested without end. */
function isJson(value: unknown): value is Json {
  return value !== undefined && !isTooDeep(value);
}
