/** One client of a cluster over HTTP, at whichever of its nodes answers: it tells values, asks, reads and watches. */
import type { Json } from "../../core/json.ts";
import type { Abortable } from "../abortable.ts";
import { aborted } from "../abortable.ts";
import type { MemberStatus, Status } from "../answers.ts";
import { check, checkNames, checkNoOthers, checkOptions, jsonOf } from "../common/checks.ts";
import type { BroadcastOptions, PutOptions, ReadOptions, WatchOptions } from "../common/options.ts";
import { allFailed, type Failure, HearsayError } from "../errors.ts";
import { eventId, unguessable } from "../event_ids.ts";
import { type Answer, answerIn, checked, FETCH, retryAfterMs } from "./answer.ts";
import { Attempt, Ends, NodeFailed } from "./attempt.ts";
import type { Entry, Gap } from "./entries.ts";
import { Following } from "./following.ts";
import { Gate } from "./gate.ts";
import { Turn } from "./turn.ts";

export interface ClientOptions {
  /** Without a slash at the end. */
  readonly urls: readonly string[];
  readonly timeoutMs: number;
  /** Undefined: nobody is named. Rejects where there is no token. */
  readonly token: (() => Promise<string>) | undefined;
}

interface Call<T> {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: string;
  /** Undefined where no node answers so: a proxy says that all is well, too. */
  readonly read: (answer: Answer) => T | undefined;
}

/**
 * Whatever is asked goes to one node, and to the next where that fails, until one has answered. Everything rejects with a
 * HearsayError.
 */
export class Client implements AsyncDisposable {
  readonly #options: ClientOptions;
  readonly #turn: Turn;
  readonly #gate = new Gate();
  /** Ids begin with it. */
  readonly #run = unguessable();
  #told = 0;
  #at: string | undefined;
  /** Ends reads and watches. */
  readonly #ended = new AbortController();
  /** Ends all. */
  readonly #aborted = new AbortController();
  readonly #closed = Promise.withResolvers<void>();

  /** Asks nothing yet; see connect(). */
  constructor(options: ClientOptions) {
    this.#options = options;
    this.#turn = new Turn(options.urls);
  }

  /** The URL of the node that answered last; undefined before one has. */
  get at(): string | undefined {
    return this.#at;
  }

  /** Resolves once it is closed, and nothing is under way any more. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /**
   * Tells a value: anything that JSON.stringify spells, up to 256 KiB and nested up to 128 deep. Resolves once a node has it
   * safe: on its disk, where it has one. Many may be under way at once, and enter in any order.
   */
  async broadcast(
    value: unknown,
    { id = this.#nextId(), topic, key, signal, ...others }: BroadcastOptions = {},
  ): Promise<void> {
    const json = jsonOf(value);
    checkOptions({ topic, key, id: id ?? undefined }, others);
    const path = `values?${queryOf({ topic, key, id })}`;
    // An array would be several values, but for one with an id.
    const body = id === null && json.startsWith("[") ? `[${json}]` : json;
    const read = ({ json }: Answer) => json?.accepted === 1 || undefined;
    await this.#ask({ method: "POST", path, body, read }, signal);
  }

  /** Puts a value under a key, in the place of the one before it; all nodes that have met name the same latest. */
  async put(topic: string, key: string, value: unknown, options: PutOptions = {}): Promise<void> {
    checkNames({ topic, key });
    await this.broadcast(value, { ...options, topic, key });
  }

  /** Deletes a key, whether it is there or not. A key or a topic that is `.` or `..` has no path, and is `malformed`. */
  async delete(
    topic: string,
    key: string,
    { id = this.#nextId(), signal, ...others }: PutOptions = {},
  ): Promise<void> {
    const path = keyPath(topic, key);
    checkNames({ id });
    checkNoOthers(others);
    const read = ({ status }: Answer) => status === 204 || undefined;
    await this.#ask({ method: "DELETE", path: `${path}?${queryOf({ id })}`, read }, signal);
  }

  /** The latest value under a key, as the node knows it; undefined where there is none. As for `delete`. */
  async get(topic: string, key: string, { signal }: Abortable = {}): Promise<Json | undefined> {
    const path = keyPath(topic, key);
    try {
      return await this.#ask({ method: "GET", path, read: ({ json }) => json }, signal);
    } catch (error) {
      if (error instanceof HearsayError && error.code === "missing") return undefined;
      throw error;
    }
  }

  /** How a node is, and what it knows of its peers: the one that answers. */
  async status({ signal }: Abortable = {}): Promise<Status> {
    const read = ({ json }: Answer) => typeof json?.id === "string" ? json : undefined;
    return await this.#ask({ method: "GET", path: "status", read }, signal);
  }

  /** The members, and those that left or were removed, as the node that answers knows them. */
  async members(options: Abortable = {}): Promise<readonly MemberStatus[]> {
    const { id, members } = await this.status(options);
    if (!Array.isArray(members)) throw new HearsayError("refused", `${id} answers with no list of members`);
    return members;
  }

  /** Every entry that one node holds, once, in the order in which it got them; another node gives the rest where it fails. */
  read(options: ReadOptions = {}): AsyncGenerator<Entry | Gap, void, undefined> {
    return this.#follow(options, false);
  }

  /**
   * Every entry, once: what is there, and then each as it comes, from one node after the other, nothing missed. It ends only
   * by `break`, or by throwing. While an entry is not taken, nothing more is read, and the node waits. Each watch takes a
   * connection, of which browsers open six to a node over HTTP/1.1: watch several `topics` in one.
   */
  watch(options: WatchOptions = {}): AsyncGenerator<Entry | Gap, void, undefined> {
    return this.#follow(options, true);
  }

  /** Resolves once broadcasts that were not awaited have left, down to about 1 MiB, so that memory stays bounded. */
  ready(): Promise<void> {
    return this.#gate.room();
  }

  /** Takes nothing more, ends reads and watches, and resolves once all that is under way is answered, or has failed. */
  async close(): Promise<void> {
    this.#ended.abort(new HearsayError("closed", "the client is closed"));
    await this.#gate.idle();
    this.#closed.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ends everything at once: all that is under way is rejected as `aborted`. */
  abort(reason?: unknown): void {
    const error = aborted(reason);
    this.#ended.abort(error);
    this.#aborted.abort(error);
    this.#closed.resolve();
  }

  async *#follow(wanted: WatchOptions, goesOn: boolean): AsyncGenerator<Entry | Gap, void, undefined> {
    const { timeoutMs } = this.#options;
    const ends = new Ends(wanted.signal, this.#ended.signal);
    const authorize = () => this.#authorize();
    yield* new Following({ turn: this.#turn.clone(), ends, timeoutMs, authorize, goesOn, wanted }).entries();
  }

  async #ask<T>(call: Call<T>, signal: AbortSignal | undefined): Promise<T> {
    new Ends(signal, this.#ended.signal).check();
    const ends = new Ends(signal, this.#aborted.signal);
    return await this.#gate.pass(call.body?.length ?? 0, ends, () => this.#askAll(call, ends));
  }

  async #askAll<T>(call: Call<T>, ends: Ends): Promise<T> {
    const failures: Failure[] = [];
    let mayBeDone = false;
    for (const url of this.#turn.order) {
      try {
        return await this.#askOne(url, call, ends);
      } catch (error) {
        if (!(error instanceof NodeFailed)) throw error;
        failures.push(error.failure);
        mayBeDone ||= error.mayBeDone;
        this.#turn.failed(url);
      }
    }
    throw allFailed(failures, mayBeDone);
  }

  /** Throws a NodeFailed where another node may do it. */
  async #askOne<T>(url: string, { method, path, body, read }: Call<T>, ends: Ends): Promise<T> {
    const { timeoutMs } = this.#options;
    const patientUntil = performance.now() + timeoutMs;
    const headers = {
      ...await this.#authorize(),
      ...body !== undefined && { "content-type": "application/json" },
    };
    const init = { ...FETCH, method, headers, ...body !== undefined && { body } };
    for (;;) {
      const attempt = new Attempt(url, ends, method !== "GET");
      try {
        const found = await attempt.within(timeoutMs, async (signal) => {
          const response = await fetch(`${url}/v1/${path}`, { ...init, signal });
          const waitMs = retryAfterMs(response) ?? Infinity;
          if (performance.now() + waitMs < patientUntil) return { waitMs };
          const answer = await answerIn(await checked(response, attempt), attempt);
          const found = read(answer);
          if (found === undefined) throw attempt.failed("answers with something else", "unreachable");
          return { answer: found };
        });
        if (found.waitMs === undefined) {
          this.#turn.answered(url);
          this.#at = url;
          return found.answer;
        }
        await ends.pause(found.waitMs);
      } finally {
        attempt.end();
      }
    }
  }

  async #authorize(): Promise<Record<string, string>> {
    const { token } = this.#options;
    return token === undefined ? {} : { authorization: `Bearer ${await token()}` };
  }

  #nextId(): string {
    return eventId(this.#run, ++this.#told);
  }
}

/** Fields that are undefined or null are left out. */
function queryOf(fields: Readonly<Record<string, string | null | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null) query.set(name, value);
  }
  return String(query);
}

function keyPath(topic: string, key: string): string {
  checkNames({ topic, key });
  const named = [topic, key].find((name) => name === "." || name === "..");
  check(named && `${named} cannot be a part of a path`);
  return `topics/${encodeURIComponent(topic)}/keys/${encodeURIComponent(key)}`;
}
