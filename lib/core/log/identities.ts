/** Which values are held: whole numbers as bits, all others by hashes that lead to where they are kept [L3] [L8]. */
import { isSame } from "./canonical.ts";
import type { EntryStore } from "./entry_store.ts";
import { Fingerprints } from "./fingerprints.ts";
import type { Run } from "./runs.ts";
import { SetDigest } from "./set_digest.ts";
import type { Texts } from "./texts.ts";
import { WholeNumbers } from "./whole_numbers.ts";

/** As many digits make a whole number that is safe, whatever they are. */
const DIGITS_MAX = 15;
const [ZERO, NINE, MINUS] = [48, 57, 45];

export class Identities {
  readonly #entries: EntryStore;
  readonly #wholes = new WholeNumbers();
  readonly #others = new Fingerprints();
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
    return whole === undefined ? this.#find(texts, i, topic, 0, Infinity) : this.#wholes.has(whole);
  }

  /** Takes in the i-th entry of a run, which is kept in this block. Returns whether its value is new. */
  add({ seq, texts, topic }: Run, i: number, block: number): boolean {
    const whole = topic === undefined ? wholeOf(texts, i) : undefined;
    if (whole === undefined) {
      if (this.#find(texts, i, topic, block, seq + i)) return false;
      const { hashes } = texts.scanned;
      const [high, low] = [hashes[2 * i] ?? 0, hashes[2 * i + 1] ?? 0];
      this.#others.add(high, low, block);
      this.#digest.add(high, low);
    } else {
      if (!this.#wholes.add(whole)) return false;
      this.#digest.addWhole(whole);
    }
    this.#count++;
    return true;
  }

  /** Whether an equal value is kept; in the block `own` only before the number `seq`. */
  #find(texts: Texts, i: number, topic: string | undefined, own: number, seq: number): boolean {
    const { hashes } = texts.scanned;
    const [high, low] = [hashes[2 * i] ?? 0, hashes[2 * i + 1] ?? 0];
    return this.#others.find(high, low, (id) => {
      const block = this.#entries.block(id);
      if (block === undefined || block.topic !== topic) return false;
      const most = id === own ? seq - block.seq : block.texts.length;
      const { hashes: theirs } = block.texts.scanned;
      for (let k = 0; k < most; k++) {
        if (theirs[2 * k] !== high || theirs[2 * k + 1] !== low) continue;
        if (isSame(block.texts.at(k), texts.at(i))) return true;
      }
      return false;
    });
  }
}

/** The whole number that a text spells; undefined where it spells none, or one of very many digits. */
function wholeOf({ text, length, scanned }: Texts, i: number): number | undefined {
  const { ends } = scanned;
  let at = i === 0 ? 0 : (ends[i - 1] ?? 0) + 1;
  const end = length === 1 ? text.length : ends[i] ?? 0;
  const isNegative = text.charCodeAt(at) === MINUS;
  if (isNegative) at++;
  if (end - at > DIGITS_MAX) return undefined;
  let whole = 0;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at);
    if (digit < ZERO || digit > NINE) return undefined;
    whole = 10 * whole + digit - ZERO;
  }
  return isNegative ? -whole : whole;
}
