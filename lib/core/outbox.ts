/** What a node answers to one event: the messages that leave, and what is made safe before them. */
import { assert } from "./assert.ts";
import type { Effect } from "./events.ts";
import type { Log } from "./log/log.ts";
import { entriesIn, type Range, type Run } from "./log/runs.ts";
import type { Body, Envelope } from "./message.ts";

export const BROADCAST_OK: Body = { type: "broadcast_ok" };
export const DELETE_OK: Body = { type: "delete_ok" };
const NO_GAPS: readonly Range[] = [];

/** What was asked, by the error that answers it, which does not say so. */
const refused = new WeakMap<Body, string>();

/** The type of the request that an error of a node answers, for those who count them. */
export function refusedBy(error: Body): string | undefined {
  return refused.get(error);
}

export class Outbox {
  readonly #log: Log;
  #effects: Effect[] = [];
  /** How many entries were made safe, or are to be by an effect that is out already [I3]. */
  #persisted: number;

  /** What is in the log now is safe. */
  constructor(log: Log) {
    this.#log = log;
    this.#persisted = log.revision;
  }

  /** Of the event that is being taken in, in order. */
  get effects(): Effect[] {
    return this.#effects;
  }

  /** Another event is taken in. */
  begin(): void {
    this.#effects = [];
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  deliver(runs: readonly Run[], own: boolean, gaps = NO_GAPS): void {
    this.#persisted += entriesIn(runs);
    for (const { count } of gaps) this.#persisted += count;
    this.#effects.push(
      gaps.length > 0 ? { kind: "persist", own, runs, gaps } : { kind: "persist", own, runs },
      { kind: "deliver", runs },
    );
  }

  refuse(envelope: Envelope, code: number, text: string): void {
    if (envelope.body.msg_id === undefined) {
      this.emit({ kind: "drop", reason: `from ${envelope.src}: ${text}` });
    } else this.reply(envelope, { type: "error", code, text });
  }

  /** Answers a message that asks for an answer. */
  reply(envelope: Envelope, body: Body): void {
    const { src, dest, body: { msg_id } } = envelope;
    if (msg_id === undefined) return;
    // Most answers say no more than their type, and to copy one field is faster than to copy all that there may be.
    const { type } = body;
    const isBare = body === BROADCAST_OK || body === DELETE_OK;
    const answer = isBare ? { type, in_reply_to: msg_id } : { ...body, in_reply_to: msg_id };
    if (type === "error") refused.set(answer, envelope.body.type);
    this.send({ src: dest, dest: src, body: answer });
  }

  /** Says broadcast_ok to each of these that asks for an answer: once to all of a client that stand together. */
  acknowledge(envelopes: readonly Envelope[]): void {
    this.#checkPersisted();
    let requests: number[] = [];
    let last: Envelope | undefined;
    for (const envelope of envelopes) {
      const { src, dest, body: { msg_id } } = envelope;
      if (msg_id === undefined) continue;
      if (src !== last?.src) {
        requests = [];
        this.emit({ kind: "acknowledge", acknowledgements: { src: dest, dest: src, requests } });
      }
      last = envelope;
      requests.push(msg_id);
    }
  }

  send(envelope: Envelope): void {
    this.#checkPersisted();
    this.emit({ kind: "send", envelope });
  }

  #checkPersisted(): void {
    assert(this.#persisted === this.#log.revision, "what is held is persisted before it is told of");
  }
}
