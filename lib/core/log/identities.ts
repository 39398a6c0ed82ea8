/** Which values are held: whole numbers as bits, all others by hashes that lead to where they are kept [L3] [L8]. */
import { at } from "../assert.ts";
import { type Hashes, hashesOf, idOf, sameIn } from "../keys/identity.ts";
import type { Block, EntryStore } from "./entry_store.ts";
import { Fingerprints } from "./fingerprints.ts";
import type { Run } from "./runs.ts";
import { SetDigest } from "./set_digest.ts";
import type { Texts } from "./texts.ts";
import { WholeNumbers } from "./whole_numbers.ts";

/** As many digits make a whole number that is safe, whatever they are. */
const DIGITS_MAX = 15;
const [ZERO, NINE, MINUS] = [48, 57, 45];

const NONE: readonly number[] = [];

/** The name of an entry. */
export interface Name {
  readonly origin: string;
  readonly seq: number;
}

/** Whether the value of an entry was held under another name when it came. */
export type IsRepeat = (origin: string, seq: number) => boolean;

export class Identities {
  readonly #entries: EntryStore;
  readonly #wholes = new WholeNumbers();
  readonly #others = new Fingerprints();
  /** The blocks of entries whose values are held under other names, too: what remains of a value when the first entry goes. */
  readonly #repeats = new Fingerprints();
  readonly #digest = new SetDigest();
  #count = 0;

  /** `entries`: where the values are looked up that have the same hashes. */
  constructor(entries: EntryStore) {
    this.#entries = entries;
  }

  get count(): number {
    return this.#count;
  }

  get digest(): string {
    return this.#digest.toString();
  }

  has(texts: Texts, i: number, topic: string | undefined): boolean {
    const whole = topic === undefined ? wholeOf(texts, i) : undefined;
    if (whole !== undefined) return this.#wholes.has(whole);
    const id = idOf({ texts, topic }, i);
    return this.#find({ texts, topic }, i, id, hashesOf({ texts, topic }, i, id), 0, Infinity);
  }

  /** Takes in the i-th entry of a run, which has this id, if any, and is kept in this block. Returns whether it is new. */
  add(run: Run, i: number, id: string | undefined, block: number): boolean {
    if (run.topic === undefined) return this.addPlain(run, i, 1, block).length === 0;
    const [high, low] = hashesOf(run, i, id);
    return this.#addOther(run, i, id, block, high, low);
  }

  /** As add(), of so many entries without a topic, from the i-th on. Returns which of them are not new. */
  addPlain(run: Run, first: number, count: number, block: number): readonly number[] {
    const { texts } = run;
    // A single text need not be scanned for this.
    const ends = texts.length === 1 || !texts.mayBeWhole ? undefined : texts.scanned.ends;
    let repeats: number[] | undefined;
    let from = ends === undefined || first === 0 ? 0 : at(ends, first - 1) + 1;
    for (let i = first; i < first + count; i++) {
      const end = ends === undefined ? texts.text.length : at(ends, i);
      const whole = texts.mayBeWhole ? wholeIn(texts.text, from, end) : undefined;
      const isNew = whole === undefined
        ? this.#addOther(run, i, undefined, block, at(texts.hashes, 2 * i), at(texts.hashes, 2 * i + 1))
        : this.#addWhole(run, i, block, whole);
      if (!isNew) (repeats ??= []).push(i);
      from = end + 1;
    }
    return repeats ?? NONE;
  }

  #addOther(run: Run, i: number, id: string | undefined, block: number, high: number, low: number): boolean {
    // Nearly all are new, and then that is all there is to find out.
    if (!this.#others.addNew(high, low, block)) {
      if (this.#find(run, i, id, [high, low], block, run.seq + i)) {
        this.#repeats.add(high, low, block);
        return false;
      }
      this.#others.add(high, low, block);
    }
    this.#digest.add(high, low);
    this.#count++;
    return true;
  }

  #addWhole(run: Run, i: number, block: number, whole: number): boolean {
    if (!this.#wholes.add(whole)) {
      const [high, low] = hashesOf(run, i, undefined);
      this.#repeats.add(high, low, block);
      return false;
    }
    this.#digest.addWhole(whole);
    this.#count++;
    return true;
  }

  /**
   * Forgets the i-th entry of a block that is about to go [G3]. Returns another entry of the same value, which is the first
   * one now; undefined where there is none, or where this one was a repeat itself. `isRepeat` tells of entries elsewhere.
   */
  remove(block: Block, i: number, isFirst: boolean, isRepeat: IsRepeat): Name | undefined {
    const { id, texts, topic } = block;
    const hashes = hashesOf(block, i, idOf(block, i));
    const [high, low] = hashes;
    this.#repeats.delete(high, low, id);
    if (!isFirst) return undefined;
    const whole = topic === undefined ? wholeOf(texts, i) : undefined;
    if (whole === undefined) this.#others.delete(high, low, id);
    const heir = this.#heirOf(block, i, hashes, isRepeat);
    if (heir !== undefined) {
      if (whole === undefined) this.#others.add(high, low, heir.block);
      return heir;
    }
    if (whole === undefined) this.#digest.remove(high, low);
    else {
      this.#wholes.delete(whole);
      this.#digest.removeWhole(whole);
    }
    this.#count--;
    return undefined;
  }

  /** The i-th entry of a block that is about to go is kept in another one. */
  move(block: Block, i: number, to: number): void {
    const [high, low] = hashesOf(block, i, idOf(block, i));
    for (const prints of [this.#others, this.#repeats]) {
      if (prints.delete(high, low, block.id)) prints.add(high, low, to);
    }
  }

  #heirOf(
    gone: Block,
    i: number,
    [high, low]: Hashes,
    isRepeat: IsRepeat,
  ): Name & { readonly block: number } | undefined {
    const goneId = idOf(gone, i);
    let heir: Name & { readonly block: number } | undefined;
    this.#repeats.find(high, low, (id) => {
      const block = id === gone.id ? undefined : this.#entries.block(id);
      if (block === undefined || block.topic !== gone.topic) return false;
      const { origin, seq, texts: { length } } = block;
      const next = (from: number) => sameIn(block, from, length, gone.texts, i, goneId);
      let k = next(0);
      while (k !== undefined && !isRepeat(origin, seq + k)) k = next(k + 1);
      if (k !== undefined) heir = { origin, seq: seq + k, block: id };
      return k !== undefined;
    });
    return heir;
  }

  /** Whether the same is kept [H2]; in the block `own` only before the number `seq`. */
  #find(
    { texts, topic }: Pick<Run, "texts" | "topic">,
    i: number,
    entryId: string | undefined,
    [high, low]: Hashes,
    own: number,
    seq: number,
  ): boolean {
    return this.#others.find(high, low, (id) => {
      const block = this.#entries.block(id);
      if (block === undefined || block.topic !== topic) return false;
      const most = id === own ? seq - block.seq : block.texts.length;
      return sameIn(block, 0, most, texts, i, entryId) !== undefined;
    });
  }
}

/** The whole number that a text spells; undefined where it spells none, or one of very many digits. */
export function wholeOf(texts: Texts, i: number): number | undefined {
  const { text, length } = texts;
  // A single text need not be scanned for that.
  if (length === 1) return wholeIn(text, 0, text.length);
  const { ends } = texts.scanned;
  return wholeIn(text, i === 0 ? 0 : at(ends, i - 1) + 1, at(ends, i));
}

function wholeIn(text: string, start: number, end: number): number | undefined {
  let from = start;
  const isNegative = text.charCodeAt(from) === MINUS;
  if (isNegative) from++;
  if (end - from > DIGITS_MAX) return undefined;
  let whole = 0;
  for (; from < end; from++) {
    const digit = text.charCodeAt(from);
    if (digit < ZERO || digit > NINE) return undefined;
    whole = 10 * whole + digit - ZERO;
  }
  return isNegative ? -whole : whole;
}
