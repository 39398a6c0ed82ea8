/** Which values are held: whole numbers as bits, all others by hashes that lead to where they are kept [L3] [L8]. */
import { assert, at } from "../assert.ts";
import { numberAt } from "./scan.ts";
import { type Hashes, hashesOf, idOf, sameIn } from "../keys/identity.ts";
import { type Block, BLOCK_ENTRIES_MAX, type EntryStore } from "./entry_store.ts";
import { Fingerprints } from "./fingerprints.ts";
import type { Run } from "./runs.ts";
import { SetDigest } from "./set_digest.ts";
import type { Texts } from "./texts.ts";
import { whole, wholeEnd } from "./scanning/whole.ts";
import { WholeNumbers } from "./whole_numbers.ts";

const NONE: readonly Repeat[] = [];

/** The name of an entry. */
export interface Name {
  readonly origin: string;
  readonly seq: number;
}

interface Found extends Name {
  readonly block: number;
}

/** The i-th entry of a run is one with these, which came before. */
export interface Repeat {
  readonly i: number;
  readonly of: readonly Name[];
}

/** Is told of an entry that is one with these, which came before. */
export type OnRepeat = (name: Name, of: readonly Name[]) => void;

/** Whether the value of an entry was held under another name when it came. */
export type IsRepeat = (origin: string, seq: number) => boolean;

export class Identities {
  readonly #entries: EntryStore;
  readonly #wholes = new WholeNumbers();
  /** Where all other values are kept, and whole numbers as well once one of them was told twice. */
  readonly #others: Fingerprints;
  #findsWholes = false;
  /** The blocks of entries whose values are held under other names, too: what remains of a value when the first entry goes. */
  readonly #repeats = new Fingerprints();
  readonly #digest = new SetDigest();
  #count = 0;
  /** Is told of what is not new while many are taken in; undefined while each is by itself. */
  #onRepeat: OnRepeat | undefined;
  /** The entries to look up then, by block and place in it. */
  #held: number[] = [];
  readonly #onHeld = (block: number, i: number) => void this.#held.push(BLOCK_ENTRIES_MAX * block + i);

  /** `entries`: where the values are looked up that have the same hashes. */
  constructor(entries: EntryStore) {
    this.#entries = entries;
    this.#others = new Fingerprints(entries.othersCount);
  }

  get count(): number {
    return this.#count;
  }

  get digest(): string {
    return this.#digest.toString();
  }

  /** Until settle(), what is added and is no whole number counts as new; `onRepeat` is told of what is not. It must be kept already. */
  gather(onRepeat: OnRepeat): void {
    this.#onRepeat = onRepeat;
  }

  settle(): void {
    this.#others.settle(this.#onHeld);
    this.#lookUp();
    this.#onRepeat = undefined;
  }

  has(texts: Texts, i: number, topic: string | undefined): boolean {
    const whole = topic === undefined ? wholeOf(texts, i) : undefined;
    if (whole !== undefined) return this.#wholes.has(whole);
    const id = idOf({ texts, topic }, i);
    return this.#find(this.#others, { texts, topic }, i, id, hashesOf({ texts, topic }, i, id)).length > 0;
  }

  hasWhole(whole: number): boolean {
    return this.#wholes.has(whole);
  }

  /** Takes in the i-th entry of a run, which has this id, if any, and is kept in this block. Undefined where it is new. */
  add(run: Run, i: number, id: string | undefined, block: number): Repeat | undefined {
    if (run.topic === undefined) return this.addPlain(run, i, 1, block)[0];
    const [high, low] = hashesOf(run, i, id);
    return this.#addOther(run, i, id, block, high, low);
  }

  /** As add(), of so many entries without a topic, from the i-th on. Returns those that are not new. */
  addPlain(run: Run, first: number, count: number, block: number): readonly Repeat[] {
    const { texts } = run;
    if (texts.wholes !== undefined) return this.#addWholes(run, texts.wholes, first, count, block);
    if (!texts.mayBeWhole) return this.#addAllHashed(run, first, count, block);
    // A single text need not be scanned for this.
    const ends = texts.length === 1 ? undefined : texts.scanned.ends;
    let repeats: Repeat[] | undefined;
    let from = ends === undefined || first === 0 ? 0 : numberAt(ends, first - 1) + 1;
    for (let i = first; i < first + count; i++) {
      const end = ends === undefined ? texts.text.length : numberAt(ends, i);
      const whole = wholeIn(texts.text, from, end);
      const repeat = whole === undefined
        ? this.#addHashed(run, i, block)
        : this.#addWhole(run, i, block, whole);
      if (repeat !== undefined) (repeats ??= []).push(repeat);
      from = end + 1;
    }
    return repeats ?? NONE;
  }

  #addAllHashed(run: Run, first: number, count: number, block: number): readonly Repeat[] {
    let repeats: Repeat[] | undefined;
    for (let i = first; i < first + count; i++) {
      const repeat = this.#addHashed(run, i, block);
      if (repeat !== undefined) (repeats ??= []).push(repeat);
    }
    return repeats ?? NONE;
  }

  #addHashed(run: Run, i: number, block: number): Repeat | undefined {
    const { hashes } = run.texts;
    return this.#addOther(run, i, undefined, block, numberAt(hashes, 2 * i), numberAt(hashes, 2 * i + 1));
  }

  #addWholes(
    run: Run,
    wholes: readonly number[],
    first: number,
    count: number,
    block: number,
  ): readonly Repeat[] {
    const repeats: Repeat[] = [];
    for (let i = first; i < first + count; i++) {
      const repeat = this.#addWhole(run, i, block, at(wholes, i));
      if (repeat !== undefined) repeats.push(repeat);
    }
    return repeats;
  }

  #addOther(
    run: Run,
    i: number,
    id: string | undefined,
    block: number,
    high: number,
    low: number,
  ): Repeat | undefined {
    if (this.#onRepeat !== undefined) this.#others.gather(high, low, block, i, this.#onHeld);
    // Nearly all are new, and then that is all there is to find out.
    else if (!this.#others.addNew(high, low, block)) {
      const repeat = this.#addHeld(run, i, id, block, high, low);
      if (repeat !== undefined) return repeat;
    }
    this.#digest.add(high, low);
    this.#count++;
    return undefined;
  }

  /** There are blocks to ask about the i-th entry of a run. Undefined where it is new all the same. */
  #addHeld(
    run: Run,
    i: number,
    id: string | undefined,
    block: number,
    high: number,
    low: number,
  ): Repeat | undefined {
    const of = this.#before(run, i, id, [high, low], block);
    if (of.length === 0) this.#others.add(high, low, block);
    else this.#repeats.add(high, low, block);
    return of.length === 0 ? undefined : { i, of };
  }

  /** In the order in which they came. */
  #lookUp(): void {
    const held = Float64Array.from(this.#held).sort();
    this.#held = [];
    let block: Block | undefined;
    for (const each of held) {
      const [id, i] = [Math.floor(each / BLOCK_ENTRIES_MAX), each % BLOCK_ENTRIES_MAX];
      if (block?.id !== id) block = this.#kept(id);
      const entryId = idOf(block, i);
      const [high, low] = hashesOf(block, i, entryId);
      const repeat = this.#addHeld(block, i, entryId, id, high, low);
      if (repeat === undefined) continue;
      this.#digest.remove(high, low);
      this.#count--;
      this.#onRepeat?.({ origin: block.origin, seq: block.seq + i }, repeat.of);
    }
  }

  /** With its texts, which are read once. */
  #kept(id: number): Block {
    const block = this.#entries.block(id);
    assert(block !== undefined, "what is gathered is kept");
    return { ...block, texts: block.texts };
  }

  #addWhole(run: Run, i: number, block: number, whole: number): Repeat | undefined {
    if (!this.#wholes.add(whole)) {
      this.#findWholes();
      const [high, low] = hashesOf(run, i, undefined);
      this.#repeats.add(high, low, block);
      return { i, of: this.#before(run, i, undefined, [high, low], block) };
    }
    if (this.#findsWholes) this.#others.add(...hashesOf(run, i, undefined), block);
    this.#digest.addWhole(whole);
    this.#count++;
    return undefined;
  }

  /** Until one is told twice nobody asks where whole numbers are kept, and then it is found out for all. */
  #findWholes(): void {
    if (this.#findsWholes) return;
    this.#findsWholes = true;
    for (const block of this.#entries.blocks()) {
      const { id, texts, topic } = block;
      if (topic !== undefined || !texts.mayBeWhole) continue;
      for (let i = 0; i < texts.length; i++) {
        if (wholeOf(texts, i) !== undefined) {
          this.#others.add(...hashesOf({ texts, topic }, i, undefined), id);
        }
      }
    }
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
    const isFound = whole === undefined || this.#findsWholes;
    if (isFound) this.#others.delete(high, low, id);
    const heir = this.#find(this.#repeats, block, i, idOf(block, i), hashes)
      .find((each) => each.block !== id && isRepeat(each.origin, each.seq));
    if (heir !== undefined) {
      if (isFound) this.#others.add(high, low, heir.block);
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

  /** The entries that came before the i-th of a run, which is kept in this block, and are one with it. */
  #before(run: Run, i: number, id: string | undefined, hashes: Hashes, block: number): readonly Name[] {
    const all = this.#find(this.#others, run, i, id, hashes);
    return all.filter((each) => each.block !== block || each.seq < run.seq + i);
  }

  /** The entries of the blocks to which these lead that are one with the i-th of these texts [H2]. */
  #find(
    prints: Fingerprints,
    { texts, topic }: Pick<Run, "texts" | "topic">,
    i: number,
    entryId: string | undefined,
    [high, low]: Hashes,
  ): readonly Found[] {
    const found: Found[] = [];
    prints.find(high, low, (id) => {
      const block = this.#entries.block(id);
      if (block === undefined || block.topic !== topic) return false;
      const { origin, seq, texts: kept } = block;
      const next = (from: number) => sameIn(kept, from, kept.length, texts, i, entryId);
      for (let k = next(0); k !== undefined; k = next(k + 1)) found.push({ origin, seq: seq + k, block: id });
      return false;
    });
    return found;
  }
}

/** The whole number that a text spells; undefined where it spells none, or one of very many digits. */
export function wholeOf(texts: Texts, i: number): number | undefined {
  if (texts.wholes !== undefined) return at(texts.wholes, i);
  const { text, length } = texts;
  // A single text need not be scanned for that.
  if (length === 1) return wholeIn(text, 0, text.length);
  const { ends } = texts.scanned;
  return wholeIn(text, i === 0 ? 0 : numberAt(ends, i - 1) + 1, numberAt(ends, i));
}

function wholeIn(text: string, start: number, end: number): number | undefined {
  return wholeEnd(text, start) === end ? whole : undefined;
}
