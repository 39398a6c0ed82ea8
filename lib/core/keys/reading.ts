/** What a reader gets who asks for topics, or for the latest entries of keys [H5] [H8]. */
import { assert } from "../assert.ts";
import { Digest } from "../log/digest.ts";
import type { Log } from "../log/log.ts";
import { type Range, rangeOf, type Run } from "../log/runs.ts";
import type { LatestPut } from "./latest.ts";
import { DEFAULT_TOPIC, matches } from "./names.ts";
import { readRecord } from "./record.ts";
import { RawJson } from "../raw.ts";
import { type Batch, BATCH_BYTES_MAX, BATCH_ENTRIES_MAX } from "../replication/pacing.ts";
import { NUMBER_BYTES, roomFor } from "../size.ts";

/** So many batches of entries are looked at for one read of topics: nobody else is served meanwhile [H10]. */
export const READ_BATCHES_MAX = 64;

/** What a reader asks for. */
export interface Asked {
  /** Patterns of topics. */
  readonly topics: readonly string[];
  /** Where the reader wants nothing but the latest entries of keys: how far it has come. */
  readonly latest?: LatestPass | undefined;
}

export const DEFAULT_ASKED: Asked = { topics: [DEFAULT_TOPIC] };

/** A way through the latest entries of all keys, before what becomes the latest from its beginning on. */
export class LatestPass {
  #log: Log | undefined;
  #rest: Iterator<LatestPut> | undefined;
  /** All that was held when the way began: what comes later is told of later. */
  #since = new Digest();

  /** The next one; undefined where the way is at its end, and then `had` is told of all that was held at its beginning. */
  next(log: Log, topics: readonly string[], had: (all: Digest) => void): LatestPut | undefined {
    if (log !== this.#log) {
      // A log in another's place may lack some of it, and the position says what was had.
      this.#log = log;
      this.#rest = log.topics.latest.entries(topics);
      this.#since = heldBy(log);
    }
    const next = this.#rest?.next();
    if (next?.done === false) return next.value;
    if (this.#rest !== undefined) had(this.#since);
    this.#rest = undefined;
    return undefined;
  }
}

/** The latest value of a key and its stamp; undefined where there is none, or it is deleted [H9]. */
export function latestValue(
  log: Log,
  topic: string,
  key: string,
): { value: RawJson; stamp: number } | undefined {
  const latest = log.topics.latest.get(topic, key);
  if (latest === undefined || latest.deleted) return undefined;
  const { origin, seq, stamp } = latest;
  const record = readRecord(log.take(origin, seq, seq).texts.text);
  assert(record !== undefined, "what is the latest of a key was read before");
  return { value: new RawJson(record.text), stamp };
}

/** All values of these topics as the text of a JSON array; undefined where it is longer than that, or takes more batches to find. */
export function readTopics(
  log: Log,
  topics: readonly string[],
  charsMax: number,
  batchesMax = READ_BATCHES_MAX,
): string | undefined {
  const position = new Digest();
  const texts: string[] = [];
  let chars = 2;
  for (let [more, batches] = [true, 0]; more; batches++) {
    if (batches === batchesMax) return undefined;
    const batch = takeAsked(log, position, { topics });
    for (const run of batch.runs) {
      for (let i = 0; i < run.texts.length; i++) {
        const text = valueText(run, i);
        if (text === undefined) continue;
        texts.push(text);
        chars += text.length + 1;
      }
    }
    if (chars > charsMax) return undefined;
    more = batch.more;
  }
  return `[${texts.join(",")}]`;
}

/** Undefined where the entry is a deletion, or no record that can be read [H6]. */
function valueText({ texts, topic }: Run, i: number): string | undefined {
  if (topic === undefined) return texts.at(i);
  const record = readRecord(texts.at(i));
  return record?.deleted ? undefined : record?.text;
}

/** Takes what a reader lacks of what it asks for, up to a batch, and moves its position on over that and all before it [N11]. */
export function takeAsked(log: Log, position: Digest, { topics, latest }: Asked): Batch {
  const batch = new Gathered(position);
  let tellsOfGaps: boolean | undefined;
  while (!batch.isFull) {
    const next = latest?.next(log, topics, (all) => batch.goOverAll(all));
    if (next === undefined) break;
    batch.looked++;
    const { origin, seq } = next;
    if (position.has(origin, seq)) continue;
    batch.add(log.take(origin, seq, seq));
    batch.goOver(origin, seq, seq, 1);
  }
  for (const { name, held } of position.gaps(log)) {
    for (const [from, to] of position.of(name).lacks(held)) {
      for (let seq = from; seq <= to;) {
        if (batch.isFull) return batch.taken(true);
        const goneTo = log.goneTo(name, seq);
        if (goneTo !== undefined) {
          const end = Math.min(to, goneTo);
          // Of which topics they were is not known any more: of none that is kept forever, and no latest entry of a key.
          tellsOfGaps ??= latest === undefined && log.mayLimit(topics);
          if (tellsOfGaps) batch.addGap({ origin: name, seq, count: end + 1 - seq });
          batch.goOver(name, seq, end, tellsOfGaps ? end + 1 - seq : 0);
          seq = end + 1;
          continue;
        }
        const { topic, end } = log.spanAt(name, seq);
        if (!matches(topics, topic)) {
          batch.looked++;
          const last = Math.min(to, end);
          batch.goOver(name, seq, last, 0);
          seq = last + 1;
          continue;
        }
        const run = log.take(name, seq, Math.min(to, seq + batch.room - 1), BATCH_BYTES_MAX - batch.bytes);
        const { length } = run.texts;
        let given = length;
        // Mostly all of it is shown.
        if (latest === undefined && !log.shown.hasTwins(name)) batch.add(run);
        else {
          const isGiven = latest === undefined ? isNews : isLatest;
          given = 0;
          for (const part of partsOf(run, (i) => isGiven(log, run, i, position))) {
            batch.add(part);
            given += part.texts.length;
          }
        }
        batch.looked += length;
        batch.goOver(name, seq, seq + length - 1, given);
        seq += length;
      }
    }
  }
  return batch.taken(position.lacks(log));
}

/** What a position names and the log lacks: the reader had it at another node [S11]. Lives that are retired go out of it. */
export function aheadOf(log: Log, position: Digest): Digest {
  const ahead = new Digest();
  position.retire(log.retired, false);
  for (const [origin, had] of position) {
    const held = log.held(origin);
    if (held?.covers(had)) continue;
    for (const [from, to] of held?.lacks(had) ?? had.spans()) ahead.addSpan(origin, from, to);
  }
  return ahead;
}

/** Has its end after so many entries, those that are passed over included: no step takes long. */
class Gathered {
  readonly #position: Digest;
  readonly #runs: Run[] = [];
  readonly #gaps: Range[] = [];
  /** Ranges of which not all are among these. */
  readonly #passed: Range[] = [];
  #passedOver = 0;
  looked = 0;
  bytes = 0;

  constructor(position: Digest) {
    this.#position = position;
  }

  get room(): number {
    return BATCH_ENTRIES_MAX - this.looked;
  }

  get isFull(): boolean {
    return this.room <= 0 || this.bytes >= BATCH_BYTES_MAX;
  }

  /** The position moves over these entries, of which so many were added. */
  goOver(origin: string, from: number, to: number, added: number): void {
    this.#position.addSpan(origin, from, to);
    const count = to + 1 - from;
    if (added === count) return;
    this.#passed.push({ origin, seq: from, count });
    this.#passedOver += count - added;
  }

  goOverAll(all: Digest): void {
    for (const [origin, held] of all) for (const [from, to] of held.spans()) this.goOver(origin, from, to, 0);
  }

  add(run: Run): void {
    this.#runs.push(run);
    this.bytes += run.texts.bytes + run.texts.length + roomFor(run.origin) + NUMBER_BYTES;
  }

  addGap(gap: Range): void {
    this.#gaps.push(gap);
    this.bytes += roomFor(gap.origin) + 2 * NUMBER_BYTES;
  }

  taken(more: boolean): Batch {
    const batch = { runs: this.#runs, gaps: this.#gaps, bytes: this.bytes, more };
    if (this.#passedOver === 0) return batch;
    const had = new Digest();
    for (const run of this.#runs) had.add(rangeOf(run));
    for (const range of [...this.#gaps, ...this.#passed]) had.add(range);
    return { ...batch, passedOver: { had, count: this.#passedOver } };
  }
}

/** The parts of a run that a reader is given. */
function* partsOf(run: Run, isGiven: (i: number) => boolean): Iterable<Run> {
  const { seq, texts } = run;
  let from = 0;
  for (let i = 0; i <= texts.length; i++) {
    if (i < texts.length && isGiven(i)) continue;
    if (i > from) yield { ...run, seq: seq + from, texts: texts.slice(from, i) };
    from = i + 1;
  }
}

/** Whether a reader has had none of the entries that are one with this one; those before it in the run it has had [H12]. */
function isNews(log: Log, { origin, seq: first }: Run, i: number, position: Digest): boolean {
  const seq = first + i;
  const twins = log.shown.twinsOf(origin, seq);
  if (twins === undefined) return !log.isRepeat(origin, seq);
  for (const { origin: { name }, seq: other } of twins) {
    if (position.has(name, other) || (name === origin && first <= other && other < seq)) return false;
  }
  return true;
}

/** Whether it is the latest of its key [H8]. */
function isLatest({ topics }: Log, { origin, seq, texts, topic }: Run, i: number): boolean {
  const key = topic === undefined ? undefined : readRecord(texts.at(i))?.key;
  return topic !== undefined && key !== undefined && topics.latest.isLatest(topic, key, origin, seq + i);
}

function heldBy(log: Log): Digest {
  const digest = new Digest();
  for (let each = log.newest; each !== undefined; each = each.older) digest.of(each.name).addAll(each.held);
  return digest;
}
