/** Which entries are gone: held, and nothing else is known of them any more. Notes beside the entries outlive a restart [G3]. */
import type { EntryStore } from "../log/entry_store.ts";
import { IntervalSet, type Span } from "../log/interval_set.ts";

/** Numbers that share a note: one change writes few of those that lie between what is kept. */
const NUMBERS_PER_NOTE = 65_536;
const NAME = /^gone (\d+) (.+)$/s;

export class Gone implements Iterable<readonly [origin: string, gone: IntervalSet]> {
  readonly #store: EntryStore;
  readonly #origins = new Map<string, IntervalSet>();

  constructor(store: EntryStore) {
    this.#store = store;
    for (const [name, text] of store.notes()) {
      const [, part, origin = ""] = NAME.exec(name) ?? [];
      if (part === undefined) continue;
      const bounds = text.split(",").map(Number);
      for (let i = 0; i + 1 < bounds.length; i += 2) {
        this.#of(origin).addSpan(bounds[i] ?? 0, bounds[i + 1] ?? 0);
      }
    }
  }

  of(origin: string): IntervalSet | undefined {
    return this.#origins.get(origin);
  }

  /** If this entry is gone, the last of those that are gone with it; undefined where it is not. */
  endOf(origin: string, seq: number): number | undefined {
    const gone = this.#origins.get(origin);
    return gone?.has(seq) ? gone.endOfSpan(seq) : undefined;
  }

  /** The first entry from `seq` on that is gone; Infinity where none is. */
  firstFrom(origin: string, seq: number): number {
    return this.#origins.get(origin)?.firstFrom(seq) ?? Infinity;
  }

  /** The entries of these intervals are gone. However many there are, each note is written once. */
  add(origin: string, spans: readonly Span[]): void {
    if (spans.length === 0) return;
    const gone = this.#of(origin);
    const parts = new Set<number>();
    for (const [from, to] of spans) {
      // An interval stands in the note of its beginning, however long it is. It takes in those that it meets.
      for (const [first] of gone.within(from, to + 1)) parts.add(partOf(first));
      gone.addSpan(from, to);
      parts.add(partOf(gone.startOfSpan(from)));
    }
    for (const part of parts) {
      const first = (part - 1) * NUMBERS_PER_NOTE + 1;
      const begun = gone.within(first, part * NUMBERS_PER_NOTE).filter(([from]) => !gone.has(from - 1));
      const spans = begun.map(([from]) => [from, gone.endOfSpan(from)]);
      this.#store.note(nameOf(part, origin), spans.length === 0 ? undefined : spans.join());
    }
  }

  get size(): number {
    return this.#origins.size;
  }

  /** How many entries. */
  get count(): number {
    let count = 0;
    for (const gone of this.#origins.values()) count += gone.count;
    return count;
  }

  /** Forgets what is gone of an origin. */
  forget(origin: string): void {
    const gone = this.#origins.get(origin);
    if (gone === undefined) return;
    const parts = new Set(gone.spans().map(([from]) => partOf(from)));
    for (const part of parts) this.#store.note(nameOf(part, origin), undefined);
    this.#origins.delete(origin);
  }

  [Symbol.iterator](): Iterator<readonly [origin: string, gone: IntervalSet]> {
    return this.#origins.entries();
  }

  #of(origin: string): IntervalSet {
    let gone = this.#origins.get(origin);
    if (gone === undefined) this.#origins.set(origin, gone = new IntervalSet());
    return gone;
  }
}

function partOf(seq: number): number {
  return Math.ceil(seq / NUMBERS_PER_NOTE);
}

function nameOf(part: number, origin: string): string {
  return `gone ${part} ${origin}`;
}
