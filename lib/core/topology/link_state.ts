/**
 * Who sees whom: each node says of itself whom it hears and whom it has lost; everyone passes it on, the latest word
 * counts. Who has nothing to say but that all is as it should be is silent.
 */
import { Layout } from "./layout.ts";

/** One node's word. A later life outranks an earlier one, then a later version. */
export interface Advertisement {
  readonly incarnation: number;
  readonly version: number;
  /** Peers that should have answered and did not. */
  readonly suspected: ReadonlySet<string>;
  /** Peers that were heard, and not lost since. */
  readonly heard: ReadonlySet<string>;
}

/** A row as it is kept here. */
export interface StoredAdvertisement extends Advertisement {
  /** The table's revision when this row last changed. */
  readonly changedAt: number;
}

/** A word numbered higher is not believed: it could not be outranked by a number that still fits on the wire. */
export const VERSION_MAX = 2 ** 52;

const NOBODY: ReadonlySet<string> = new Set();

export class LinkState {
  readonly #me: string;
  /** The tree while all is well. */
  readonly layout: Layout;
  #lost: ReadonlySet<string> = NOBODY;
  #seen: ReadonlySet<string> = NOBODY;
  readonly #rows = new Map<string, StoredAdvertisement>();
  #incarnation: number;
  #revision = 0;
  /** How many rows have somebody lost. */
  #losers = 0;
  /** Whose rows, at some time, have said that they see a node. */
  readonly #seers = new Map<string, Set<string>>();

  /** Of links of the plan nobody need speak. */
  constructor(me: string, incarnation: number, plan: Layout = new Layout([], 0)) {
    this.#me = me;
    this.layout = plan;
    this.#incarnation = incarnation;
  }

  /** This node lives again: its word outranks what an earlier life of it said. */
  beginIncarnation(incarnation: number): void {
    if (incarnation <= this.#incarnation) return;
    this.#incarnation = incarnation;
    if (this.#rows.has(this.#me)) this.#say();
  }

  /** Counts changes: equal revisions mean equal tables. */
  get revision(): number {
    return this.#revision;
  }

  /** Whom this node itself has lost. */
  get suspected(): ReadonlySet<string> {
    return this.#lost;
  }

  /** Whom this node itself sees. */
  get heard(): ReadonlySet<string> {
    return this.#seen;
  }

  /** Whom a node says that it sees. */
  heardBy(node: string): ReadonlySet<string> {
    return this.#of(node)?.heard ?? NOBODY;
  }

  suspectedBy(node: string): ReadonlySet<string> {
    return this.#of(node)?.suspected ?? NOBODY;
  }

  /** Whether nobody has lost anybody. */
  get isCalm(): boolean {
    return this.#losers === 0;
  }

  /** Whether nobody has spoken but this node. */
  get isAlone(): boolean {
    return this.#rows.size === 1 && this.#rows.has(this.#me);
  }

  /** Those rows in which somebody is lost. */
  *suspecting(): Generator<readonly [node: string, row: Advertisement]> {
    for (const each of this.#rows) if (each[1].suspected.size > 0) yield each;
  }

  /**
   * A link is up if its ends see each other; an end that is silent agrees. Both are silent where all is well. Between a relay
   * and who is none only the latter speaks, or else the plan. `isPlanned` spares looking that up.
   */
  linkUp(a: string, b: string, isPlanned?: boolean): boolean {
    const [from, to] = [this.#of(a), this.#of(b)];
    if (from === undefined && to === undefined) return isPlanned ?? this.layout.links(a, b);
    if (from?.suspected.has(b) || to?.suspected.has(a)) return false;
    const [isFromRelay, isToRelay] = [this.layout.isRelayId(a), this.layout.isRelayId(b)];
    if (isFromRelay !== isToRelay) {
      const word = isFromRelay ? to : from;
      return word?.heard.has(isFromRelay ? a : b) ?? isPlanned ?? this.layout.links(a, b);
    }
    return (from?.heard.has(b) ?? true) && (to?.heard.has(a) ?? true);
  }

  /** Everyone who says that it sees a node, or once did. */
  reverseOf(node: string): ReadonlySet<string> {
    return this.#seers.get(node) ?? NOBODY;
  }

  /** The node lives again: what its earlier life said is no longer so. */
  discard(node: string, incarnation: number): void {
    if ((this.#of(node)?.incarnation ?? incarnation) >= incarnation) return;
    this.#drop(node);
  }

  hear(peer: string): void {
    if (this.#seen.has(peer)) return;
    const isNews = this.#lost.has(peer) || this.#isSaid(peer);
    this.#lost = without(this.#lost, peer);
    this.#seen = new Set(this.#seen).add(peer);
    if (isNews && this.#speaks) this.#say();
  }

  suspect(peer: string): void {
    if (this.#lost.has(peer)) return;
    this.#lost = new Set(this.#lost).add(peer);
    this.#seen = without(this.#seen, peer);
    this.#say();
  }

  /** Takes in what was said of `node`. Returns whom it has newly lost, or undefined where nothing is news. */
  merge(node: string, word: Advertisement): string[] | undefined {
    const known = this.#rows.get(node);
    if (word.version > VERSION_MAX || word.incarnation > VERSION_MAX) return undefined;
    if (node === this.#me) return this.#hearOfMyself(word, known);
    if (known !== undefined && !isLater(word, known)) return undefined;
    this.#keep(node, word);
    if (!this.#rows.has(this.#me) && this.#speaks) this.#say();
    return [...word.suspected].filter((id) => !(known?.suspected.has(id) ?? false));
  }

  /** This node no longer says that it sees those for whom `keep` does not speak; where it does not say so, nothing changes. */
  retract(keep: (peer: string) => boolean): void {
    const seen = new Set([...this.#seen].filter((peer) => keep(peer) || !this.#isSaid(peer)));
    if (seen.size === this.#seen.size) return;
    this.#seen = seen;
    this.#say();
  }

  /** The rows that changed after `revision`. */
  *since(revision: number): Generator<readonly [node: string, row: StoredAdvertisement]> {
    if (revision >= this.#revision) return;
    for (const [node, row] of this.#rows) if (row.changedAt > revision) yield [node, row];
  }

  /** All that others said is no longer of use here. Returns whether there was anything. */
  forgetOthers(): boolean {
    const others = [...this.#rows.keys()].filter((node) => node !== this.#me);
    for (const node of others) this.#drop(node);
    return others.length > 0;
  }

  #of(node: string): Advertisement | undefined {
    return this.#rows.get(node);
  }

  /** Only this node knows what it says. What an earlier life of it said, and some still pass on, it says again, above it. */
  #hearOfMyself(word: Advertisement, known: Advertisement | undefined): string[] | undefined {
    if (known !== undefined && (isLater(known, word) || isSame(known, word))) return undefined;
    // Above that life, not within it: it may have said more than has been heard here.
    if (word.incarnation >= this.#incarnation) this.#incarnation = word.incarnation + 1;
    this.#keep(this.#me, {
      incarnation: this.#incarnation,
      version: 1,
      suspected: this.suspected,
      heard: this.#said,
    });
    return [];
  }

  /**
   * Whether this node's word is known, or has to be: in troubled times, from who sees more than is presumed. Who is no relay
   * and sees one that is not its own takes that for trouble.
   */
  get #speaks(): boolean {
    if (this.#rows.has(this.#me)) return true;
    const { layout } = this;
    const isTrouble = (peer: string) =>
      !this.isCalm || (!layout.isRelayId(this.#me) && layout.isRelayId(peer) && peer !== layout.root);
    return [...this.#said].some((peer) => !layout.links(this.#me, peer) && isTrouble(peer));
  }

  /** Whom it sees as far as it speaks of them: a relay leaves it to who is none. */
  get #said(): ReadonlySet<string> {
    return this.layout.isRelayId(this.#me)
      ? new Set([...this.#seen].filter((peer) => this.#isSaid(peer)))
      : this.#seen;
  }

  #isSaid(peer: string): boolean {
    return !this.layout.isRelayId(this.#me) || this.layout.isRelayId(peer);
  }

  #say(): void {
    const version = (this.#rows.get(this.#me)?.version ?? 0) + 1;
    this.#keep(this.#me, {
      incarnation: this.#incarnation,
      version,
      suspected: this.#lost,
      heard: this.#said,
    });
  }

  #seersToAdd(id: string): Set<string> {
    let seers = this.#seers.get(id);
    if (seers === undefined) {
      seers = new Set();
      this.#seers.set(id, seers);
    }
    return seers;
  }

  #drop(node: string): void {
    this.#count(node, NOBODY);
    this.#rows.delete(node);
    this.#revision++;
  }

  #count(node: string, lost: ReadonlySet<string>): void {
    this.#losers += Math.sign(lost.size) - Math.sign(this.suspectedBy(node).size);
  }

  #keep(node: string, { incarnation, version, suspected, heard }: Advertisement): void {
    this.#count(node, suspected);
    for (const id of heard) this.#seersToAdd(id).add(node);
    this.#rows.set(node, { incarnation, version, suspected, heard, changedAt: ++this.#revision });
  }
}

function isLater(a: Advertisement, b: Advertisement): boolean {
  return a.incarnation > b.incarnation || (a.incarnation === b.incarnation && a.version > b.version);
}

function isSame(a: Advertisement, b: Advertisement): boolean {
  const same = (x: ReadonlySet<string>, y: ReadonlySet<string>) =>
    x.size === y.size && [...x].every((id) => y.has(id));
  return a.incarnation === b.incarnation && a.version === b.version && same(a.suspected, b.suspected) &&
    same(a.heard, b.heard);
}

function without(set: ReadonlySet<string>, gone: string): ReadonlySet<string> {
  return new Set([...set].filter((each) => each !== gone));
}
