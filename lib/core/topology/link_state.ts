/**
 * Who sees whom: each node says of itself whom it hears and whom it has lost; everyone passes it on, the latest word
 * counts. Who has nothing to say but that all is as it should be is silent.
 */
import { Plan } from "./layout.ts";

/** One node's word. A later life outranks an earlier one, then a later version. */
export interface Row {
  readonly life: number;
  readonly version: number;
  /** Peers that should have answered and did not. */
  readonly lost: ReadonlySet<string>;
  /** Peers that were heard, and not lost since. */
  readonly seen: ReadonlySet<string>;
}

/** A row as it is kept here. */
export interface Kept extends Row {
  /** The table's revision when this row last changed. */
  readonly changedAt: number;
}

/** A word numbered higher is not believed: it could not be outranked by a number that still fits on the wire. */
export const VERSION_MAX = 2 ** 52;

const NOBODY: ReadonlySet<string> = new Set();

export class Sights {
  readonly #me: string;
  /** The tree while all is well. */
  readonly plan: Plan;
  #lost: ReadonlySet<string> = NOBODY;
  #seen: ReadonlySet<string> = NOBODY;
  readonly #rows = new Map<string, Kept>();
  #life: number;
  #revision = 0;
  /** How many rows have somebody lost. */
  #losers = 0;
  /** Whose rows, at some time, have said that they see a node. */
  readonly #seers = new Map<string, Set<string>>();

  /** Of links of the plan nobody need speak. */
  constructor(me: string, life: number, plan: Plan = new Plan([], 0)) {
    this.#me = me;
    this.plan = plan;
    this.#life = life;
  }

  /** This node lives again: its word outranks what an earlier life of it said. */
  liveAgain(life: number): void {
    if (life <= this.#life) return;
    this.#life = life;
    if (this.#rows.has(this.#me)) this.#say();
  }

  /** Counts changes: equal revisions mean equal tables. */
  get revision(): number {
    return this.#revision;
  }

  /** Whom this node itself has lost. */
  get lost(): ReadonlySet<string> {
    return this.#lost;
  }

  /** Whom this node itself sees. */
  get seen(): ReadonlySet<string> {
    return this.#seen;
  }

  /** Whom a node says that it sees. */
  seenBy(node: string): ReadonlySet<string> {
    return this.#of(node)?.seen ?? NOBODY;
  }

  lostBy(node: string): ReadonlySet<string> {
    return this.#of(node)?.lost ?? NOBODY;
  }

  /** Whether nobody has lost anybody. */
  get clear(): boolean {
    return this.#losers === 0;
  }

  /** Whether nobody has spoken but this node. */
  get isAlone(): boolean {
    return this.#rows.size === 1 && this.#rows.has(this.#me);
  }

  /** Those rows in which somebody is lost. */
  *losers(): Generator<readonly [node: string, row: Row]> {
    for (const each of this.#rows) if (each[1].lost.size > 0) yield each;
  }

  /**
   * A link is up if its ends see each other; an end that is silent agrees. Both are silent where all is well. Between a relay
   * and who is none only the latter speaks, or else the plan. `isPlanned` spares looking that up.
   */
  linkUp(a: string, b: string, isPlanned?: boolean): boolean {
    const [from, to] = [this.#of(a), this.#of(b)];
    if (from === undefined && to === undefined) return isPlanned ?? this.plan.links(a, b);
    if (from?.lost.has(b) || to?.lost.has(a)) return false;
    const [isFromRelay, isToRelay] = [this.plan.isRelay(a), this.plan.isRelay(b)];
    if (isFromRelay !== isToRelay) {
      const word = isFromRelay ? to : from;
      return word?.seen.has(isFromRelay ? a : b) ?? isPlanned ?? this.plan.links(a, b);
    }
    return (from?.seen.has(b) ?? true) && (to?.seen.has(a) ?? true);
  }

  /** Everyone who says that it sees a node, or once did. */
  seersOf(node: string): ReadonlySet<string> {
    return this.#seers.get(node) ?? NOBODY;
  }

  /** The node lives again: what its earlier life said is no longer so. */
  bury(node: string, life: number): void {
    if ((this.#of(node)?.life ?? life) >= life) return;
    this.#drop(node);
  }

  see(peer: string): void {
    if (this.#seen.has(peer)) return;
    const isNews = this.#lost.has(peer) || this.#isSaid(peer);
    this.#lost = without(this.#lost, peer);
    this.#seen = new Set(this.#seen).add(peer);
    if (isNews && this.#speaks) this.#say();
  }

  lose(peer: string): void {
    if (this.#lost.has(peer)) return;
    this.#lost = new Set(this.#lost).add(peer);
    this.#seen = without(this.#seen, peer);
    this.#say();
  }

  /** Takes in what was said of `node`. Returns whom it has newly lost, or undefined where nothing is news. */
  merge(node: string, word: Row): string[] | undefined {
    const known = this.#rows.get(node);
    if (word.version > VERSION_MAX || word.life > VERSION_MAX) return undefined;
    if (node === this.#me) return this.#hearOfMyself(word, known);
    if (known !== undefined && !isLater(word, known)) return undefined;
    this.#keep(node, word);
    if (!this.#rows.has(this.#me) && this.#speaks) this.#say();
    return [...word.lost].filter((id) => !(known?.lost.has(id) ?? false));
  }

  /** This node no longer says that it sees those for whom `keep` does not speak; where it does not say so, nothing changes. */
  doubt(keep: (peer: string) => boolean): void {
    const seen = new Set([...this.#seen].filter((peer) => keep(peer) || !this.#isSaid(peer)));
    if (seen.size === this.#seen.size) return;
    this.#seen = seen;
    this.#say();
  }

  /** The rows that changed after `revision`. */
  *since(revision: number): Generator<readonly [node: string, row: Kept]> {
    if (revision >= this.#revision) return;
    for (const [node, row] of this.#rows) if (row.changedAt > revision) yield [node, row];
  }

  /** All that others said is no longer of use here. Returns whether there was anything. */
  forgetOthers(): boolean {
    const others = [...this.#rows.keys()].filter((node) => node !== this.#me);
    for (const node of others) this.#drop(node);
    return others.length > 0;
  }

  #of(node: string): Row | undefined {
    return this.#rows.get(node);
  }

  /** Only this node knows what it says. What an earlier life of it said, and some still pass on, it says again, above it. */
  #hearOfMyself(word: Row, known: Row | undefined): string[] | undefined {
    if (known !== undefined && (isLater(known, word) || isSame(known, word))) return undefined;
    // Above that life, not within it: it may have said more than has been heard here.
    if (word.life >= this.#life) this.#life = word.life + 1;
    this.#keep(this.#me, { life: this.#life, version: 1, lost: this.lost, seen: this.#said });
    return [];
  }

  /**
   * Whether this node's word is known, or has to be: in troubled times, from who sees more than is presumed. Who is no relay
   * and sees one that is not its own takes that for trouble.
   */
  get #speaks(): boolean {
    if (this.#rows.has(this.#me)) return true;
    const { plan } = this;
    const isTrouble = (peer: string) =>
      !this.clear || (!plan.isRelay(this.#me) && plan.isRelay(peer) && peer !== plan.root);
    return [...this.#said].some((peer) => !plan.links(this.#me, peer) && isTrouble(peer));
  }

  /** Whom it sees as far as it speaks of them: a relay leaves it to who is none. */
  get #said(): ReadonlySet<string> {
    return this.plan.isRelay(this.#me)
      ? new Set([...this.#seen].filter((peer) => this.#isSaid(peer)))
      : this.#seen;
  }

  #isSaid(peer: string): boolean {
    return !this.plan.isRelay(this.#me) || this.plan.isRelay(peer);
  }

  #say(): void {
    const version = (this.#rows.get(this.#me)?.version ?? 0) + 1;
    this.#keep(this.#me, { life: this.#life, version, lost: this.#lost, seen: this.#said });
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
    this.#losers += Math.sign(lost.size) - Math.sign(this.lostBy(node).size);
  }

  #keep(node: string, { life, version, lost, seen }: Row): void {
    this.#count(node, lost);
    for (const id of seen) this.#seersToAdd(id).add(node);
    this.#rows.set(node, { life, version, lost, seen, changedAt: ++this.#revision });
  }
}

function isLater(a: Row, b: Row): boolean {
  return a.life > b.life || (a.life === b.life && a.version > b.version);
}

function isSame(a: Row, b: Row): boolean {
  const same = (x: ReadonlySet<string>, y: ReadonlySet<string>) =>
    x.size === y.size && [...x].every((id) => y.has(id));
  return a.life === b.life && a.version === b.version && same(a.lost, b.lost) && same(a.seen, b.seen);
}

function without(set: ReadonlySet<string>, gone: string): ReadonlySet<string> {
  return new Set([...set].filter((each) => each !== gone));
}
