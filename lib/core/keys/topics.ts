/** What the log knows of topics and keys: which there are, the latest entry of each key, and the time that decides which that is. */
import { CountedNames } from "./counted_names.ts";
import { HybridClock } from "./hybrid_clock.ts";
import { type EntryName, Latest } from "./latest.ts";
import { DEFAULT_TOPIC, KEYS_MAX, TOPICS_MAX } from "./names.ts";
import { readRecord, type RecordParts } from "./record.ts";
import { DefaultTopic } from "./default_topic.ts";
import type { Block, EntryStore } from "../log/entry_store.ts";
import type { Run } from "../log/runs.ts";

/** So long after a key was deleted the deletion goes, ms: whoever was away for ABSENCE_MAX_MS has heard of it [G8]. */
export const TOMBSTONE_MS = 8 * 86_400_000;

export class Topics {
  readonly latest = new Latest();
  readonly default: DefaultTopic;
  /** Counted by the entries that are kept. The default topic is no name, and always there. */
  readonly #names = new CountedNames();
  readonly #clock = new HybridClock();

  constructor(entries: EntryStore) {
    this.default = new DefaultTopic(entries);
  }

  /** How many topics have entries, beside the default one. */
  get count(): number {
    return this.#names.size;
  }

  /** So many entries of a run are kept in this block. */
  keep(run: Run, block: number, count: number): void {
    const { topic = DEFAULT_TOPIC } = run;
    if (topic === DEFAULT_TOPIC) this.default.keep(run, block, count);
    else this.#names.use(topic, count);
  }

  /**
   * A block is about to go. Returns its entries that stay, counted from 0: the latest of each key; where that is a deletion,
   * until everybody has heard of it [G8].
   */
  drop(block: Block, now: number): ReadonlySet<number> {
    const { origin, seq, texts, topic = DEFAULT_TOPIC } = block;
    const kept = new Set<number>();
    for (let i = 0; block.topic !== undefined && i < texts.length; i++) {
      const key = readRecord(texts.at(i))?.key;
      const put = key === undefined ? undefined : this.latest.get(topic, key);
      if (key === undefined || put?.seq !== seq + i || put.origin !== origin) continue;
      if (put.deleted && now >= put.stamp / 1_000 + TOMBSTONE_MS) this.latest.forget(topic, key);
      else kept.add(i);
    }
    const number = this.#names.numberOf(topic);
    if (number !== undefined) this.#names.release(number, texts.length);
    else this.default.drop(block);
    return kept;
  }

  /** An entry is held, and came at this moment, ms since 1970 [H3]. */
  note(topic: string, { key, stamp, deleted = false }: RecordParts, name: EntryName, at: number): void {
    if (key === undefined || stamp === undefined) return;
    this.#clock.saw(stamp, at);
    this.latest.note(topic, key, { ...name, stamp, deleted });
  }

  /** Why an entry may not enter, for people; undefined where it may [H7]. Whatever peers bring may. */
  whyNoRoom(topic: string, key: string | undefined): string | undefined {
    if (topic !== DEFAULT_TOPIC && this.count >= TOPICS_MAX && !this.#names.has(topic)) {
      return `there are ${TOPICS_MAX} topics already`;
    }
    if (key !== undefined && !this.latest.hasRoomFor(topic, key)) return `there are ${KEYS_MAX} keys already`;
    return undefined;
  }

  /** The stamp for an entry of this key that is written at this moment, ms since 1970; undefined where none is left [H4]. */
  stampFor(topic: string, key: string, now: number): number | undefined {
    return this.#clock.next(now, this.latest.get(topic, key)?.stamp);
  }
}
