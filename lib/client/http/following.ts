/** One read or watch over HTTP: it goes from node to node, and each entry comes once, as fast as it is taken. */
import { backoffMs } from "../../core/backoff.ts";
import { checkNoOthers, checkTopics } from "../common/checks.ts";
import { BriefVisits } from "../common/brief_visits.ts";
import { RETRY_MS_MAX, RETRY_MS_MIN, SETTLED_MS } from "../common/limits.ts";
import type { WatchOptions } from "../common/options.ts";
import { allFailed, type Failure, HearsayError } from "../errors.ts";
import { checked, FETCH } from "./answer.ts";
import { Attempt, type Ends, NodeFailed } from "./attempt.ts";
import { type Entry, entryOf, type Gap } from "./entries.ts";
import { isPosition } from "./position.ts";
import { Seen } from "./seen.ts";
import { ServerEvents } from "./server_events.ts";
import type { Turn } from "./turn.ts";

/** A node sends a sign of life this often where it has nothing else to send, ms. */
export const ALIVE_MS = 15_000;

/** A URL takes no longer position: without it the node waits for what it lacks, as for everybody. */
export const AWAITS_CHARS_MAX = 4_096;

/** The head of a request has no room for a longer position: then a watch goes on from one before it. */
export const POSITION_CHARS_MAX = 48 * 1024;

export interface FollowingOptions {
  readonly turn: Turn;
  readonly ends: Ends;
  readonly timeoutMs: number;
  /** Headers that say who asks; read anew for each node. */
  readonly authorize: () => Promise<Record<string, string>>;
  /** Otherwise it ends once it has read all that the node holds. */
  readonly goesOn: boolean;
  readonly wanted: WatchOptions;
}

export class Following {
  readonly #options: FollowingOptions;
  readonly #query: string;
  readonly #seen = new Seen();
  /** What was had, or is to be passed over. */
  #position: string;
  /** Where the node that is followed was asked to begin. */
  #begin: string;
  /** Where it stood at the last turns of what it has seen: repeats of what came since are known here. */
  #turns: readonly [older: string, younger: string];
  /** Since something last went well. */
  #failures: Failure[] = [];
  /** A node has answered once: from then on it may be waited for. */
  #begun = false;
  #outages = 0;
  readonly #brief: BriefVisits;
  /** The node that is followed has sent something. */
  #isUseful = false;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FollowingOptions) {
    const { topics, latest, from = "", signal: _, onOutage: __, ...others } = options.wanted;
    if (topics !== undefined) checkTopics(topics);
    checkNoOthers(others);
    if (!isHeader(from)) throw new HearsayError("malformed", "from is no position");
    this.#options = options;
    this.#brief = new BriefVisits(options.turn.count, { next: Math.random });
    this.#position = this.#begin = from;
    this.#turns = from === "now" ? ["", ""] : [from, from];
    const named = (topics ?? []).map((topic) => ["topic", topic]);
    this.#query = String(new URLSearchParams([...named, ...latest ? [["latest", "true"]] : []]));
  }

  async *entries(): AsyncGenerator<Entry | Gap, void, undefined> {
    const { turn, ends } = this.#options;
    for (;;) {
      ends.check();
      const attempt = new Attempt(turn.current, ends, false);
      let waitMs = 0;
      try {
        return yield* this.#from(attempt);
      } catch (error) {
        if (!(error instanceof NodeFailed)) throw error;
        if (this.#isUseful) waitMs = this.#brief.end(performance.now());
        else this.#failures.push(error.failure);
      } finally {
        clearTimeout(this.#settling);
        attempt.end();
      }
      turn.failed(attempt.at);
      if (this.#failures.length >= turn.count) await this.#waitForNodes();
      if (waitMs > 0) await ends.pause(waitMs);
    }
  }

  /** Ends once all was read. Throws a NodeFailed where the node is of no use any more. */
  async *#from(attempt: Attempt): AsyncGenerator<Entry | Gap, void, undefined> {
    this.#isUseful = false;
    const reader = await this.#open(attempt);
    const decoder = new TextDecoder();
    const events = new ServerEvents();
    for (;;) {
      const { value, done } = await attempt.within(this.#silentMs, () => reader.read());
      if (done) throw attempt.failed("hangs up", "unreachable");
      const found = events.push(decoder.decode(value, { stream: true }));
      if (found === undefined) throw attempt.failed("sends an event that is too long", "unreachable");
      for (const { kind, id, data } of found) {
        if (kind === "end") return;
        const before = this.#position;
        const position = id ?? before;
        const entry = data === undefined ? undefined : entryOf(data, position);
        if (!isHeader(position) || (data !== undefined && entry === undefined)) {
          throw attempt.failed("sends an event that is malformed", "unreachable");
        }
        if (position.length <= POSITION_CHARS_MAX) this.#position = position;
        if (entry === undefined) continue;
        const isNew = entry.gap === undefined ? this.#isNew(entry, before) : position !== before;
        // Whoever sends what is known, and hangs up, would be asked again and again without a pause.
        if (isNew) this.#wentWell();
        if (entry.gap === undefined && !isNew) continue;
        yield entry;
        this.#options.ends.check();
      }
    }
  }

  #isNew(entry: Entry, before: string): boolean {
    const { turns } = this.#seen;
    const isNew = this.#seen.add(entry);
    if (this.#seen.turns > turns) this.#turns = [this.#turns[1], before];
    return isNew;
  }

  /** The node need not wait for what came lately elsewhere, as it would lest that came twice. */
  get #awaits(): string {
    const [awaits] = this.#turns;
    const isLess = awaits !== this.#position && awaits.length <= AWAITS_CHARS_MAX;
    return isLess ? `&${new URLSearchParams({ awaits })}` : "";
  }

  async #open(attempt: Attempt): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    const { authorize, goesOn, timeoutMs } = this.#options;
    // Looked at here alone, as each event brings one: where the last node made it up, no other would take it.
    if (this.#position !== this.#begin && !isPosition(this.#position)) this.#position = this.#begin;
    this.#begin = this.#position;
    const headers = {
      accept: "text/event-stream",
      ...await authorize(),
      ...this.#position !== "" && { "last-event-id": this.#position },
    };
    const url = `${attempt.at}/v1/${goesOn ? "watch" : "values"}?${this.#query}${this.#awaits}`;
    const response = await attempt.within(timeoutMs, async (signal) => {
      return await checked(await fetch(url, { ...FETCH, headers, signal }), attempt);
    }).catch((error) => {
      // Another node may be of another version, and one is waited for in any case.
      if (!(error instanceof HearsayError) || this.#options.ends.error !== undefined) throw error;
      throw attempt.failed(error.message.slice(attempt.at.length + 1), error.code);
    });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    if (response.body === null || !isStream) {
      throw attempt.failed("answers with something else", "unreachable");
    }
    this.#begun = true;
    this.#brief.begin(performance.now());
    this.#settling = setTimeout(() => this.#settled(), SETTLED_MS);
    return response.body.getReader();
  }

  get #silentMs(): number {
    return ALIVE_MS + this.#options.timeoutMs;
  }

  #wentWell(): void {
    this.#isUseful = true;
    if (this.#failures.length > 0) this.#failures = [];
    this.#settled();
  }

  #settled(): void {
    if (this.#outages === 0) return;
    this.#outages = 0;
    this.#options.wanted.onOutage?.(false);
  }

  async #waitForNodes(): Promise<void> {
    const { goesOn, wanted, ends } = this.#options;
    if (!goesOn || !this.#begun) throw allFailed(this.#failures, false);
    if (this.#outages === 0) wanted.onOutage?.(true);
    await ends.pause(backoffMs({ next: Math.random }, this.#outages++, RETRY_MS_MIN, RETRY_MS_MAX));
    this.#failures = [];
  }
}

/** Whether a header carries it. */
function isHeader(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
