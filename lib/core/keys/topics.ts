/** What the log knows of topics and keys: which there are, the latest entry of each key, and the time that decides which that is. */
import { CountedNames } from "./counted_names.ts";
import { HybridClock } from "./hybrid_clock.ts";
import { type EntryName, Latest } from "./latest.ts";
import { DEFAULT_TOPIC, KEYS_MAX, TOPICS_MAX } from "./names.ts";
import { DEFAULT_NUMBER, type TopicSpan, TopicSpans } from "./topic_spans.ts";
import { readRecord, type RecordParts } from "./record.ts";
import { DefaultTopic } from "./default_topic.ts";
import type { Block, EntryStore } from "../log/entry_store.ts";
import type { Run } from "../log/runs.ts";

/** So long after a key was deleted the deletion goes, ms: whoever was away for ABSENCE_MAX_MS has heard of it [G8]. */
export const TOMBSTONE_MS = 8 * 86_400_000;

const ALL_PLAIN: TopicSpan = { topic: DEFAULT_NUMBER, end: Infinity };

export class Topics {
  readonly latest: Latest = new Latest();
  readonly default: DefaultTopic;
  /** Counted by the entries that are kept. The default topic is no name, and always there. */
  readonly #names = new CountedNames();
  /** By origin, which of its entries are in which topic; the number of a name, and one more. */
  readonly #spans = new Map<string, TopicSpans>();
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
    if (topic === DEFAULT_TOPIC) return this.default.keep(run, block, count);
    const number = this.#names.use(topic, count);
    let spans = this.#spans.get(run.origin);
    if (spans === undefined) this.#spans.set(run.origin, spans = new TopicSpans());
    spans.set(run.seq, run.seq + run.texts.length - 1, 1 + number);
  }

  /** The topic of an entry that is kept, and the last one of those from there on that are in the same. */
  spanAt(origin: string, seq: number): { readonly topic: string; readonly end: number } {
    const { topic, end } = this.#spans.get(origin)?.at(seq) ?? ALL_PLAIN;
    return { topic: topic === DEFAULT_NUMBER ? DEFAULT_TOPIC : this.#names.nameOf(topic - 1), end };
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
    if (number === undefined) this.default.drop(block);
    else {
      const spans = this.#spans.get(origin);
      spans?.set(seq, seq + texts.length - 1, DEFAULT_NUMBER);
      if (spans?.isPlain) this.#spans.delete(origin);
      this.#names.release(number, texts.length);
    }
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
