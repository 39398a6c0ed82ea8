/** Who is there and who passes on: keeps the relay tree, notices who is lost, and looks for ways round and back. */
import { backoffMs } from "./backoff.ts";
import type { GossipBody } from "./message.ts";
import type { Peer } from "./peer.ts";
import { type Peers, rankOf } from "./peers.ts";
import { pick, type Random } from "./random.ts";
import { Plan } from "./plan.ts";
import { concerned, helpers, plant, stewards } from "./relay.ts";
import { Sights } from "./sights.ts";
import { ANSWER_SLACK_MS, type Timing } from "./timing.ts";
import type { Tree } from "./tree.ts";

/** How far apart the nodes that can reach each other probe, together, what they cannot reach. */
export const PROBE_EVERY_MS = 320;
/** Ways round are looked for to so many at once of those who have fallen out of the tree. */
export const HELPED_MAX = 4;
/** A relay asks whom it does not see and others do again after this, doubling up to the cap. */
export const RECALL_BASE_MS = 1_000;
export const RECALL_CAP_MS = 16_000;

/** Sharing the work must save the root so many times the messages, and goes on until there are so many times fewer. */
export const SHARED_MIN = 4;

/** A mechanism that a test can switch off to see that it matters. */
export type Mechanism = "retry" | "repair" | "detour" | "failover";

/** What the lookout has others do. */
export interface Hands {
  /** Asks a peer of which nothing is known, with what came lately: it may be waiting for it. */
  call(peer: Peer, now: number): void;
  /** Asks for a sign of life; nothing follows from silence. */
  probe(peer: Peer, now: number): void;
  /** Asks for a sign of life for the last time. */
  askOnce(peer: Peer, now: number): void;
  /** The tree is not what it was; those in `told` must hear of it soon. */
  turned(before: Tree, told: ReadonlySet<string>, now: number): void;
}

export interface LookoutOptions {
  readonly me: string;
  readonly life: number;
  /** Every member, this one included, in the order of rank, the same on every node. */
  readonly ranked: readonly string[];
  readonly peers: Peers;
  readonly timing: Timing;
  readonly random: Random;
  readonly without: readonly Mechanism[];
  /** How long a peer may take to acknowledge, ms. */
  readonly patienceMs: (peer: Peer) => number;
  readonly hands: Hands;
}

export class Lookout {
  readonly sights: Sights;
  readonly #options: LookoutOptions;
  #tree: Tree;
  #near: ReadonlySet<string>;
  #probeAt = Infinity;
  #recallAt = Infinity;
  #recalledAt = -Infinity;
  #recalls = 0;
  /**
   * Whether one that this node has lost was found again since the others were last called: they may be there, too, and may
   * not know that they were lost.
   */
  #recallsAll = false;
  #musterAt = Infinity;

  constructor(options: LookoutOptions) {
    this.#options = options;
    this.sights = new Sights(options.me, options.life, new Plan(options.ranked, 0));
    this.#tree = plant(this.sights, options.me);
    this.#near = near(this.#tree);
  }

  get tree(): Tree {
    return this.#tree;
  }

  get neighbours(): Peer[] {
    return [...this.#near].flatMap((id) => this.#options.peers.get(id) ?? []);
  }

  get deadline(): number {
    return Math.min(this.#probeAt, this.#recallAt, this.#musterAt);
  }

  isNeighbour(id: string): boolean {
    return this.#near.has(id);
  }

  /** The peer was heard, and says who sees whom. */
  heard(peer: Peer, { sights: words = [], plan }: Pick<GossipBody, "sights" | "plan">, now: number): void {
    const before = this.sights.revision;
    const returned = !this.sights.clear && !this.sights.seen.has(peer.id);
    if (this.sights.lost.has(peer.id)) this.#recallsAll = true;
    this.sights.bury(peer.id, peer.life);
    this.sights.see(peer.id);
    if (plan !== undefined) this.sights.mergePlan(plan);
    for (const [node, life, version, lost, seen] of words) {
      // What a life said that has ended is no longer so.
      if (!this.#isMember(node) || life < (this.#options.peers.get(node)?.life ?? 0)) continue;
      const gone = this.sights.merge(node, {
        life,
        version,
        lost: this.#members(lost),
        seen: this.#members(seen),
      });
      for (const id of gone ?? []) this.#doubtLinkTo(id, now);
    }
    if (this.sights.revision === before) return;
    this.#replant(now);
    this.#doubtRelay(now);
    // One has come back: the others may have, too.
    if (returned && this.#tree.root === this.#options.me) this.#recallSoon(now);
  }

  /** The peer did not answer in time, again. */
  lose(peer: Peer, now: number): void {
    peer.expectNothing();
    const wasRelay = peer.id === this.#tree.parent;
    if (wasRelay && this.#lacks("failover")) return;
    this.sights.lose(peer.id);
    peer.lostAt ??= now;
    if (wasRelay) this.#doubtLinks(now);
    this.#replant(now);
    if (this.#tree.size === 1) this.#search(now);
  }

  /** The carrier has a link to the peer again: it is asked now what a probe would ask later. */
  linked(peer: Peer, now: number): void {
    const awaited = this.isNeighbour(peer.id) || !this.sights.clear;
    if (awaited && !this.sights.seen.has(peer.id)) this.#options.hands.probe(peer, now);
  }

  /** How many times more than one relay should send a star would have it send: the root has others share the work, or not. */
  weigh(load: number, now: number): void {
    const { me, ranked } = this.#options;
    const { plan } = this.sights;
    if (this.#tree.root !== me) return;
    const relays = load > 1 ? Math.ceil(Math.sqrt(ranked.length)) : load < 1 / SHARED_MIN ? 0 : plan.relays;
    // Another level is another hop: not where it would save the root little.
    if (relays === plan.relays || relays * SHARED_MIN > ranked.length) return;
    this.sights.propose(relays);
    this.#replant(now);
  }

  /** A relay that passed on once per window has stopped: nothing to pass on, or gone? */
  silent(relay: Peer, now: number): void {
    relay.busy = false;
    if (relay.id !== this.#tree.parent || relay.misses > 0 || this.#lacks("failover")) return;
    this.#options.hands.askOnce(relay, now);
  }

  wake(now: number): void {
    if (this.#probeAt <= now) this.#probe(now);
    if (this.#recallAt <= now) this.#recall(now);
    if (this.#musterAt <= now) this.#muster(now);
  }

  get #relay(): Peer | undefined {
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
    const { patienceMs, hands } = this.#options;
    const relay = this.#relay;
    const stale = relay?.id === id && now - relay.heardAt >= patienceMs(relay);
    if (!stale && this.isNeighbour(id)) return;
    this.sights.doubt((peer) => peer !== id);
    if (stale) hands.probe(relay, now);
  }

  /** Without its relay, this node believes only those of its links over which it has heard of late. */
  #doubtLinks(now: number): void {
    const { peers, patienceMs } = this.#options;
    this.sights.doubt((id) => {
      const peer = peers.get(id);
      return peer !== undefined && now - peer.heardAt < patienceMs(peer);
    });
  }

  /** Somebody has lost this node's relay: is it still there? One miss is enough now, two have seen it. */
  #doubtRelay(now: number): void {
    const { me, timing, hands } = this.#options;
    const relay = this.#relay;
    if (relay === undefined || relay.misses > 0 || now - relay.heardAt < timing.answerMs(relay)) return;
    for (const [loser, { lost }] of this.sights.losers()) {
      if (loser !== me && lost.has(relay.id)) return hands.askOnce(relay, now);
    }
  }

  // The tree.

  #replant(now: number): void {
    const { me, hands } = this.#options;
    const before = this.#tree;
    this.#tree = this.#prune(plant(this.sights, me));
    this.#near = near(this.#tree);
    const told = concerned(before, this.#tree, me);
    if (told.size > 0) hands.turned(before, told, now);
    // At any moment of the interval, lest all that lost sight at once probe at once.
    if (this.#probeAt === Infinity) this.#probeAt = now + this.#probeMs() * this.#options.random.next();
    this.#planMuster(before, now);
    this.#help(now);
  }

  /** Without detours only the star around the root is left. */
  #prune(tree: Tree): Tree {
    return this.#lacks("detour") && tree.root !== this.#options.me ? tree.pruned() : tree;
  }

  // Ways round.

  /** Out of sight of everyone: call who would be relay next. */
  #search(now: number): void {
    const { peers, hands } = this.#options;
    if ([...peers].some((peer) => peer.awaited)) return;
    const next = peers.get(peers.ids.find((id) => !this.sights.lost.has(id)) ?? "");
    if (next !== undefined) hands.call(next, now);
  }

  /** Members are out of everyone's sight: for each, the few that follow in rank try whether they reach it. */
  #help(now: number): void {
    if (this.sights.clear || this.#lacks("detour")) return;
    const { me, ranked, peers, hands } = this.#options;
    const missed = this.#missed();
    const out = ranked.filter((id) => missed.has(id) && !this.#tree.has(id));
    for (const id of out.slice(0, HELPED_MAX)) {
      const peer = peers.get(id);
      if (peer === undefined || this.sights.lost.has(id) || peer.awaited) continue;
      if (helpers(this.#tree, id).includes(me)) hands.call(peer, now);
    }
  }

  /**
   * In troubled times a steward will call everyone of whom nothing is known: some may have lost their relay and not know
   * yet. The lower its rank, the longer it waits for another to do so: mostly one does, and the rest hear of it.
   */
  #planMuster(before: Tree, now: number): void {
    const { me, ranked, timing } = this.#options;
    const { root, size } = this.#tree;
    if (this.sights.clear || size === 1 || !stewards(this.#tree, this.sights).includes(me)) {
      this.#musterAt = this.#recallAt = Infinity;
      return;
    }
    const missed = this.#missed();
    const above = ranked.slice(0, rankOf(ranked, me)).filter((id) => id !== root && !missed.has(id));
    this.#musterAt = Math.min(this.#musterAt, now + (above.length + 1) * timing.typicalMs / 2);
    for (const id of this.sights.lost) if (this.#tree.has(id) && !before.has(id)) this.#recallsAll = true;
    if (size > before.size) this.#recallSoon(now);
    else this.#recallAt = Math.min(this.#recallAt, now + this.#recallMs());
  }

  #muster(now: number): void {
    this.#musterAt = Infinity;
    const missed = this.#missed();
    const { peers, hands } = this.#options;
    for (const id of peers.ids) {
      if (this.sights.seen.has(id) || missed.has(id)) continue;
      // Whose relay nobody misses comes with it.
      const relay = this.sights.plan.parentOf(id);
      if (relay !== undefined && relay !== this.sights.plan.root && !missed.has(relay)) continue;
      const peer = peers.get(id);
      if (peer !== undefined && !peer.awaited) hands.call(peer, now);
    }
  }

  /** Everyone whom somebody here has tried to reach, and has not. */
  #missed(): Set<string> {
    const missed = new Set<string>();
    for (const [loser, { lost }] of this.sights.losers()) {
      if (this.#tree.has(loser)) { for (const id of lost) missed.add(id); }
    }
    return missed;
  }

  // Ways back.

  /** One peer by chance: of those whom nobody here reaches, or else of those whom this node has lost. */
  #probe(now: number): void {
    const { peers, random, hands } = this.#options;
    const apart = peers.ids.filter((id) => !this.#tree.has(id));
    const id = pick(random, apart.length > 0 ? apart : [...this.sights.lost]);
    const peer = peers.get(id ?? "");
    this.#probeAt = peer === undefined ? Infinity : now + this.#probeMs();
    if (peer !== undefined) hands.probe(peer, now);
  }

  /** Those who reach each other share the work, so that it does not grow with their number. */
  #probeMs(): number {
    return PROBE_EVERY_MS * this.#tree.size * (0.75 + this.#options.random.next() / 2);
  }

  /** Others reach members that this relay does not: have the links come back? Soon after one has, else ever more rarely. */
  #recall(now: number): void {
    this.#recallAt = Infinity;
    const { me } = this.#options;
    const reached = this.#tree.component.filter((id) => id !== me && !this.sights.linkUp(me, id));
    const called = new Set(this.#recallsAll ? [...reached, ...this.sights.lost] : reached);
    this.#recallsAll = false;
    if (called.size === 0 || this.#tree.root !== me) return;
    this.#recallAt = now + this.#recallMs();
    this.#recalls++;
    this.#recalledAt = now;
    for (const id of called) {
      const peer = this.#options.peers.get(id);
      if (peer !== undefined) this.#options.hands.probe(peer, now);
    }
  }

  #recallSoon(now: number): void {
    this.#recalls = 0;
    const { timing, random } = this.#options;
    // Not before those who were called last have had time to answer.
    const soon = Math.max(now, this.#recalledAt + 2 * timing.typicalMs);
    this.#recallAt = Math.min(this.#recallAt, soon + ANSWER_SLACK_MS * random.next());
  }

  #recallMs(): number {
    return backoffMs(this.#options.random, this.#recalls, RECALL_BASE_MS, RECALL_CAP_MS);
  }

  #lacks(mechanism: Mechanism): boolean {
    return this.#options.without.includes(mechanism);
  }
}

/** Those next to this node, the one towards the root first. */
function near({ parent, children }: Tree): ReadonlySet<string> {
  return new Set(parent === undefined ? children : [parent, ...children]);
}
