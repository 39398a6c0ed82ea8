/** One watch on one connection, event by event: while an event is not taken, the node has to wait. */
import type { WireDigest } from "../../core/log/digest.ts";
import type { Body } from "../../core/message.ts";
import { type Brought, broughtBy, type Reach, reachOf } from "../answers.ts";
import { codeOf, type Connection, refusal } from "../connection.ts";
import type { ErrorCode } from "../errors.ts";

/** What a node is asked for; where nothing is said, all values of the default topic. */
export interface Wanted {
  /** Patterns: names of topics, or how they begin and then `*`. */
  readonly topics?: readonly string[] | undefined;
  /** No more than the latest entry of each key. */
  readonly latest?: boolean | undefined;
}

export interface WatchingOptions {
  readonly from: WireDigest;
  /** What the node must hold before it sends anything, if it comes soon: the part of `from` of which repeats are not known here. */
  readonly awaits: WireDigest;
  readonly wanted: Wanted;
  readonly follow: boolean;
  /** A node that is silent for this long while events are awaited is given up, ms. */
  readonly timeoutMs: number;
  /** How many members the node reaches, where it was asked. */
  readonly onReach?: (reach: Reach) => void;
}

export type WatchEvent =
  | { readonly kind: "open" }
  | { readonly kind: "values"; readonly brought: Brought }
  | { readonly kind: "end" }
  /** See `leave`. */
  | { readonly kind: "left" }
  | { readonly kind: "broken"; readonly reason: string; readonly code: ErrorCode }
  | { readonly kind: "stopped" };

export class Watching {
  readonly #connection: Connection;
  readonly #options: WatchingOptions;
  readonly #id: number;
  /** Events that came and were not taken: those of one chunk of input, as reading stops then. */
  readonly #events: WatchEvent[] = [];
  #taker: ((event: WatchEvent) => void) | undefined;
  /** The last event, repeated for ever once the others are taken. Nothing new comes after it. */
  #last: WatchEvent | undefined;
  readonly #timer: ReturnType<typeof setInterval>;
  /** When the node last gave a sign of life, or when it was last listened to again, if that is later. */
  #heardAt = performance.now();
  #asked = false;

  constructor(connection: Connection, options: WatchingOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#timer = setInterval(() => this.#listen(), options.timeoutMs / 4);
    const { from, awaits, follow, wanted } = options;
    this.#id = connection.ask(
      { type: "watch", from, awaits, follow, ...wanted },
      (answer) => this.#onAnswer(answer),
    );
    connection.listen({ onBody: (body) => this.#onBody(body), onBroken: (...why) => this.#break(...why) });
  }

  /** The next event; one at a time. */
  next(): Promise<WatchEvent> {
    const event = this.#events.shift() ?? this.#last;
    if (event !== undefined) return Promise.resolve(event);
    this.#heard();
    this.#connection.resume();
    return new Promise((resolve) => this.#taker = resolve);
  }

  /** Closes the connection; events that were not taken are gone, and would come again from the position. */
  stop(): void {
    this.#events.length = 0;
    this.#finish({ kind: "stopped" });
  }

  /** Another node goes on with the watch, once the events that came were taken; false where it is over anyway. */
  leave(): boolean {
    if (this.#last !== undefined) return false;
    this.#finish({ kind: "left" });
    return true;
  }

  /** Asks how many members the node reaches, where anything is read at all. */
  askReach(): void {
    if (this.#taker !== undefined) this.#connection.send({ type: "reach" });
  }

  #onAnswer(answer: Body): void {
    if (answer.type === "watch_ok") this.#give({ kind: "open" });
    else if (answer.type === "error") this.#break(refusal(answer), codeOf(answer));
    else this.#break("answers a watch with something else");
  }

  #onBody(body: Body): void {
    if (body.in_reply_to !== this.#id) {
      // A sign of life is no progress: a watcher that does not follow waits for values.
      if (this.#options.follow) this.#heard();
      const reach = reachOf(body);
      if (reach !== undefined) this.#options.onReach?.(reach);
    } else if (body.type === "watch_end") this.#give({ kind: "end" });
    else this.#onValues(body);
  }

  #onValues(body: Body): void {
    const brought = body.type === "values" ? broughtBy(body) : undefined;
    if (brought === undefined) this.#break("sends values that are malformed");
    else this.#give({ kind: "values", brought });
  }

  #give(event: WatchEvent): void {
    if (this.#last !== undefined) return;
    this.#heard();
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker !== undefined) return taker(event);
    this.#events.push(event);
    this.#connection.pause();
  }

  #break(reason: string, code: ErrorCode = "unreachable"): void {
    this.#finish({ kind: "broken", reason, code });
  }

  #finish(event: WatchEvent): void {
    if (this.#last !== undefined) return;
    this.#last = event;
    clearInterval(this.#timer);
    this.#connection.close();
    this.#taker?.(event);
    this.#taker = undefined;
  }

  #heard(): void {
    this.#heardAt = performance.now();
    this.#asked = false;
  }

  /** A node that has nothing new to say is asked for a sign of life; one that is not listened to owes none. */
  #listen(): void {
    const { timeoutMs, follow } = this.#options;
    if (this.#taker === undefined) return this.#heard();
    const silentMs = performance.now() - this.#heardAt;
    if (silentMs >= timeoutMs) return this.#break(`is silent for ${timeoutMs} ms`, "timeout");
    if (!follow || this.#asked || silentMs < timeoutMs / 2) return;
    this.#asked = true;
    this.#connection.send({ type: "echo", echo: null });
  }
}
