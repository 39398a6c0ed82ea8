/** What a node was told in topics, kept as plainly as can be: what it should answer when it is asked for it. */
import { deepEqual, ok } from "node:assert/strict";
import { canonical } from "../../lib/core/log/canonical.ts";
import { comparePuts, type Put } from "../../lib/core/keys/latest.ts";
import { readRecord } from "../../lib/core/keys/record.ts";
import type { Body } from "../../lib/core/message.ts";
import type { Entry } from "../shared/entries.ts";

interface Told extends Put {
  readonly text: string;
}

export class ToldTopics {
  /** Of all ids, and of all values that have neither id nor key. */
  readonly #held = new Set<string>();
  readonly #puts = new Map<string, Told>();

  deliver({ origin, seq, value, topic }: Entry): void {
    const record = readRecord(JSON.stringify(value));
    if (record === undefined) return;
    const { text, id, key, stamp = 0, deleted = false } = record;
    if (id !== undefined) this.#held.add(nameOf(topic, "id", id));
    else if (key === undefined) this.#held.add(nameOf(topic, "value", canonical(JSON.parse(text))));
    if (key === undefined) return;
    const put = { text, stamp, deleted, origin, seq };
    const before = this.#puts.get(nameOf(topic, key));
    if (before === undefined || comparePuts(put, before) > 0) this.#puts.set(nameOf(topic, key), put);
  }

  /** Something in a topic was acknowledged [H2] [H9]. */
  acknowledged({ topic, id, key, message }: Body): void {
    if (typeof id === "string") {
      ok(this.#held.has(nameOf(topic, "id", id)), "an id is held once it is acknowledged");
    } else if (typeof key === "string") {
      ok(this.#puts.has(nameOf(topic, key)), "a key is there once it is put");
    } else {
      const value = canonical(JSON.parse(JSON.stringify(message)));
      ok(this.#held.has(nameOf(topic, "value", value)), "a value is held once it is acknowledged");
    }
  }

  /** The latest of a key was asked for [H3]. */
  asked({ topic, key }: Body, answer: Body): void {
    const put = this.#puts.get(nameOf(topic, key));
    const { type, value, stamp, code } = answer;
    if (put === undefined || put.deleted) deepEqual([type, code], ["error", 20]);
    else deepEqual([type, JSON.stringify(value), stamp], ["get_ok", put.text, put.stamp]);
  }
}

function nameOf(...parts: unknown[]): string {
  return JSON.stringify(parts);
}
