/** Looks after the others: calls those of whom nothing is known, tries ways round to those who fell out, and ways back. */
import { backoffMs } from "../backoff.ts";
import type { Members } from "../topology/members.ts";
import type { Mechanism } from "../mechanisms.ts";
import { pick, type Random } from "../random.ts";
import type { Peers } from "../replication/peers.ts";
import type { Progress } from "../replication/progress.ts";
import type { Layout } from "../topology/layout.ts";
import type { LinkState } from "../topology/link_state.ts";
import { backupsOf, coordinatorOf, isDeputy, probesForOthers, relaysReached } from "../topology/failover.ts";
import { ANSWER_SLACK_MS, type Timing } from "../replication/timing.ts";
import type { Tree } from "../topology/tree.ts";

/** What the overlay has others do. */
export interface Hands {
  /** Asks a peer of which nothing is known, with what came lately: it may be waiting for it. */
  pushProbe(peer: Progress, now: number): void;
  /** Asks for a sign of life; nothing follows from silence. */
  probe(peer: Progress, now: number): void;
  /** Asks for a sign of life for the last time. */
  finalProbe(peer: Progress, now: number): void;
  /** The tree is not what it was; those in `told` must hear of it soon. */
  treeChanged(old: ReadonlySet<Progress>, told: ReadonlySet<Progress>, now: number): void;
}

export interface OverlayOptions {
  /** The rank of this node. */
  readonly me: number;
  readonly incarnation: number;
  /** Every member, this one included. */
  readonly members: Members;
  readonly layout: Layout;
  readonly peers: Peers;
  readonly timing: Timing;
  readonly random: Random;
  readonly without: readonly Mechanism[];
  /** How long a peer may take to acknowledge, ms. */
  readonly ackTimeoutMs: (peer: Progress) => number;
  readonly hands: Hands;
}

/** How far apart the nodes that can reach each other probe, together, what they cannot reach. */
export const BACKGROUND_PROBE_MS = 320;
/** Ways round are looked for to so many at once of those who have fallen out of the tree. */
export const INDIRECT_PROBES_MAX = 4;
/** A relay asks whom it does not see and others do again after this, doubling up to the cap. */
export const RECONNECT_BASE_MS = 1_000;
export const RECONNECT_CAP_MS = 16_000;

export class Prober {
  readonly #options: OverlayOptions;
  readonly #linkState: LinkState;
  #tree: Tree;
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

  constructor(options: OverlayOptions, linkState: LinkState, tree: Tree) {
    this.#options = options;
    this.#linkState = linkState;
    this.#tree = tree;
  }

  get deadline(): number {
    return Math.min(this.#probeAt, this.#recallAt, this.#musterAt);
  }

  /** The tree is, or may be, another. */
  replanted(tree: Tree, now: number): void {
    const before = this.#tree;
    this.#tree = tree;
    // At any moment of the interval, lest all that lost sight at once probe at once.
    if (this.#probeAt === Infinity && !this.#lacks("background-probe")) {
      this.#probeAt = now + this.#probeMs() * this.#options.random.next();
    }
    this.#planMuster(before, now);
    this.#help(now);
  }

  /** One that this node had lost was found. */
  found(): void {
    this.#recallsAll = true;
  }

  /** One has come back: the others may have, too. */
  returned(now: number): void {
    if (this.#calls) this.#recallSoon(now);
  }

  wake(now: number): void {
    if (this.#probeAt <= now) this.#probe(now);
    if (this.#recallAt <= now) this.#recall(now);
    if (this.#musterAt <= now) this.#muster(now);
  }

  get #looksOut(): boolean {
    return probesForOthers(this.#linkState.layout, this.#tree, this.#options.me);
  }

  #lacks(mechanism: Mechanism): boolean {
    return this.#options.without.includes(mechanism);
  }

  /** Whether it looks after the others as the root does, or beside it. */
  get #isSteward(): boolean {
    return this.#tree.root === this.#options.me ||
      (!this.#lacks("deputy") && isDeputy(this.#tree, this.#linkState));
  }

  /** Whether it calls those whose relay it should be. */
  get #calls(): boolean {
    const { me } = this.#options;
    return this.#tree.root === me || this.#linkState.layout.isRelay(me);
  }

  // Ways round.

  /** Members are out of everyone's sight: for each, the few that follow in rank try whether they reach it. */
  #help(now: number): void {
    const { me, peers, hands } = this.#options;
    if (this.#linkState.isCalm || !this.#looksOut || this.#lacks("detour")) return;
    const { layout } = this.#linkState;
    const missed = this.#missed();
    let helped = 0;
    for (let id = 0; id < layout.size; id++) {
      if (helped === INDIRECT_PROBES_MAX) return;
      if (!missed.has(id) || this.#tree.has(id)) continue;
      const chosen = backupsOf(layout, this.#tree, id);
      // Whom these could not reach must not keep others from being helped. In a star the root calls everyone itself.
      const inVain = layout.relays > 0 && chosen.every((each) => this.#linkState.suspectedBy(each).has(id));
      if (inVain) continue;
      helped++;
      if (this.#linkState.suspected.has(id) || !chosen.includes(me)) continue;
      const peer = peers.at(id);
      if (!peer.awaited) hands.pushProbe(peer, now);
    }
  }

  /**
   * In troubled times everyone of whom nothing is known will be called by who would pass on to it: some may have lost their
   * relay and not know yet. Of the stewards, the lower in rank waits longer, for another to do so: mostly one does, and the
   * rest hear of it.
   */
  #planMuster(before: Tree, now: number): void {
    const { timing } = this.#options;
    const { size } = this.#tree;
    const steward = this.#isSteward;
    if (this.#linkState.isCalm || size === 1 || !(steward || this.#calls)) {
      this.#musterAt = this.#recallAt = Infinity;
      return;
    }
    const turn = steward ? this.#turn() : 1;
    if (!this.#lacks("roll-call")) {
      this.#musterAt = Math.min(this.#musterAt, now + turn * timing.typicalMs / 2);
    }
    for (const id of this.#linkState.suspected) {
      if (this.#tree.has(id) && !before.has(id)) this.#recallsAll = true;
    }
    if (size > before.size) this.#recallSoon(now);
    else if (!this.#lacks("reconnect")) this.#recallAt = Math.min(this.#recallAt, now + this.#recallMs());
  }

  /** How many steps it waits among the stewards: one more than there are others before it in rank. */
  #turn(): number {
    const missed = this.#missed();
    let turn = 1;
    for (let id = 0; id < this.#options.me; id++) if (id !== this.#tree.root && !missed.has(id)) turn++;
    return turn;
  }

  #muster(now: number): void {
    this.#musterAt = Infinity;
    const { me, peers, hands } = this.#options;
    const { layout } = this.#linkState;
    const missed = this.#missed();
    const steward = this.#isSteward;
    for (let id = 0; id < layout.size; id++) {
      if (id === me || this.#linkState.heard.has(id) || missed.has(id)) continue;
      // Whose relay nobody misses comes with it.
      const relay = layout.parentOf(id);
      if (relay > 0 && relay !== me && !missed.has(relay)) continue;
      const heir = coordinatorOf(layout, this.#tree, id);
      if (heir !== me && !(heir === this.#tree.root && steward)) continue;
      const peer = peers.at(id);
      if (!peer.awaited) hands.pushProbe(peer, now);
    }
  }

  /** Everyone whom somebody here has tried to reach, and has not. */
  #missed(): Set<number> {
    const missed = new Set<number>();
    for (const [loser, { suspected }] of this.#linkState.suspecting()) {
      if (this.#tree.has(loser)) { for (const id of suspected) missed.add(id); }
    }
    return missed;
  }

  // Ways back.

  /** One peer by chance: of those whom nobody here reaches, or else of those whom this node has lost. */
  #probe(now: number): void {
    const { peers, random, hands } = this.#options;
    const apart: number[] = [];
    for (let id = 0; this.#looksOut && id < this.#linkState.layout.size; id++) {
      if (!this.#tree.has(id)) apart.push(id);
    }
    const id = pick(random, apart.length > 0 ? apart : [...this.#linkState.suspected]);
    const peer = id === undefined ? undefined : peers.at(id);
    this.#probeAt = peer === undefined ? Infinity : now + this.#probeMs();
    if (peer !== undefined) hands.probe(peer, now);
  }

  /** Those who reach each other share the work, so that it does not grow with their number. */
  #probeMs(): number {
    const relays = this.#looksOut ? relaysReached(this.#linkState.layout, this.#tree) : 0;
    const sharers = relays || this.#tree.size;
    return BACKGROUND_PROBE_MS * sharers * (0.75 + this.#options.random.next() / 2);
  }

  /** Others reach members that should come to this relay: have the links come back? Soon after one has, else ever more rarely. */
  #recall(now: number): void {
    this.#recallAt = Infinity;
    const { me, peers, hands } = this.#options;
    const { layout } = this.#linkState;
    const called = new Set(this.#recallsAll ? this.#linkState.suspected : []);
    for (let id = 0; id < layout.size; id++) {
      if (id === me || !this.#tree.has(id) || this.#linkState.linkUp(me, id)) continue;
      if (coordinatorOf(layout, this.#tree, id) === me) called.add(id);
    }
    this.#recallsAll = false;
    if (called.size === 0 || !this.#calls) return;
    this.#recallAt = now + this.#recallMs();
    this.#recalls++;
    this.#recalledAt = now;
    for (const id of called) hands.probe(peers.at(id), now);
  }

  #recallSoon(now: number): void {
    if (this.#lacks("reconnect")) return;
    this.#recalls = 0;
    const { timing, random } = this.#options;
    // Not before those who were called last have had time to answer.
    const soon = Math.max(now, this.#recalledAt + 2 * timing.typicalMs);
    this.#recallAt = Math.min(this.#recallAt, soon + ANSWER_SLACK_MS * random.next());
  }

  #recallMs(): number {
    return backoffMs(this.#options.random, this.#recalls, RECONNECT_BASE_MS, RECONNECT_CAP_MS);
  }
}
