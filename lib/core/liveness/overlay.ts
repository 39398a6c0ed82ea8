/**
 * The control plane of a node. What is heard or missed goes one way: into the link state, from that to the tree, and from both
 * to what others are to be asked. The caller carries out what is returned.
 */
import { assert } from "../assert.ts";
import type { Switches } from "../mechanisms.ts";
import type { Exchange } from "../message.ts";
import type { Progress } from "../replication/progress.ts";
import { readAdvertisement } from "../topology/advertisement.ts";
import { computeTree, neighboursToNotify, withoutDetours } from "../topology/compute_tree.ts";
import { probesForOthers } from "../topology/failover.ts";
import type { Layout } from "../topology/layout.ts";
import { LinkState, type Standing } from "../topology/link_state.ts";
import type { Members } from "../topology/members.ts";
import type { Tree } from "../topology/tree.ts";
import type { Trace } from "../trace.ts";
import type { ProbeKind } from "./duties.ts";
import { type Probe, Prober, type ProberOptions } from "./prober.ts";

export interface OverlayOptions extends ProberOptions {
  /** The rank of this node. */
  readonly me: number;
  readonly incarnation: number;
  readonly members: Members;
  readonly layout: Layout;
  readonly on: Switches;
  readonly trace?: Trace;
}

/** What follows from a change of the link state. */
export interface Outcome {
  /** The neighbours before it. */
  readonly before: ReadonlySet<Progress>;
  /** Those neighbours that must be told of it soon; if there are none, nothing else follows for any neighbour. */
  readonly notify: ReadonlySet<Progress>;
  /** To be sent after that, in this order. */
  readonly probes: readonly Probe[];
}

const NOTHING: Outcome = { before: new Set(), notify: new Set(), probes: [] };

export class Overlay {
  readonly linkState: LinkState;
  readonly #options: OverlayOptions;
  readonly #prober: Prober;
  /** The rank of this node. */
  #me: number;
  #tree: Tree;
  #relay: Progress | undefined;
  #neighbours: ReadonlySet<Progress>;

  constructor(options: OverlayOptions) {
    this.#options = options;
    const { me, incarnation, layout, on } = options;
    this.#me = me;
    this.linkState = new LinkState(me, incarnation, layout);
    this.#tree = computeTree(this.linkState, me);
    this.#relay = this.#peerAt(this.#tree.parent);
    this.#neighbours = this.#neighboursIn(this.#tree);
    this.#prober = new Prober(options, { linkState: this.linkState, tree: this.#tree, on });
    this.#tellTree();
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

  /** The id of the root, if a relay of the second level stands between it and this node. */
  get rootBeyondRelay(): string | undefined {
    const { parent, root } = this.#tree;
    const isBelow = this.linkState.layout.relays > 0 && parent >= 0 && parent !== root;
    return isBelow ? this.#options.members.idOf(root) : undefined;
  }

  get deadline(): number {
    return this.#prober.deadline;
  }

  isNeighbour(peer: Progress): boolean {
    return this.#neighbours.has(peer);
  }

  /** Whether the peer was heard, and has not been suspected since. */
  hears(peer: Progress): boolean {
    return this.linkState.heard.has(this.#rankOf(peer.id));
  }

  /** Whether a peer is a leaf that passes nothing on, and so is sent no advertisements [K13]. */
  isStub(peer: Progress): boolean {
    const { layout } = this.linkState;
    if (layout.relays === 0 || !this.#options.on.has("stub")) return false;
    const rank = this.#rankOf(peer.id);
    return layout.isLeaf(rank) && this.#tree.parent !== rank && !this.#tree.passesOn(rank);
  }

  /** The neighbour that is the relay of another member, if one is. */
  neighbourAbove(id: string): Progress | undefined {
    const relay = this.#peerAt(this.#tree.parentOf(this.#rankOf(id)));
    return relay !== undefined && this.isNeighbour(relay) ? relay : undefined;
  }

  /** The peer was heard, and passes on what nodes advertise. */
  heard(peer: Progress, { links = [], poll }: Pick<Exchange, "links" | "poll">, now: number): Outcome {
    const { linkState } = this;
    const rank = this.#rankOf(peer.id);
    const { revision, isCalm } = linkState;
    linkState.discard(rank, peer.heard.incarnation);
    const stood = linkState.hear(rank);
    // As nearly always: no set or list is made then.
    if (links.length === 0 && poll !== true && linkState.revision === revision) return NOTHING;
    // Each is merged, and the relay asked once.
    const relayIsStale = links.filter((each) => this.#merge(each, now)).length > 0;
    const first = relayIsStale ? this.#probeRelay("probe") : [];
    const isNews = linkState.revision !== revision;
    const outcome = isNews ? this.#recompute(isCalm ? "heard" : stood, now) : NOTHING;
    const last = poll === true && this.#mustAskRelay(peer, now) ? this.#probeRelay("final-probe") : [];
    return { ...outcome, probes: [...first, ...outcome.probes, ...last] };
  }

  /** The peer did not answer in time, again. */
  suspect(peer: Progress, now: number): Outcome {
    this.linkState.suspect(this.#rankOf(peer.id));
    if (peer === this.#relay && this.#options.on.has("retract")) {
      // Only those links are advertised over which something came of late [K8].
      this.linkState.retract((rank) => this.#isFresh(this.#options.peers.at(rank), now));
    }
    return this.#recompute("heard", now);
  }

  /** Looks for a relay if this node has none and has asked nobody yet [D5]. */
  search(): readonly Probe[] {
    return [...this.#options.peers].some((peer) => peer.awaited) ? [] : this.#prober.ask("orphaned");
  }

  /** The carrier has a link to the peer again: what the prober would ask later is asked now [D12]. */
  linked(peer: Progress): readonly Probe[] {
    const isMissed = !this.hears(peer) && (this.isNeighbour(peer) || !this.linkState.isCalm);
    return isMissed ? [{ peer, kind: "probe" }] : [];
  }

  /** A relay that flushed once per window has stopped: either there is nothing to pass on, or it is gone [D2]. */
  silent(relay: Progress): readonly Probe[] {
    const isWatched = this.#options.on.has("failover") && this.#options.on.has("flush-watch");
    return isWatched && relay === this.#relay && relay.misses === 0 ? this.#probeRelay("final-probe") : [];
  }

  wake(now: number): readonly Probe[] {
    const probes = this.#prober.wake(now);
    if (probes.length > 0) this.#tellNextProbe(now);
    return probes;
  }

  /** The members are others now, and so are their ranks: `rankOf` gives the new rank of an old one. All neighbours are told [M4]. */
  renumber(me: number, layout: Layout, rankOf: (rank: number) => number | undefined, now: number): Outcome {
    this.#me = me;
    this.linkState.renumber(me, layout, rankOf);
    const before = this.#neighbours;
    this.#replant();
    const view = { linkState: this.linkState, tree: this.#tree, on: this.#options.on };
    const probes = this.#prober.update(view, this.#tree, "heard", now);
    this.#tellNextProbe(now);
    return { before, notify: this.#neighbours, probes };
  }

  #rankOf(id: string): number {
    const rank = this.#options.members.rankOf(id);
    assert(rank !== undefined, "peers are members");
    return rank;
  }

  #peerAt(rank: number): Progress | undefined {
    return rank < 0 || rank === this.#me ? undefined : this.#options.peers.at(rank);
  }

  #neighboursIn({ parent, children }: Tree): Set<Progress> {
    return new Set([parent, ...children].flatMap((rank) => this.#peerAt(rank) ?? []));
  }

  /** Takes in what a node advertises. Returns whether it suspects the relay, which has been silent here, too [D3]. */
  #merge(told: NonNullable<Exchange["links"]>[number], now: number): boolean {
    const read = readAdvertisement(this.#options.members, told);
    if (read === undefined) return false;
    const [node, advertisement] = read;
    // What a node advertised in an incarnation that has ended is no longer so [K6].
    if (advertisement.incarnation < (this.#options.peers.get(told[0])?.heard.incarnation ?? 0)) return false;
    const suspected = this.linkState.merge(node, advertisement) ?? [];
    return suspected.filter((rank) => this.#retractLinkTo(rank, now)).length > 0;
  }

  /**
   * Another node suspects this one: only a link in use is still advertised, and that to the relay only if anything came over it
   * of late [K7]. Returns whether it is the relay, and nothing did.
   */
  #retractLinkTo(rank: number, now: number): boolean {
    const peer = this.#peerAt(rank);
    if (peer === undefined) return false;
    const isStale = peer === this.#relay && !this.#isFresh(peer, now);
    if (!isStale && this.isNeighbour(peer)) return false;
    if (this.#options.on.has("retract")) this.linkState.retract((each) => each !== rank);
    return isStale;
  }

  #isFresh(peer: Progress, now: number): boolean {
    return now - peer.heard.at < this.#options.timing.ackTimeoutMs(peer, peer === this.#relay);
  }

  /** A stub is not told which nodes are suspected. A peer that asks without being a neighbour is a sign that its relay is [D4]. */
  #mustAskRelay(asker: Progress, now: number): boolean {
    const relay = this.#relay;
    if (this.#probesForOthers || this.isNeighbour(asker) || !this.#options.on.has("ask-relay")) return false;
    return relay !== undefined && relay.misses === 0 &&
      now - relay.heard.at >= this.#options.timing.replyTimeoutMs(relay);
  }

  #probeRelay(kind: ProbeKind): Probe[] {
    return this.#relay === undefined ? [] : [{ peer: this.#relay, kind }];
  }

  get #probesForOthers(): boolean {
    return probesForOthers(this.linkState.layout, this.#tree);
  }

  #recompute(stood: Standing, now: number): Outcome {
    const { on } = this.#options;
    const [before, old] = [this.#tree, this.#neighbours];
    this.#replant();
    const acting = neighboursToNotify(this.linkState.layout, before, this.#tree);
    const notify = on.has("notify")
      ? new Set([...acting].map((rank) => this.#options.peers.at(rank)))
      : this.#neighbours;
    const view = { linkState: this.linkState, tree: this.#tree, on };
    const probes = this.#prober.update(view, before, stood, now);
    this.#tellNextProbe(now);
    return { before: old, notify, probes };
  }

  /** Computes the tree anew, and who is next to this node in it. */
  #replant(): void {
    const before = this.#neighbours;
    this.#tree = this.#compute();
    // A stub is not told of changes: what it knows of others would soon be of long ago [K13].
    const isStub = !this.#probesForOthers && this.#tree.children.length === 0 && this.#options.on.has("stub");
    if (isStub && this.linkState.forgetOthers()) this.#tree = this.#compute();
    this.#relay = this.#peerAt(this.#tree.parent);
    this.#neighbours = this.#neighboursIn(this.#tree);
    this.#tellTree(before);
  }

  #tellTree(before: ReadonlySet<Progress> = new Set()): void {
    const { trace } = this.#options;
    if (trace === undefined || this.#neighbours.symmetricDifference(before).size === 0) return;
    trace({
      kind: "tree",
      ...this.#relay && { relay: this.#relay.id },
      neighbours: Array.from(this.#neighbours, ({ id }) => id),
    });
  }

  #tellNextProbe(now: number): void {
    const { trace } = this.#options;
    const ms = trace === undefined ? Infinity : this.deadline - now;
    if (ms < Infinity) trace?.({ kind: "wait", reason: "probe", ms });
  }

  #compute(): Tree {
    const tree = computeTree(this.linkState, this.#me);
    const isPruned = !this.#options.on.has("detour") && tree.root !== tree.me;
    return isPruned ? withoutDetours(tree, this.linkState.layout) : tree;
  }
}
