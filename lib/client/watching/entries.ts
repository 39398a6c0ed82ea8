/** What readers are given, one at a time: entries, and gaps where entries are gone. */
import type { Digest } from "../../core/log/digest.ts";
import type { Json } from "../../core/message.ts";
import type { Range } from "../../core/log/runs.ts";
import type { Position } from "../common/options.ts";
import type { Item } from "./item.ts";
import { Steps } from "./steps.ts";
import type { Batch } from "./stream.ts";

/** One entry. Fields that it has not are not there. */
export class Entry {
  /** Undefined where the key was deleted. */
  readonly value: Json | undefined;
  /** "" for what was told without a topic. */
  readonly topic: string;
  /** What the entry is the latest of, or was. */
  declare readonly key?: string;
  /** Entries of one topic with equal ids are one. */
  declare readonly id?: string;
  /** When the key was set, microseconds since 1970, as the node that took it has it; where there is a key. */
  declare readonly stamp?: number;
  /** The key was deleted. */
  declare readonly deleted?: true;
  /** The node, and the life of it, that took the entry. */
  readonly origin: string;
  /** Its number among the entries of its origin, from 1 on. */
  readonly seq: number;
  /** It is no gap. */
  declare readonly gap?: undefined;
  readonly #steps: Steps;
  readonly #count: number;

  /** @internal */
  constructor({ text, topic, key, id, stamp, deleted, origin, seq }: Item, steps: Steps, count: number) {
    this.value = deleted ? undefined : JSON.parse(text);
    this.topic = topic;
    if (key !== undefined) this.key = key;
    if (id !== undefined) this.id = id;
    if (stamp !== undefined) this.stamp = stamp;
    if (deleted) this.deleted = true;
    this.origin = origin;
    this.seq = seq;
    this.#steps = steps;
    this.#count = count;
  }

  /** Where a watch goes on that has had all up to this entry. */
  get position(): Position {
    return this.#steps.after(this.#count);
  }
}

/** Entries that no node asked still has, as its rules of retention let them go. Of which topic they were is not known. */
export class Gap {
  /** `count` entries of an origin from the number `seq` on. */
  readonly gap: Range;
  declare readonly value?: undefined;
  declare readonly topic?: undefined;
  declare readonly key?: undefined;
  declare readonly id?: undefined;
  declare readonly stamp?: undefined;
  declare readonly deleted?: undefined;
  readonly #steps: Steps;
  readonly #count: number;

  /** @internal */
  constructor(gap: Range, steps: Steps, count: number) {
    this.gap = gap;
    this.#steps = steps;
    this.#count = count;
  }

  /** Where a watch goes on that has had all up to this gap. */
  get position(): Position {
    return this.#steps.after(this.#count);
  }
}

/** What a batch brings, for a watcher that has had `before`. */
export function entriesOf(batch: Batch, before: Digest): (Entry | Gap)[] {
  const { items, gaps } = batch;
  const steps = new Steps(before, batch);
  return [
    ...items.map((item, i) => new Entry(item, steps, i + 1)),
    ...gaps.map((gap, i) => new Gap(gap, steps, items.length + i + 1)),
  ];
}
