/** Who is there and who passes on: keeps the relay tree, notices who is lost, and looks for a relay where there is none. */
import type { Mechanism } from "../mechanisms.ts";
import type { Exchange } from "../message.ts";
import type { Progress } from "../replication/progress.ts";
import { rankOf } from "../topology/members.ts";
import { computeTree, neighboursToNotify } from "../topology/compute_tree.ts";
import { LinkState } from "../topology/link_state.ts";
import { type OverlayOptions, Prober } from "./prober.ts";
import { looksOut, preferenceList } from "../topology/failover.ts";
import type { Tree } from "../topology/tree.ts";

export class Overlay {
  readonly linkState: LinkState;
  readonly #options: OverlayOptions;
  readonly #prober: Prober;
  #tree: Tree;
  #near: ReadonlyMap<string, Progress>;

  constructor(options: OverlayOptions) {
    this.#options = options;
    const { me, incarnation, layout } = options;
    this.linkState = new LinkState(me, incarnation, layout);
    this.#tree = computeTree(this.linkState, options.me);
    this.#near = this.#beside(this.#tree);
    this.#prober = new Prober(options, this.linkState, this.#tree);
  }

  get tree(): Tree {
    return this.#tree;
  }

  get neighbours(): Iterable<Progress> {
    return this.#near.values();
  }

  get deadline(): number {
    return this.#prober.deadline;
  }

  isNeighbour(id: string): boolean {
    return this.#near.has(id);
  }

  /** Whether a peer need not know who sees whom: in two levels the relays look after those who pass nothing on. */
  isStub(id: string): boolean {
    const { layout } = this.linkState;
    if (this.#lacks("stub")) return false;
    return layout.relays > 0 && !layout.isRelayId(id) && this.#tree.parent !== id && !this.#tree.passesOn(id);
  }

  /** The peer was heard, and says who sees whom. */
  heard(peer: Progress, body: Pick<Exchange, "links" | "poll">, now: number): void {
    this.#listen(peer, body, now);
    // Who is not told who is lost takes it as a sign that another asks.
    if (body.poll === true && !this.#looksOut && !this.isNeighbour(peer.id) && !this.#lacks("ask-relay")) {
      this.#askRelay(now);
    }
  }

  #listen(peer: Progress, { links: words = [] }: Pick<Exchange, "links">, now: number): void {
    const before = this.linkState.revision;
    const returned = !this.linkState.isCalm && !this.linkState.heard.has(peer.id);
    if (this.linkState.suspected.has(peer.id)) this.#prober.found();
    this.linkState.discard(peer.id, peer.incarnation);
    this.linkState.hear(peer.id);
    for (const [node, incarnation, version, lost, seen] of words) {
      // What a life said that has ended is no longer so.
      if (!this.#isMember(node) || incarnation < (this.#options.peers.get(node)?.incarnation ?? 0)) continue;
      const gone = this.linkState.merge(node, {
        incarnation,
        version,
        suspected: this.#members(lost),
        heard: this.#members(seen),
      });
      for (const id of gone ?? []) this.#doubtLinkTo(id, now);
    }
    if (this.linkState.revision === before) return;
    this.#recompute(now);
    if (returned) this.#prober.returned(now);
  }

  /** The peer did not answer in time, again. */
  lose(peer: Progress, now: number): void {
    peer.expectNothing();
    const wasRelay = peer.id === this.#tree.parent;
    if (wasRelay && this.#lacks("failover")) return;
    this.linkState.suspect(peer.id);
    peer.suspectedAt ??= now;
    if (wasRelay) this.#doubtLinks(now);
    this.#recompute(now);
    if (!this.#hasRelay) this.#search(now);
  }

  /** The carrier has a link to the peer again: it is asked now what a probe would ask later. */
  linked(id: string, now: number): void {
    const awaited = this.isNeighbour(id) || !this.linkState.isCalm;
    if (!awaited || this.linkState.heard.has(id)) return;
    const peer = this.#options.peers.getOrCreate(id);
    if (peer !== undefined) this.#options.hands.probe(peer, now);
  }

  /** A relay that passed on once per window has stopped: nothing to pass on, or gone? */
  silent(relay: Progress, now: number): void {
    relay.periodic = false;
    if (relay.id !== this.#tree.parent || relay.misses > 0) return;
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
    if (layout.relays === 0 || layout.isRelayId(this.#options.me)) return size > 1;
    return parent !== undefined && parent !== layout.root && layout.isRelayId(parent);
  }

  get #looksOut(): boolean {
    return looksOut(this.linkState.layout, this.#tree, this.#options.me);
  }

  get #relay(): Progress | undefined {
    return this.#options.peers.get(this.#tree.parent ?? "");
  }

  #isMember(id: string): boolean {
    return id === this.#options.me || this.#options.peers.has(id);
  }

  #members(ids: readonly string[]): Set<string> {
    return new Set(ids.filter((id) => this.#isMember(id)));
  }

  // What is believed of links.

  /** Of one that somebody else has lost, only a link in use is still believed, if anything came over it of late. */
  #doubtLinkTo(id: string, now: number): void {
    const { ackTimeoutMs, hands } = this.#options;
    const relay = this.#relay;
    const stale = relay?.id === id && now - relay.heardAt >= ackTimeoutMs(relay);
    if (!stale && this.isNeighbour(id)) return;
    if (!this.#lacks("retract")) this.linkState.retract((peer) => peer !== id);
    if (stale) hands.probe(relay, now);
  }

  /** Without its relay, this node believes only those of its links over which it has heard of late. */
  #doubtLinks(now: number): void {
    const { peers, ackTimeoutMs } = this.#options;
    if (this.#lacks("retract")) return;
    this.linkState.retract((id) => {
      const peer = peers.get(id);
      return peer !== undefined && now - peer.heardAt < ackTimeoutMs(peer);
    });
  }

  /** Is the relay still there? One miss is enough now, two have seen it. */
  #askRelay(now: number): void {
    const { timing, hands } = this.#options;
    const relay = this.#relay;
    if (relay === undefined || relay.misses > 0 || now - relay.heardAt < timing.replyTimeoutMs(relay)) return;
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
    this.#near = this.#beside(this.#tree);
    const told = this.#lacks("notify")
      ? new Set(this.#near.keys())
      : neighboursToNotify(this.linkState.layout, before, this.#tree, me);
    if (told.size > 0) hands.treeChanged(before, told, now);
    this.#prober.replanted(this.#tree, now);
  }

  /** Those next to this node, the one towards the root first. */
  #beside({ parent, children }: Tree): Map<string, Progress> {
    const ids = parent === undefined ? children : [parent, ...children];
    const peers = ids.flatMap((id) => this.#options.peers.getOrCreate(id) ?? []);
    return new Map(peers.map((peer) => [peer.id, peer]));
  }

  /** Without detours only the star around the root is left. */
  #prune(tree: Tree): Tree {
    return this.#lacks("detour") && tree.root !== this.#options.me ? tree.pruned() : tree;
  }

  /** Without a relay: call who would be it next. */
  #search(now: number): void {
    const { peers, hands } = this.#options;
    if (this.#lacks("search")) return;
    if ([...peers].some((peer) => peer.awaited)) return;
    const next = this.#nextRelay();
    const isFound = this.#tree.size > 1 && this.linkState.heard.has(next ?? "");
    if (next !== undefined && !isFound) hands.pushProbe(peers.getOrCreate(next) as Progress, now);
  }

  #nextRelay(): string | undefined {
    const { me, ranked } = this.#options;
    const { layout, suspected } = this.linkState;
    const isLeft = (id: string) => id !== me && !suspected.has(id);
    if (layout.relays > 0 && !layout.isRelayId(me)) {
      for (const rank of preferenceList(layout, rankOf(ranked, me) ?? 0)) {
        if (isLeft(ranked[rank] as string)) return ranked[rank];
      }
    }
    return ranked.find(isLeft);
  }

  #lacks(mechanism: Mechanism): boolean {
    return this.#options.without.includes(mechanism);
  }
}
