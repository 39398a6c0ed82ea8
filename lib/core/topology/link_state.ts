/**
 * The link-state database: the control plane is link-state routing, as in OSPF. Each node advertises its own links only, all
 * pass advertisements on, the latest of each node counts, and everyone computes the same shortest-path tree from them.
 *
 * Unlike OSPF a node is silent while its links are those of the layout, and a peer counts as suspected, as in SWIM, when it
 * does not answer.
 */
import { assert } from "../assert.ts";
import { type Advertisement, isLater, isSame } from "./advertisement.ts";
import { VERSION_MAX } from "../incarnation.ts";
import type { Layout } from "./layout.ts";

export interface StoredAdvertisement extends Advertisement {
  /** The database's revision when this one came. */
  readonly changedAt: number;
}

/** A peer is not heard before its first message, and suspected from a missed answer to the next message [I6]. */
export type Standing = "unheard" | "heard" | "suspected";

const NONE: ReadonlySet<number> = new Set();

export class LinkState {
  #layout: Layout;
  #me: number;
  #incarnation: number;
  #suspected = NONE;
  #heard = NONE;
  readonly #advertisements = new Map<number, StoredAdvertisement>();
  #revision = 0;
  /** How many nodes advertise that they suspect somebody. */
  #suspecters = 0;
  /** Reverse adjacency: the nodes that advertise, or once did, that they hear a node. */
  readonly #reverse = new Map<number, Set<number>>();

  constructor(me: number, incarnation: number, layout: Layout) {
    this.#me = me;
    this.#incarnation = incarnation;
    this.#layout = layout;
  }

  get layout(): Layout {
    return this.#layout;
  }

  /** Counts changes: equal revisions mean equal databases. */
  get revision(): number {
    return this.#revision;
  }

  get suspected(): ReadonlySet<number> {
    return this.#suspected;
  }

  get heard(): ReadonlySet<number> {
    return this.#heard;
  }

  heardBy(node: number): ReadonlySet<number> {
    return this.#advertisements.get(node)?.heard ?? NONE;
  }

  /** Every node that advertises, or once did, that it hears this one. */
  reverseOf(node: number): ReadonlySet<number> {
    return this.#reverse.get(node) ?? NONE;
  }

  /** Whether nobody suspects anybody. */
  get isCalm(): boolean {
    return this.#suspecters === 0;
  }

  /** The latest advertisement of each node that has advertised anything. */
  get advertisements(): ReadonlyMap<number, StoredAdvertisement> {
    return this.#advertisements;
  }

  /**
   * A link is up if both its ends hear each other; an end that does not advertise agrees, and of two such the layout decides
   * [K4]. A link between a relay and a leaf is advertised by the leaf alone [K5].
   */
  linkUp(a: number, b: number): boolean {
    const [ofA, ofB] = [this.#advertisements.get(a), this.#advertisements.get(b)];
    if (ofA === undefined && ofB === undefined) return this.layout.links(a, b);
    if (ofA?.suspected.has(b) || ofB?.suspected.has(a)) return false;
    const isRelayA = this.layout.isRelay(a);
    if (isRelayA !== this.layout.isRelay(b)) {
      return (isRelayA ? ofB : ofA)?.heard.has(isRelayA ? a : b) ?? this.layout.links(a, b);
    }
    return (ofA?.heard.has(b) ?? true) && (ofB?.heard.has(a) ?? true);
  }

  /** This node begins a later incarnation, whose advertisements outrank those of earlier ones [B5]. */
  beginIncarnation(incarnation: number): void {
    if (incarnation <= this.#incarnation) return;
    this.#incarnation = incarnation;
    if (this.#advertisements.has(this.#me)) this.#advertise();
  }

  /** Nothing that a node advertised before this incarnation of it is believed any longer [K6]. */
  discard(node: number, incarnation: number): void {
    const known = this.#advertisements.get(node);
    if (known !== undefined && known.incarnation < incarnation) this.#drop(node);
  }

  /**
   * The members are others now. What each advertises, and what is believed of it, it keeps under its new rank; who is no member
   * is forgotten [M4]. `rankOf`: the new rank of an old one.
   */
  renumber(me: number, layout: Layout, rankOf: (rank: number) => number | undefined): void {
    const ranksOf = (ranks: ReadonlySet<number>) => new Set([...ranks].flatMap((each) => rankOf(each) ?? []));
    const all = [...this.#advertisements];
    this.#me = me;
    this.#layout = layout;
    this.#heard = ranksOf(this.#heard);
    this.#suspected = ranksOf(this.#suspected);
    this.#advertisements.clear();
    this.#reverse.clear();
    this.#suspecters = 0;
    for (const [old, told] of all) {
      const rank = rankOf(old);
      if (rank === undefined) continue;
      this.#put(rank, { ...told, suspected: ranksOf(told.suspected), heard: ranksOf(told.heard) });
    }
    this.#revision++;
    if (!this.#advertisements.has(me) && this.#mustAdvertise) this.#advertise();
  }

  /** Returns how it stood before. */
  hear(peer: number): Standing {
    assert(peer !== this.#me, "a node has no link to itself");
    if (this.#heard.has(peer)) return "heard";
    const wasSuspected = this.#suspected.has(peer);
    this.#suspected = this.#suspected.difference(new Set([peer]));
    this.#heard = new Set(this.#heard).add(peer);
    if ((wasSuspected || this.#isAdvertised(peer)) && this.#mustAdvertise) this.#advertise();
    return wasSuspected ? "suspected" : "unheard";
  }

  suspect(peer: number): void {
    assert(peer !== this.#me, "a node does not suspect itself");
    if (this.#suspected.has(peer)) return;
    this.#suspected = new Set(this.#suspected).add(peer);
    this.#heard = this.#heard.difference(new Set([peer]));
    this.#advertise();
  }

  /** Takes in an advertisement of `node`. Returns the peers that it newly suspects, or undefined if it is no news [K1] [K6]. */
  merge(node: number, told: Advertisement): number[] | undefined {
    const known = this.#advertisements.get(node);
    if (told.version > VERSION_MAX || told.incarnation > VERSION_MAX) return undefined;
    if (node === this.#me) return this.#hearOfMyself(told, known);
    if (known !== undefined && !isLater(told, known)) return undefined;
    this.#keep(node, told);
    if (!this.#advertisements.has(this.#me) && this.#mustAdvertise) this.#advertise();
    return [...told.suspected].filter((peer) => !(known?.suspected.has(peer) ?? false));
  }

  /** Stops advertising that this node hears those for which `keep` is false; where it advertises nothing, nothing changes [K7] [K8]. */
  retract(keep: (peer: number) => boolean): void {
    const heard = new Set([...this.#heard].filter((peer) => keep(peer) || !this.#isAdvertised(peer)));
    if (heard.size === this.#heard.size) return;
    this.#heard = heard;
    this.#advertise();
  }

  /** Drops what others advertised. Returns whether there was anything. */
  forgetOthers(): boolean {
    const others = [...this.#advertisements.keys()].filter((node) => node !== this.#me);
    for (const node of others) this.#drop(node);
    return others.length > 0;
  }

  /** Only this node knows its links. If others still pass on what an earlier life of it advertised, it outranks that [K1]. */
  #hearOfMyself(told: Advertisement, known: Advertisement | undefined): number[] | undefined {
    if (known !== undefined && (isLater(known, told) || isSame(known, told))) return undefined;
    // Above that life, not within it: it may have advertised more than has been heard here.
    if (told.incarnation >= this.#incarnation) this.#incarnation = told.incarnation + 1;
    this.#advertise(1);
    return [];
  }

  /**
   * Whether this node advertises already, or hears a peer to which the layout gives it no link, while somebody is suspected.
   * To a leaf it is sign enough of a fault that it hears a relay that is not its own [K3].
   */
  get #mustAdvertise(): boolean {
    if (this.#advertisements.has(this.#me)) return true;
    const { layout } = this;
    const isFault = (peer: number) =>
      !this.isCalm || (!layout.isRelay(this.#me) && layout.isRelay(peer) && peer !== 0);
    return [...this.#advertisedLinks].some((peer) => !layout.links(this.#me, peer) && isFault(peer));
  }

  get #advertisedLinks(): ReadonlySet<number> {
    if (!this.layout.isRelay(this.#me)) return this.#heard;
    return new Set([...this.#heard].filter((peer) => this.#isAdvertised(peer)));
  }

  /** A relay leaves its links with leaves to these [K5]. */
  #isAdvertised(peer: number): boolean {
    return !this.layout.isRelay(this.#me) || this.layout.isRelay(peer);
  }

  #advertise(version = (this.#advertisements.get(this.#me)?.version ?? 0) + 1): void {
    const heard = this.#advertisedLinks;
    for (const peer of heard) assert(!this.#suspected.has(peer), "a peer is not both heard and suspected");
    this.#keep(this.#me, { incarnation: this.#incarnation, version, suspected: this.#suspected, heard });
  }

  #keep(node: number, told: Advertisement): void {
    const known = this.#advertisements.get(node);
    assert(known === undefined || isLater(told, known), "versions only grow within an incarnation");
    const { incarnation, version, suspected, heard } = told;
    this.#put(node, { incarnation, version, suspected, heard, changedAt: ++this.#revision });
  }

  #put(node: number, told: StoredAdvertisement): void {
    this.#count(node, told.suspected.size);
    for (const peer of told.heard) {
      const reverse = this.#reverse.get(peer);
      if (reverse === undefined) this.#reverse.set(peer, new Set([node]));
      else reverse.add(node);
    }
    this.#advertisements.set(node, told);
  }

  #drop(node: number): void {
    this.#count(node, 0);
    this.#advertisements.delete(node);
    this.#revision++;
  }

  #count(node: number, suspected: number): void {
    this.#suspecters += Math.sign(suspected) - Math.sign(this.#advertisements.get(node)?.suspected.size ?? 0);
    assert(this.#suspecters >= 0, "no fewer than no nodes suspect somebody");
  }
}
