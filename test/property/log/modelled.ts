/** A log, and beside it a plain model of what it must say. */
import { deepEqual, equal } from "node:assert/strict";
import { comparePuts, type Put } from "../../../lib/core/keys/latest.ts";
import { readRecord, type RecordParts, recordText } from "../../../lib/core/keys/record.ts";
import type { EntryStore } from "../../../lib/core/log/entry_store.ts";
import { IntervalSet } from "../../../lib/core/log/interval_set.ts";
import { Log } from "../../../lib/core/log/log.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import { below, seeded } from "../../../lib/core/random.ts";
import { RetentionPolicy } from "../../../lib/core/retention/policy.ts";
import type { Rule } from "../../../lib/core/retention/rules.ts";
import type { Store } from "../../../lib/store/store.ts";

export const ORIGINS = ["n1.1", "n2.1", "n3.1"];
export const SEQ_MAX = 24;
const TOPICS = [undefined, undefined, "", "t", "u"];
const RULES: readonly Rule[] = [
  { pattern: "t", count: 2 },
  { pattern: "u", ageMs: 5_000 },
  { pattern: "", bytes: 40 },
];

interface Entry {
  readonly topic: string | undefined;
  readonly text: string;
}
/** Every entry that exists, by origin and number less one: few values, so that many are repeats. */
type World = ReadonlyMap<string, readonly Entry[]>;

export function worldOf(seed: number): World {
  const random = seeded(seed);
  const pick = <T>(items: readonly [T, ...T[]]): T => items[below(random, items.length)] ?? items[0];
  const texts = () => pick(["0", "7", "-1", '"a"', '"é"', '{"b":1,"a":2}', '{"a":2,"b":1}', "[1.5]", "null"]);
  const record = (): string => {
    const id = pick([undefined, undefined, "i", "j"]);
    const key = pick([undefined, "k", "l", "m"]);
    if (key === undefined) return recordText({ text: texts(), id });
    const deleted = below(random, 5) === 0;
    return recordText({ text: texts(), id, key, stamp: 1 + below(random, 9), deleted });
  };
  return new Map(ORIGINS.map((origin) => {
    let topic = TOPICS[0];
    const entries = Array.from({ length: SEQ_MAX }, () => {
      if (below(random, 3) === 0) topic = TOPICS[below(random, TOPICS.length)];
      const text = topic === undefined ? texts() : below(random, 30) === 0 ? "[1,2]" : record();
      return { topic, text };
    });
    return [origin, entries];
  }));
}

/** What is held: an entry, or nothing of it any more. */
class Model {
  readonly #world: World;
  readonly #held: Map<string, "kept" | "gone">;

  constructor(world: World, held: ReadonlyMap<string, "kept" | "gone"> = new Map()) {
    this.#world = world;
    this.#held = new Map(held);
  }

  copy(): Model {
    return new Model(this.#world, this.#held);
  }

  /** A copy of it, but with what another one holds of an origin. */
  withThatOf(other: Model, origin: string): Model {
    const held = new Map(this.#held);
    for (const [name, state] of other.#held) if (name.startsWith(`${origin} `)) held.set(name, state);
    return new Model(this.#world, held);
  }

  put(origin: string, from: number, count: number): number {
    return this.#change(origin, from, count, "kept", undefined);
  }

  lose(origin: string, from: number, count: number): number {
    return this.#change(origin, from, count, "gone", undefined);
  }

  goes(origin: string, from: number, count: number): number {
    return this.#change(origin, from, count, "gone", "kept");
  }

  /** Returns how many changed. */
  #change(origin: string, from: number, count: number, to: "kept" | "gone", was: "kept" | undefined): number {
    let changed = 0;
    for (let seq = from; seq < from + count; seq++) {
      if (this.#held.get(`${origin} ${seq}`) !== was) continue;
      this.#held.set(`${origin} ${seq}`, to);
      changed++;
    }
    return changed;
  }

  stateOf(origin: string, seq: number): "kept" | "gone" | undefined {
    return this.#held.get(`${origin} ${seq}`);
  }

  *kept(): Iterable<Entry & { readonly origin: string; readonly seq: number }> {
    for (const [origin, entries] of this.#world) {
      for (const [i, entry] of entries.entries()) {
        if (this.stateOf(origin, i + 1) === "kept") yield { ...entry, origin, seq: i + 1 };
      }
    }
  }
}

/** A log, and the model of what should be in it. */
export class Subject {
  log: Log;
  model: Model;
  committed: Model;
  store: EntryStore & Partial<Store>;
  readonly #world: World;
  now = 1_000;

  constructor(world: World, store: EntryStore & Partial<Store>) {
    this.#world = world;
    this.store = store;
    this.log = this.logOf();
    this.model = new Model(world);
    this.committed = this.model.copy();
  }

  logOf(): Log {
    return new Log(this.store, new RetentionPolicy(RULES));
  }

  put(origin: string, from: number, count: number): void {
    const entries = this.#world.get(origin) ?? [];
    const last = Math.min(SEQ_MAX, from + count - 1);
    let added = 0;
    for (let seq = from; seq <= last;) {
      const topic = entries[seq - 1]?.topic;
      const texts: string[] = [];
      const first = seq;
      for (; seq <= last && entries[seq - 1]?.topic === topic; seq++) {
        texts.push(entries[seq - 1]?.text ?? "");
      }
      const run = { origin, seq: first, texts: Texts.of(texts), topic };
      for (const { texts } of this.log.addRun(run, this.now)) added += texts.length;
    }
    equal(added, this.model.put(origin, from, last + 1 - from));
    deepEqual(this.log.takeClashes(), []);
  }

  lose(origin: string, from: number, count: number): void {
    const range = { origin, seq: from, count: Math.min(count, SEQ_MAX + 1 - from) };
    const lost = this.log.lose(range).reduce((sum, { count }) => sum + count, 0);
    equal(lost, this.model.lose(origin, from, range.count));
  }

  expire(): void {
    for (let turn = 0;; turn++) {
      equal(turn < 200, true, "expiry comes to an end");
      const expired = this.log.expire(this.now);
      if (expired === undefined) break;
      for (const { origin, seq, count } of expired.gone) equal(this.model.goes(origin, seq, count), count);
    }
    equal(this.log.deadline > this.now, true);
  }

  check(): void {
    const { log, model } = this;
    const firsts = new Map<string, number>();
    const twins = new Map<string, string[]>();
    const latest = new Map<string, Put>();
    const fresh = new Log();
    const read: string[] = [];
    for (const { origin, seq, topic, text } of model.kept()) {
      const run = log.take(origin, seq, seq);
      deepEqual([run.topic, ...run.texts], [topic, text]);
      fresh.addRun({ origin, seq, texts: Texts.of([text]), topic }, 0);
      const record = topic === undefined ? { text } : readRecord(text);
      if (record === undefined) continue;
      const key = `${topic} ${
        topic !== undefined && record.id !== undefined ? `id ${record.id}` : same(text)
      }`;
      twins.set(key, [...twins.get(key) ?? [], `${origin} ${seq}`]);
      const isFirst = !log.isRepeat(origin, seq);
      firsts.set(key, (firsts.get(key) ?? 0) + Number(isFirst));
      if (isFirst && (topic ?? "") === "" && !record.deleted) read.push(record.text);
      noteLatest(latest, topic, record, origin, seq);
    }
    for (const [key, count] of firsts) equal(count, 1, `first entries of ${key}`);
    for (const [key, names] of twins) deepEqual(names.map((name) => twinsAt(log, name)), others(names), key);
    deepEqual([log.count, log.digest], [firsts.size, fresh.digest]);
    deepEqual(
      JSON.parse(log.read(Infinity) ?? "").map(sorted).sort(),
      read.map((text) => sorted(JSON.parse(text))).sort(),
    );
    const found = [...log.topics.latest.entries(["*"])];
    deepEqual(
      found.map(({ topic, key, origin, seq }) => `${topic}/${key} ${origin} ${seq}`).sort(),
      [...latest].map(([name, { origin, seq }]) => `${name} ${origin} ${seq}`).sort(),
    );
    for (const origin of ORIGINS) {
      const [held, gone] = [new IntervalSet(), new IntervalSet()];
      for (let seq = 1; seq <= SEQ_MAX; seq++) {
        const state = model.stateOf(origin, seq);
        if (state !== undefined) held.add(seq);
        if (state === "gone") gone.add(seq);
      }
      deepEqual(log.held(origin)?.spans() ?? [], held.spans());
      const told = new IntervalSet();
      for (let seq = 1; seq <= SEQ_MAX; seq++) if (log.goneTo(origin, seq) !== undefined) told.add(seq);
      deepEqual(told.spans(), gone.spans());
    }
  }
}

function twinsAt({ shown }: Log, name: string): readonly string[] {
  const [origin = "", seq] = name.split(" ");
  return Array.from(shown.twinsOf(origin, Number(seq)) ?? [], (each) => `${each.origin.name} ${each.seq}`)
    .sort();
}

/** For each of them all others. */
function others(names: readonly string[]): readonly (readonly string[])[] {
  return names.map((name) => names.filter((each) => each !== name).toSorted());
}

function noteLatest(
  latest: Map<string, Put>,
  topic: string | undefined,
  { key, stamp, deleted = false }: RecordParts,
  origin: string,
  seq: number,
): void {
  if (topic === undefined || key === undefined || stamp === undefined) return;
  const put = { origin, seq, stamp, deleted };
  const held = latest.get(`${topic}/${key}`);
  if (held === undefined || comparePuts(put, held) > 0) latest.set(`${topic}/${key}`, put);
}

function same(text: string): string {
  return sorted(JSON.parse(text));
}

function sorted(value: unknown): string {
  return JSON.stringify(
    value,
    (_, each) =>
      typeof each === "object" && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort())
        : each,
  );
}
