/** The log [L1] [I2]: every entry this node holds, by origin, which of them are new values, and which are gone. */
import { assert } from "../assert.ts";
import { type Clash, clashesWith } from "./clashes.ts";
import type { Block, EntryStore } from "./entry_store.ts";
import { DEFAULT_TOPIC } from "../keys/names.ts";
import { Topics } from "../keys/topics.ts";
import { Gone } from "../retention/gone.ts";
import { Identities } from "./identities.ts";
import type { IntervalSet, Span } from "./interval_set.ts";
import { MemoryEntries } from "./memory_entries.ts";
import { type Grown, type Origin, Origins } from "./origins.ts";
import { RetiredLives } from "../retention/retired_lives.ts";
import type { RetentionPolicy } from "../retention/policy.ts";
import type { Range, Run } from "./runs.ts";
import { Shown } from "./kept/shown.ts";
import type { Texts } from "./texts.ts";

const RETIRED = "retired";

export class Log {
  readonly topics: Topics;
  readonly shown: Shown;
  readonly #entries: EntryStore;
  readonly #origins = new Origins();
  readonly #identities: Identities;
  readonly #policy: RetentionPolicy | undefined;
  readonly #gone: Gone;
  readonly #retired = new RetiredLives();
  #revision = 0;
  #clashes: Clash[] = [];

  /** Of entries that are kept already, all are held [N9]. `policy` follows the blocks; without one, nothing is due to go. */
  constructor(entries: EntryStore = new MemoryEntries(), policy?: RetentionPolicy) {
    this.topics = new Topics(entries);
    this.#entries = entries;
    this.#policy = policy;
    this.#identities = new Identities(entries);
    this.shown = new Shown(this.#identities, this.#origins, this.topics);
    this.#gone = new Gone(entries);
    for (const [name, text] of entries.notes()) {
      if (name === RETIRED) { for (const each of JSON.parse(text)) this.#retired.add(each); }
    }
    for (const [origin, gone] of this.#gone) {
      for (const [from, to] of gone.spans()) this.#hold(this.#origins.of(origin), from, to + 1 - from);
    }
    this.shown.gather();
    for (const block of entries.blocks()) this.#restore(block);
    this.shown.settle();
  }

  /** Counts changes, and so the entries held: equal revisions mean equal logs [L5]. */
  get revision(): number {
    return this.#revision;
  }

  /** How many of the entries held are gone [G3]. */
  get goneCount(): number {
    return this.#gone.count;
  }

  /** How many distinct values are held. */
  get count(): number {
    return this.#identities.count;
  }

  /** Of all values: equal for equal sets of values [L4]. */
  get digest(): string {
    return this.#identities.digest;
  }

  /** `[v1,v2,…]`: every distinct value of the default topic once, in order of arrival [L3] [N3] [I1]; undefined where that is over `charsMax` long. */
  read(charsMax: number): string | undefined {
    return this.topics.default.read(charsMax, (origin) => this.#origins.get(origin)?.repeats);
  }

  /** Whether the only value of `texts` is held; with a topic it is a record, and one with the same id is the same [H2]. */
  holdsValue(texts: Texts, topic?: string): boolean {
    return this.#identities.has(texts, 0, topic);
  }

  /** The same of a whole number of the default topic. */
  holdsWhole(whole: number): boolean {
    return this.#identities.hasWhole(whole);
  }

  /** Whether the entry brought nothing new, as its value was held under another name. */
  isRepeat(origin: string, seq: number): boolean {
    return this.#origins.get(origin)?.repeats?.has(seq) ?? false;
  }

  /** Adds consecutive entries, which came at `now`, ms; returns those that are new. */
  addRun(run: Run, now: number): readonly Run[] {
    const origin = this.#origins.of(run.origin);
    const last = run.seq + run.texts.length - 1;
    if (run.seq > origin.held.last) {
      this.#take(origin, run, now);
      return [run];
    }
    const lacking = origin.held.missing(run.seq, last);
    if (lacking.length === 1 && lacking[0]?.[0] === run.seq && lacking[0][1] === last) {
      this.#take(origin, run, now);
      return [run];
    }
    for (const clash of clashesWith(this.#entries, origin.held, this.#gone, run)) this.#clashes.push(clash);
    return lacking.map(([from, to]) => {
      const fresh = { ...run, seq: from, texts: run.texts.slice(from - run.seq, to + 1 - run.seq) };
      this.#take(origin, fresh, now);
      return fresh;
    });
  }

  /** What came since this was last asked under a number that is held with another value [B8]. */
  takeClashes(): readonly Clash[] {
    const clashes = this.#clashes;
    if (clashes.length > 0) this.#clashes = [];
    return clashes;
  }

  /** The origin that grew last; through `older` all others, in the order in which they grew. */
  get newest(): Grown | undefined {
    return this.#origins.newest;
  }

  /** The origins that grew after a revision, in the order in which they did. */
  grownSince(revision: number): Grown[] {
    return this.#origins.grownSince(revision);
  }

  held(origin: string): IntervalSet | undefined {
    return this.#origins.get(origin)?.held;
  }

  /** The entries from..to, which are held, as far as they are kept together, until they have taken so many bytes; one at least. */
  take(origin: string, from: number, to: number, bytesMax = Infinity): Run {
    const run = this.#entries.take(origin, from, to);
    const { texts } = run;
    if (texts.bytes + texts.length <= bytesMax) return run;
    const { ends } = texts.scanned;
    const perChar = texts.bytes / texts.text.length;
    let count = 1;
    while (count < texts.length && perChar * (ends[count - 1] ?? 0) < bytesMax) count++;
    return { ...run, texts: texts.slice(0, count) };
  }

  /** As `take`, of a range from its beginning to its end, without what is gone. */
  *taken({ origin, seq, count }: Range): Iterable<Run> {
    for (let from = seq; from < seq + count;) {
      const goneTo = this.goneTo(origin, from);
      if (goneTo !== undefined) {
        from = goneTo + 1;
        continue;
      }
      const run = this.take(origin, from, seq + count - 1);
      yield run;
      from += run.texts.length;
    }
  }

  /** If this entry is gone, the last of those that are gone with it; undefined where it is kept [G3]. */
  goneTo(origin: string, seq: number): number | undefined {
    return this.#gone.endOf(origin, seq);
  }

  /** Whether anything of these topics, which are patterns, may be gone by the rules of this node. */
  mayLimit(topics: readonly string[]): boolean {
    return this.#policy?.mayLimit(topics) ?? false;
  }

  /** Lives of which nothing is left, and all has been forgotten [G7]. */
  get retired(): RetiredLives {
    return this.#retired;
  }

  get hasGone(): boolean {
    return this.#gone.size > 0;
  }

  /** Whether all that is held of an origin is gone. */
  isEmpty(origin: string): boolean {
    const held = this.held(origin);
    return held !== undefined && (this.#gone.of(origin)?.covers(held) ?? false);
  }

  /** Forgets all about these lives of a node, of which nothing is left. Returns whether there is anything new in that [G7]. */
  retire(node: string, incarnation: number): boolean {
    if (!this.#retired.add([node, incarnation])) return false;
    for (const origin of this.#origins.forget((name) => this.#retired.covers(name))) {
      this.#gone.forget(origin);
    }
    this.#entries.note(RETIRED, JSON.stringify([...this.#retired]));
    return true;
  }

  /** What is kept under names beside the entries. */
  notes(): Iterable<readonly [name: string, text: string]> {
    return this.#entries.notes();
  }

  note(name: string, text: string): void {
    this.#entries.note(name, text);
  }

  /** The topic of an entry that is kept, and the last of those from there on that are kept in the same one. */
  spanAt(origin: string, seq: number): { readonly topic: string; readonly end: number } {
    const { topic, end } = this.topics.spanAt(origin, seq);
    return { topic, end: Math.min(end, this.#gone.firstFrom(origin, seq) - 1) };
  }

  /** When a block is due to go; Infinity where none is going to be by itself [G2]. */
  get deadline(): number {
    return this.#policy?.deadline ?? Infinity;
  }

  /** Lets a block go that is due to. Returns it, and what of it is gone; undefined where none is due [G2]. */
  expire(now: number): { readonly block: Block; readonly gone: readonly Range[] } | undefined {
    const due = this.#policy?.take(now);
    if (due === undefined) return undefined;
    const found = this.#entries.block(due.id);
    assert(found !== undefined, "only what is kept is due to go");
    const block = { ...found, texts: found.texts }; // Its texts are read while they are there.
    return { block, gone: this.#drop(block, now) };
  }

  /** Of these entries, those that are not held are gone from now on [G5]. Returns them. */
  lose({ origin: name, seq, count }: Range): readonly Range[] {
    const origin = this.#origins.of(name);
    const lost = origin.held.missing(seq, seq + count - 1);
    this.#gone.add(name, lost);
    return lost.map(([from, to]) => {
      this.#hold(origin, from, to + 1 - from);
      return { origin: name, seq: from, count: to + 1 - from };
    });
  }

  /** What a block held stays held, and is gone: its values are known no more, and new where they are told again [G3]. */
  #drop(block: Block, now: number): Range[] {
    const { origin, seq, texts } = block;
    const kept = this.topics.drop(block, now);
    this.#entries.drop(block.id);
    const [stay, go]: [Span[], Span[]] = [[], []];
    for (let from = 0, to = 0; from < texts.length; from = to) {
      const isKept = kept.has(from);
      while (to < texts.length && kept.has(to) === isKept) to++;
      (isKept ? stay : go).push([from, to]);
    }
    // Before anything is forgotten: what stays may be what remains of a value.
    for (const [from, to] of stay) this.#keep(block, from, to, now);
    for (const [from, to] of go) for (let i = from; i < to; i++) this.shown.forget(block, i);
    this.#gone.add(origin, go.map(([from, to]) => [seq + from, seq + to - 1]));
    return go.map(([from, to]) => ({ origin, seq: seq + from, count: to - from }));
  }

  /** These entries of a block that went stay, in blocks of their own [G8]. */
  #keep(block: Block, from: number, to: number, now: number): void {
    const run: Run = { ...block, seq: block.seq + from, texts: block.texts.slice(from, to) };
    let i = from;
    for (const { block: id, count } of this.#entries.put(run, now)) {
      this.#follow(run, id, count, now, true);
      for (const end = i + count; i < end; i++) this.#identities.move(block, i, id);
    }
  }

  #take(origin: Origin, run: Run, now: number): void {
    const { seq, texts } = run;
    const placed = this.#entries.put(run, now);
    this.#hold(origin, seq, texts.length);
    let i = 0;
    for (const { block, count } of placed) {
      this.#follow(run, block, count, now);
      this.shown.note(origin, run, i, count, block, now);
      i += count;
    }
    assert(i === texts.length, "all that is put has a place");
  }

  #restore(block: Block): void {
    const { id, origin: name, seq, texts } = block;
    const run = { ...block, texts };
    const origin = this.#origins.of(name);
    this.#hold(origin, seq, texts.length);
    this.#follow(run, id, texts.length, run.at);
    this.shown.note(origin, run, 0, texts.length, id, run.at);
  }

  /** So many entries of a run came into this block; `again`: they stayed when another one went. */
  #follow(run: Run, id: number, count: number, at: number, again = false): void {
    this.topics.keep(run, id, count);
    const { topic = DEFAULT_TOPIC, texts } = run;
    if (this.#policy === undefined || this.#policy.isForever(topic)) return;
    this.#policy.add(topic, { id, at, count, bytes: Math.round(texts.bytes * count / texts.length) }, again);
  }

  #hold(origin: Origin, seq: number, count: number): void {
    if (count === 1) origin.held.add(seq);
    else origin.held.addSpan(seq, seq + count - 1);
    this.#revision += count;
    this.#origins.grew(origin, this.#revision);
  }
}
