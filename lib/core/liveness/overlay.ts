/** Who is there and who passes on: keeps the relay tree, notices who is lost, and looks for a relay where there is none. */
import { assert } from "../assert.ts";
import type { Mechanism } from "../mechanisms.ts";
import type { Exchange } from "../message.ts";
import type { Progress } from "../replication/progress.ts";
import { readAdvertisement } from "../topology/advertisement.ts";
import { computeTree, neighboursToNotify, withoutDetours } from "../topology/compute_tree.ts";
import { LinkState } from "../topology/link_state.ts";
import { type OverlayOptions, Prober } from "./prober.ts";
import { preferenceList, probesForOthers } from "../topology/failover.ts";
import type { Tree } from "../topology/tree.ts";

export class Overlay {
  readonly linkState: LinkState;
  readonly #options: OverlayOptions;
  readonly #prober: Prober;
  #tree: Tree;
  #relay: Progress | undefined;
  #neighbours: ReadonlySet<Progress>;

  constructor(options: OverlayOptions) {
    this.#options = options;
    const { me, incarnation, layout } = options;
    this.linkState = new LinkState(me, incarnation, layout);
    this.#tree = computeTree(this.linkState, me);
    this.#relay = this.#peerAt(this.#tree.parent);
    this.#neighbours = this.#beside(this.#tree);
    this.#prober = new Prober(options, this.linkState, this.#tree);
  }

  get tree(): Tree {
    return this.#tree;
  }

  /** Those next to this node in the tree, its relay first. */
  get neighbours(): ReadonlySet<Progress> {
    return this.#neighbours;
  }

  /** The neighbour towards the root; undefined at the root itself. */
  get relay(): Progress | undefined {
    return this.#relay;
  }

  get root(): string {
    return this.#options.members.idOf(this.#tree.root);
  }

  /** Whether another relay stands between this node and the root. */
  get isBelowRelay(): boolean {
    const { parent, root } = this.#tree;
    return this.linkState.layout.relays > 0 && parent >= 0 && parent !== root;
  }

  get deadline(): number {
    return this.#prober.deadline;
  }

  isNeighbour(peer: Progress): boolean {
    return this.#neighbours.has(peer);
  }

  /** Whether this node has heard from the peer, and not suspected it since. */
  hears(peer: Progress): boolean {
    return this.linkState.heard.has(this.#rankOf(peer.id));
  }

  /** The neighbour that is the relay of another member, if one is. */
  neighbourAbove(id: string): Progress | undefined {
    const relay = this.#peerAt(this.#tree.parentOf(this.#rankOf(id)));
    return relay !== undefined && this.isNeighbour(relay) ? relay : undefined;
  }

  /** Whether a peer is a leaf that passes nothing on, and so is sent no advertisements [P25]. */
  isStub(peer: Progress): boolean {
    const { layout } = this.linkState;
    if (layout.relays === 0 || this.#lacks("stub")) return false;
    const rank = this.#rankOf(peer.id);
    return layout.isLeaf(rank) && this.#tree.parent !== rank && !this.#tree.passesOn(rank);
  }

  /** The peer was heard, and says who sees whom. */
  heard(peer: Progress, body: Pick<Exchange, "links" | "poll">, now: number): void {
    this.#listen(peer, body, now);
    // Who is not told who is lost takes it as a sign that another asks.
    if (body.poll === true && !this.#looksOut && !this.isNeighbour(peer) && !this.#lacks("ask-relay")) {
      this.#askRelay(now);
    }
  }

  #listen(peer: Progress, { links: words = [] }: Pick<Exchange, "links">, now: number): void {
    const before = this.linkState.revision;
    const rank = this.#rankOf(peer.id);
    const returned = !this.linkState.isCalm && !this.linkState.heard.has(rank);
    if (this.linkState.suspected.has(rank)) this.#prober.found();
    this.linkState.discard(rank, peer.heard.incarnation);
    this.linkState.hear(rank);
    for (const word of words) {
      const [node, told] = readAdvertisement(this.#options.members, word) ?? [];
      if (node === undefined || told === undefined) continue;
      // What a node advertised in an incarnation that has ended is no longer so.
      if (told.incarnation < (this.#options.peers.get(word[0])?.heard.incarnation ?? 0)) continue;
      for (const suspect of this.linkState.merge(node, told) ?? []) this.#doubtLinkTo(suspect, now);
    }
    if (this.linkState.revision === before) return;
    this.#recompute(now);
    if (returned) this.#prober.returned(now);
  }

  /** The peer did not answer in time, again. */
  lose(peer: Progress, now: number): void {
    const wasRelay = peer === this.relay;
    if (wasRelay && this.#lacks("failover")) return peer.expectNothing();
    this.linkState.suspect(this.#rankOf(peer.id));
    peer.suspect(now);
    if (wasRelay) this.#doubtLinks(now);
    this.#recompute(now);
    if (!this.#hasRelay) this.#search(now);
  }

  /** The carrier has a link to the peer again: it is asked now what a probe would ask later. */
  linked(id: string, now: number): void {
    const rank = this.#rankOf(id);
    const isNeighbour = this.#tree.parent === rank || this.#tree.children.includes(rank);
    if ((this.linkState.isCalm && !isNeighbour) || this.linkState.heard.has(rank)) return;
    const peer = this.#options.peers.getOrCreate(id);
    if (peer !== undefined) this.#options.hands.probe(peer, now);
  }

  /** A relay that passed on once per window has stopped: nothing to pass on, or gone? */
  silent(relay: Progress, now: number): void {
    relay.heard.stopsFlushing();
    if (relay !== this.relay || relay.misses > 0) return;
    if (this.#lacks("failover") || this.#lacks("flush-watch")) return;
    this.#options.hands.finalProbe(relay, now);
  }

  wake(now: number): void {
    this.#prober.wake(now);
  }

  /** Whether it has a place in the tree; under a relay, where there are any and it is none. */
  get #hasRelay(): boolean {
    const { layout } = this.linkState;
    const { parent, size } = this.#tree;
    return layout.isLeaf(this.#options.me) ? parent > 0 && layout.isRelay(parent) : size > 1;
  }

  get #looksOut(): boolean {
    return probesForOthers(this.linkState.layout, this.#tree, this.#options.me);
  }

  #rankOf(id: string): number {
    const rank = this.#options.members.rankOf(id);
    assert(rank !== undefined, "peers are members");
    return rank;
  }

  #peerAt(rank: number): Progress | undefined {
    return rank < 0 || rank === this.#options.me ? undefined : this.#options.peers.at(rank);
  }

  // What is believed of links.

  /** Of one that somebody else has lost, only a link in use is still believed, if anything came over it of late. */
  #doubtLinkTo(rank: number, now: number): void {
    const { ackTimeoutMs, hands } = this.#options;
    const { parent, children } = this.#tree;
    const { relay } = this;
    const stale = parent === rank && relay !== undefined && now - relay.heard.at >= ackTimeoutMs(relay);
    if (!stale && (parent === rank || children.includes(rank))) return;
    if (!this.#lacks("retract")) this.linkState.retract((peer) => peer !== rank);
    if (stale) hands.probe(relay, now);
  }

  /** Without its relay, this node believes only those of its links over which it has heard of late. */
  #doubtLinks(now: number): void {
    const { peers, ackTimeoutMs } = this.#options;
    if (this.#lacks("retract")) return;
    this.linkState.retract((rank) => {
      const peer = peers.at(rank);
      return now - peer.heard.at < ackTimeoutMs(peer);
    });
  }

  /** Is the relay still there? One miss is enough now, two have seen it. */
  #askRelay(now: number): void {
    const { timing, hands } = this.#options;
    const { relay } = this;
    if (relay === undefined || relay.misses > 0 || now - relay.heard.at < timing.replyTimeoutMs(relay)) {
      return;
    }
    hands.finalProbe(relay, now);
  }

  // The tree.

  #recompute(now: number): void {
    const { me, hands } = this.#options;
    const before = this.#tree;
    this.#tree = this.#prune(computeTree(this.linkState, me));
    // Who passes nothing on is not told of changes: what it knows of others would be of long ago.
    const spared = !this.#looksOut && this.#tree.children.length === 0 && !this.#lacks("stub");
    if (spared && this.linkState.forgetOthers()) {
      this.#tree = this.#prune(computeTree(this.linkState, me));
    }
    const old = this.#neighbours;
    this.#relay = this.#peerAt(this.#tree.parent);
    this.#neighbours = this.#beside(this.#tree);
    const told = this.#lacks("notify") ? this.#neighbours : new Set(
      [...neighboursToNotify(this.linkState.layout, before, this.#tree)].map((rank) =>
        this.#options.peers.at(rank)
      ),
    );
    if (told.size > 0) hands.treeChanged(old, told, now);
    this.#prober.replanted(this.#tree, now);
  }

  /** Those next to this node, the one towards the root first. */
  #beside({ parent, children }: Tree): Set<Progress> {
    const ranks = parent < 0 ? children : [parent, ...children];
    return new Set(ranks.map((rank) => this.#options.peers.at(rank)));
  }

  #prune(tree: Tree): Tree {
    const isPruned = this.#lacks("detour") && tree.root !== this.#options.me;
    return isPruned ? withoutDetours(tree, this.linkState.layout) : tree;
  }

  /** Without a relay: call who would be it next. */
  #search(now: number): void {
    const { peers, hands } = this.#options;
    if (this.#lacks("search")) return;
    if ([...peers].some((peer) => peer.awaited)) return;
    const next = this.#nextRelay();
    if (next === undefined || (this.#tree.size > 1 && this.linkState.heard.has(next))) return;
    hands.pushProbe(peers.at(next), now);
  }

  #nextRelay(): number | undefined {
    const { me } = this.#options;
    const { layout, suspected } = this.linkState;
    const isLeft = (rank: number) => rank !== me && !suspected.has(rank);
    if (layout.isLeaf(me)) { for (const rank of preferenceList(layout, me)) if (isLeft(rank)) return rank; }
    for (let rank = 0; rank < layout.size; rank++) if (isLeft(rank)) return rank;
    return undefined;
  }

  #lacks(mechanism: Mechanism): boolean {
    return this.#options.without.includes(mechanism);
  }
}
