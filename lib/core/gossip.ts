/** The exchange between nodes: push, acknowledgement, retry and repair are all "what does this peer lack?". */
import { backoffMs } from "./backoff.ts";
import { type Entry, type Log, type Run } from "./log.ts";
import type { Envelope, GossipBody, GossipType, Json } from "./message.ts";
import { type Holdings, holdings, Peer, type Rtt } from "./peer.ts";
import { pick, type Random, shuffle } from "./random.ts";
import { concerned, helpers, plant, stewards, type Tree } from "./relay.ts";
import { Sights } from "./sights.ts";

/** How long a bare acknowledgement waits for traffic to ride on, beside four round trips. */
export const ACK_DELAY_MS = 500;
/** What a busy machine may add to a round trip before an answer is overdue (a guess, from runs on two cores). */
export const ANSWER_SLACK_MS = 50;
/** The round trip supposed of a peer before the first sample. */
export const RTT_GUESS_MS = 400;
/** A reordered message may be this late before what it brought counts as lost, beside twice the deviation. */
export const REORDER_SLACK_MS = 20;
/** Answers overdue in a row, with nothing heard meanwhile, after which a peer counts as lost. */
export const MISSES_MAX = 2;
/** Retries to one peer are at most this far apart. */
export const RETRY_CAP_MS = 2_000;
/** How far apart the nodes that can reach each other probe, together, what they cannot reach. */
export const PROBE_EVERY_MS = 250;
/** Others beside the next relay to be that a node calls once it has lost sight of everyone. */
export const SEARCH_OTHERS = 1;
/** A relay asks whom it has lost and others reach again after this, doubling up to the cap. */
export const RECALL_BASE_MS = 1_000;
export const RECALL_CAP_MS = 16_000;
/** Entries that came this long ago at most are pushed to a peer of which nothing is known. */
export const RECENT_MS = 2_000;
/** A starting relay gives the others this long to call first. */
export const HELLO_MS = 500;
/** A window shorter than this is none. */
export const WINDOW_MIN_MS = 10;
/** So many entries at once need no company: they are passed on without waiting for a window. */
export const BULK_ENTRIES = 32;
/** One message carries at most so many entries, and so many characters of values. */
export const BATCH_ENTRIES_MAX = 2_048;
export const BATCH_CHARS_MAX = 256 * 1024;
/** One message names at most so many intervals of one origin; naming fewer than are held is harmless. */
export const SPANS_MAX = 64;

/** A mechanism that a test can switch off to see that it matters. */
export type Mechanism = "retry" | "repair" | "detour" | "failover";

export interface GossipOptions {
  readonly me: string;
  readonly life: number;
  /** Every member, this one included, in the order of rank, the same on every node. */
  readonly ranked: readonly string[];
  readonly log: Log;
  readonly random: Random;
  readonly deliveryBudgetMs: number | undefined;
  readonly without: readonly Mechanism[];
  /** Takes entries that are new here, before anyone else hears of them. */
  readonly deliver: (entries: readonly Entry[]) => void;
  readonly send: (envelope: Envelope) => void;
}

export class Gossip {
  readonly #options: GossipOptions;
  readonly #log: Log;
  readonly #peers: ReadonlyMap<string, Peer>;
  readonly #sights: Sights;
  #tree: Tree;
  /** Entries of the last RECENT_MS by arrival, and all earlier ones. */
  readonly #recent: { readonly at: number; readonly entries: readonly Entry[] }[] = [];
  readonly #older: Holdings = new Map();
  /** When the children were last sent what had gathered, and when they will be again. */
  #flushedAt = -Infinity;
  #flushAt = Infinity;
  #probeAt = Infinity;
  #recallAt = Infinity;
  #recalls = 0;
  #musterAt = Infinity;

  constructor(options: GossipOptions, now: number) {
    this.#options = options;
    this.#log = options.log;
    this.#peers = new Map(options.ranked.filter((id) => id !== options.me).map((id) => [id, new Peer(id)]));
    this.#sights = new Sights(options.me, options.life);
    this.#tree = plant(options.ranked, this.#sights, options.me);
    this.#greet(now);
  }

  /** The moment of the earliest thing to do; Infinity when there is none. */
  get deadline(): number {
    let at = Math.min(this.#flushAt, this.#probeAt, this.#recallAt, this.#musterAt);
    for (const peer of this.#peers.values()) at = Math.min(at, peer.dueAt, this.#silentAt(peer));
    return at;
  }

  isMember(id: string): boolean {
    return this.#peers.has(id);
  }

  /** Entries that entered here are on their way from now on. */
  learnt(entries: readonly Entry[], now: number): void {
    this.#spread(entries, undefined, now);
  }

  /** Takes in what a peer says. */
  receive(from: string, body: GossipBody, now: number): void {
    const peer = this.#peers.get(from);
    if (peer === undefined) return;
    const overdue = peer.misses > 0;
    if (!peer.hear(body, this.#options.life, now)) return;
    const fresh = this.#mergeRuns(peer, body);
    if (fresh.length > 0) this.#options.deliver(fresh);
    this.#mergeSights(peer, body, now);
    this.#spread(fresh, peer, now);
    this.#catchUp(peer, body, overdue, now);
    if (body.runs !== undefined) this.#owe(peer, now);
    if (body.want === true) this.#answer(peer, now);
  }

  /** Does whatever is due. */
  wake(now: number): void {
    if (this.#flushAt <= now) this.#flush(now);
    for (const peer of this.#peers.values()) {
      if (peer.dueAt <= now) this.#serve(peer, now);
      if (this.#silentAt(peer) <= now) this.#onSilence(peer, now);
    }
    if (this.#probeAt <= now) this.#probe(now);
    if (this.#recallAt <= now) this.#recall(now);
    if (this.#musterAt <= now) this.#muster(now);
  }

  // What arrives.

  #mergeSights(peer: Peer, body: GossipBody, now: number): void {
    const before = this.#sights.revision;
    const returned = this.#sights.lost.has(peer.id);
    this.#sights.see(peer.id);
    for (const [node, life, version, lost, seen] of body.sights ?? []) {
      const gone = this.#sights.merge(node, { life, version, lost: new Set(lost), seen: new Set(seen) });
      for (const id of gone ?? []) this.#doubtLinks(id, node);
    }
    if (this.#sights.revision === before) return;
    this.#replant(now);
    this.#doubtRelay(now);
    // One has come back: the others may have, too.
    if (returned && this.#tree.root === this.#options.me) {
      this.#recallAt = Math.min(this.#recallAt, now + this.#recallMs(true));
    }
  }

  /** Of one that somebody has lost, only the links in use are still believed. */
  #doubtLinks(id: string, loser: string): void {
    const { parents } = this.#tree;
    this.#sights.doubt(
      id,
      (other) => other !== loser && (parents.get(id) === other || parents.get(other) === id),
    );
  }

  /** Without its relay, this node believes only those of its links over which it has heard of late. */
  #doubtMyLinks(now: number): void {
    this.#sights.doubt(this.#options.me, (other) => {
      const peer = this.#peers.get(other);
      return peer !== undefined && now - peer.heardAt < this.#patienceMs(peer);
    });
  }

  /** Somebody has lost this node's relay: is it still there? One miss is enough now, two have seen it. */
  #doubtRelay(now: number): void {
    const relay = this.#peers.get(this.#tree.parent ?? "");
    if (relay === undefined || relay.misses > 0 || now - relay.heardAt < this.#answerMs(relay)) return;
    if ([...this.#peers.keys()].some((id) => this.#sights.lostBy(id).has(relay.id))) {
      this.#askOnce(relay, now);
    }
  }

  /** A relay that passed on once per window has stopped: nothing to pass on, or gone? */
  #onSilence(relay: Peer, now: number): void {
    relay.busy = false;
    if (relay.id === this.#tree.parent && relay.misses === 0) this.#askOnce(relay, now);
  }

  /** The last request before the peer counts as lost. */
  #askOnce(peer: Peer, now: number): void {
    peer.misses = MISSES_MAX - 1;
    peer.retryAt = Infinity;
    this.#say(peer, now, { want: true });
  }

  #mergeRuns(peer: Peer, body: GossipBody): Entry[] {
    const fresh: Entry[] = [];
    for (const [origin, first, values] of body.runs ?? []) {
      values.forEach((value, i) => {
        const entry = { origin, seq: first + i, value };
        peer.holdsEntry(entry);
        if (this.#log.add(entry)) fresh.push(entry);
      });
    }
    return fresh;
  }

  /** Compares what the peer says it holds with what this node holds, both ways. */
  #catchUp(peer: Peer, body: GossipBody, overdue: boolean, now: number): void {
    if (this.#lacks("repair")) return;
    const neighbour = this.#isNeighbour(peer.id);
    if (neighbour && (peer.guessed || overdue)) {
      if (peer.guessed) peer.forgetSent();
      if (peer.isBehind(this.#log)) peer.sendAt = now;
    }
    if (neighbour && !peer.awaited && !peer.isBehind(this.#log) && peer.isUnacked(this.#log)) {
      peer.retryAt = Math.min(peer.retryAt, now + this.#reorderMs(peer));
    }
    if (peer.wantAt === Infinity && peer.isAhead(this.#log)) {
      peer.wantAt = now + this.#bearMs(peer, body.want === true);
    }
  }

  /** How long to bear that a peer holds what this node lacks: it may be on its way, from there or through the tree. */
  #bearMs(peer: Peer, more: boolean): number {
    if (!this.#isNeighbour(peer.id)) return this.#patienceMs(peer) + 2 * this.#windowMs();
    return more ? this.#answerMs(peer) : this.#reorderMs(peer);
  }

  #owe(peer: Peer, now: number): void {
    peer.ackAt = Math.min(peer.ackAt, now + this.#ackDelayMs(peer));
  }

  #answer(peer: Peer, now: number): void {
    // Who knows no round trip yet asks one peer back: all that is timed here follows from it.
    const want = this.#typicalRtt() === undefined && ![...this.#peers.values()].some((each) => each.awaited);
    if (!this.#lacks("repair")) peer.forgetSent();
    this.#say(peer, now, { want, push: !this.#lacks("repair") });
  }

  // What is to be passed on.

  /** Plans when each neighbour gets these entries, which came from one of them or entered here. */
  #spread(entries: readonly Entry[], from: Peer | undefined, now: number): void {
    if (entries.length === 0) return;
    this.#recent.push({ at: now, entries });
    this.#settled(now);
    const bulk = entries.length >= BULK_ENTRIES;
    for (const peer of this.#neighbours()) {
      if (peer !== from && this.#isMissing(peer, entries)) this.#pass(peer, from, now, bulk);
    }
  }

  #isMissing(peer: Peer, entries: readonly Entry[]): boolean {
    return entries.some(({ origin, seq }) => !(peer.sent.get(origin)?.has(seq) ?? false));
  }

  /** Upwards and down from the relay at once; what a relay gathers, once per window and to all children together. */
  #pass(peer: Peer, from: Peer | undefined, now: number, bulk = false): void {
    // Overdue, or asked what it holds: what it lacks goes with the next retry, or once it is heard.
    if (peer.misses > 0 || (peer.guessed && peer.awaited)) return;
    if (peer.id === this.#tree.parent) {
      peer.sendAt = Math.min(peer.sendAt, bulk ? now : this.#boardAt(peer, now));
    } else if (from !== undefined && from.id === this.#tree.parent && from.flushedAt === now) {
      this.#flushAt = now;
    } else {
      // Out of idleness a short wait for company will do; what comes a moment later need not wait a whole window.
      const windowMs = this.#windowMs();
      this.#flushAt = Math.min(
        this.#flushAt,
        Math.max(now + windowMs / 16, this.#flushedAt + this.#patience() * windowMs),
      );
    }
  }

  /** A relay under another waits a little longer than a window: when that one passes on, both pass on together. */
  #patience(): number {
    return this.#tree.parent === undefined ? 1 : 1.25;
  }

  #flush(now: number): void {
    this.#flushAt = Infinity;
    this.#flushedAt = now;
    for (const id of this.#tree.children) {
      const peer = this.#peers.get(id);
      if (peer !== undefined && this.#hasNews(peer)) {
        this.#say(peer, now, { want: peer.guessed, flush: true });
      }
    }
  }

  /**
   * When a value leaves for the relay. One that would only wait there waits here instead, and shares
   * the trip: until the last moment that still makes the relay's next flush, with a margin.
   */
  #boardAt(relay: Peer, now: number): number {
    if (relay.windowMs < WINDOW_MIN_MS || relay.rtt === undefined) return now;
    const margin = 4 * relay.rtt.deviation + REORDER_SLACK_MS + relay.windowMs / 16;
    const lastAt = relay.flushedAt + relay.windowMs - relay.rtt.mean;
    if (now < lastAt - margin) return lastAt - margin;
    return now > lastAt && relay.busy ? Math.max(now, lastAt + relay.windowMs - margin) : now;
  }

  // What is due.

  #serve(peer: Peer, now: number): void {
    if (peer.retryAt <= now) return this.#retry(peer, now);
    if (peer.wantAt <= now) return this.#ask(peer, now);
    if (peer.sendAt <= now && this.#hasNews(peer)) {
      return this.#say(peer, now, { want: peer.guessed, push: true });
    }
    peer.sendAt = peer.sendAt <= now ? Infinity : peer.sendAt;
    if (peer.ackAt <= now) this.#say(peer, now, { want: false });
  }

  #hasNews(peer: Peer): boolean {
    return peer.isBehind(this.#log) || peer.untold || peer.guessed;
  }

  #ask(peer: Peer, now: number): void {
    peer.wantAt = Infinity;
    if (peer.isAhead(this.#log)) this.#say(peer, now, { want: true });
  }

  /** An answer is overdue: ask again, with all that was on its way; after too many misses, suspect. */
  #retry(peer: Peer, now: number): void {
    peer.retryAt = Infinity;
    if (this.#lacks("retry") || !this.#isExpecting(peer)) return;
    peer.misses++;
    if (peer.misses >= MISSES_MAX) return this.#lose(peer, now);
    if (!peer.guessed) peer.forgetSent();
    this.#say(peer, now, { want: true, push: true });
  }

  #isExpecting(peer: Peer): boolean {
    return peer.awaited || (this.#isNeighbour(peer.id) && peer.isUnacked(this.#log));
  }

  /** Says the one thing there is to say: what I hold, what you lack, whom I have lost sight of. */
  #say(peer: Peer, now: number, how: { want: boolean; push?: boolean; flush?: boolean }): void {
    const push = how.push === true || this.#isNeighbour(peer.id);
    const { runs, more } = push ? this.#batch(peer) : { runs: [], more: false };
    const want = how.want || more;
    const sights = this.#sightsFor(peer);
    const body = this.#body(peer, now, runs, sights, want, how.flush === true);
    this.#options.send({ src: this.#options.me, dest: peer.id, body: { type: typeOf(body), ...body } });
    peer.left(
      now,
      this.#log.revision,
      this.#sights.revision,
      this.#answerBy(peer, now, want, runs.length > 0),
    );
    peer.sendAt = more ? peer.sendAt : Infinity;
    peer.ackAt = Infinity;
  }

  #body(
    peer: Peer,
    now: number,
    runs: Run[],
    sights: GossipBody["sights"],
    want: boolean,
    flush: boolean,
  ): GossipBody {
    const echo = peer.echo(now);
    const windowMs = this.#windowMs();
    return {
      life: this.#options.life,
      n: peer.nextN,
      ...(echo === undefined ? {} : { echo }),
      holds: this.#holds(peer),
      ...(runs.length === 0 ? {} : { runs: runs.map((run) => [run.origin, run.seq, [...run.values]]) }),
      ...(sights === undefined || sights.length === 0 ? {} : { sights }),
      ...(want ? { want } : {}),
      ...(flush ? { window: windowMs } : {}),
    };
  }

  /** When the peer should have answered what leaves now. */
  #answerBy(peer: Peer, now: number, want: boolean, entries: boolean): number {
    if (!this.#sights.seen.has(peer.id) && !peer.guessed) return Infinity;
    const again = Math.max(0, peer.misses - 1);
    if (want) return now + backoffMs(this.#options.random, again, this.#answerMs(peer), RETRY_CAP_MS);
    return entries && this.#isNeighbour(peer.id) ? now + this.#patienceMs(peer) : Infinity;
  }

  #holds(peer: Peer): GossipBody["holds"] {
    const holds: GossipBody["holds"] = [];
    for (const [origin, held] of this.#log.holdingsSince(peer.confirmedLog)) {
      const spans: number[] = [];
      for (const [from, to] of held.spans()) {
        if (spans.length === 2 * SPANS_MAX) break;
        spans.push(from, to);
      }
      holds.push([origin, spans]);
    }
    return holds;
  }

  #sightsFor(peer: Peer): GossipBody["sights"] {
    return [...this.#sights.since(peer.confirmedSights)].map((
      [node, { life, version, lost, seen }],
    ) => [node, life, version, [...lost], [...seen]]);
  }

  /** Takes what the peer lacks, up to a batch, and counts it as on its way. */
  #batch(peer: Peer): { runs: Run[]; more: boolean } {
    const runs: Run[] = [];
    let room = BATCH_ENTRIES_MAX;
    let chars = BATCH_CHARS_MAX;
    for (const [origin, held] of this.#log.holdings()) {
      const sent = holdings(peer.sent, origin);
      for (const [from, to] of [...sent.lacks(held)]) {
        const values: Json[] = [];
        for (let seq = from; seq <= to && room > 0 && chars > 0; seq++, room--) {
          const value = this.#log.value(origin, seq) as Json;
          values.push(value);
          chars -= weigh(value);
        }
        if (values.length > 0) {
          runs.push({ origin, seq: from, values });
          sent.addSpan(from, from + values.length - 1);
        }
        if (room <= 0 || chars <= 0) return { runs, more: peer.isBehind(this.#log) };
      }
    }
    return { runs, more: false };
  }

  // Who is there, and who passes on.

  #lose(peer: Peer, now: number): void {
    peer.expectNothing();
    const wasRelay = peer.id === this.#tree.parent;
    if (wasRelay && this.#lacks("failover")) return;
    this.#sights.lose(peer.id);
    this.#doubtLinks(peer.id, this.#options.me);
    if (wasRelay) this.#doubtMyLinks(now);
    this.#replant(now);
    if (this.#tree.component.length === 1) this.#search(now);
  }

  /** Out of sight of everyone: call who would be relay next, and some others by chance, with what only this node holds. */
  #search(now: number): void {
    if ([...this.#peers.values()].some((peer) => peer.awaited)) return;
    const unknown = [...this.#peers.values()].filter((peer) => !this.#sights.lost.has(peer.id));
    const [next, ...others] = unknown;
    for (const peer of [next, ...shuffle(this.#options.random, others).slice(0, SEARCH_OTHERS)]) {
      if (peer !== undefined) this.#call(peer, now);
    }
  }

  #replant(now: number): void {
    const before = this.#tree;
    this.#tree = this.#prune(plant(this.#options.ranked, this.#sights, this.#options.me));
    const { me, ranked } = this.#options;
    const through = concerned(before, this.#tree, me, ranked);
    if (through.size > 0) this.#turn(before, through, now);
    // At any moment of the interval, lest all that lost sight at once probe at once.
    if (this.#probeAt === Infinity) this.#probeAt = now + this.#probeMs() * this.#options.random.next();
    this.#planMuster(before, now);
    this.#help(now);
  }

  /** The tree is not what it was. */
  #turn(before: Tree, through: ReadonlySet<string>, now: number): void {
    // A new relay gathers from those who come to it for as long as they take to come.
    if (this.#tree.root !== before.root) this.#flushedAt = now - this.#windowMs() + this.#typicalMs() / 2;
    const neighbours = new Set(this.#neighbours());
    const old = new Set([before.parent, ...before.children]);
    for (const peer of this.#peers.values()) {
      if (!neighbours.has(peer) && old.has(peer.id)) peer.expectNothing();
      if (neighbours.has(peer) && !old.has(peer.id)) this.#adopt(peer, now);
      if (neighbours.has(peer) && through.has(peer.id)) {
        peer.untold = true;
        this.#pass(peer, peer, now);
      }
    }
  }

  /**
   * A relay in troubled times will call everyone of whom it knows nothing: some may have lost theirs and not know yet.
   * The lower its rank, the longer it waits for another to do so: mostly one does, and the rest hear of it.
   */
  #planMuster(before: Tree, now: number): void {
    const { root, component } = this.#tree;
    const { me, ranked } = this.#options;
    if (!stewards(this.#tree, this.#sights).includes(me) || component.length === 1 || this.#sights.clear) {
      this.#musterAt = this.#recallAt = Infinity;
      return;
    }
    const above = ranked.slice(0, ranked.indexOf(me));
    const ahead = above.filter((id) => id !== root && !this.#sights.lost.has(id)).length;
    this.#musterAt = Math.min(this.#musterAt, now + (ahead + 1) * this.#typicalMs() / 2);
    const grew = component.length > before.component.length;
    if (grew) this.#recalls = 0;
    this.#recallAt = Math.min(this.#recallAt, now + this.#recallMs(grew));
  }

  #muster(now: number): void {
    this.#musterAt = Infinity;
    const missed = this.#missed();
    for (const peer of this.#peers.values()) {
      const known = this.#sights.seen.has(peer.id) || missed.has(peer.id);
      if (!known && !peer.awaited) this.#call(peer, now);
    }
  }

  /** Everyone whom somebody here has tried to reach, and has not. */
  #missed(): Set<string> {
    return new Set(this.#tree.component.flatMap((id) => [...this.#sights.lostBy(id)]));
  }

  /** Somebody is out of everyone's sight: the few that follow in rank try whether they reach it. */
  #help(now: number): void {
    if (this.#sights.clear || this.#lacks("detour")) return;
    const { me, ranked } = this.#options;
    const within = new Set(this.#tree.component);
    for (const id of this.#missed()) {
      const peer = this.#peers.get(id);
      if (peer === undefined || within.has(id) || this.#sights.lost.has(id) || peer.awaited) continue;
      if (helpers(ranked, this.#tree, id).includes(me)) this.#call(peer, now);
    }
  }

  /** Without detours only the star around the root is left. */
  #prune(tree: Tree): Tree {
    if (!this.#lacks("detour") || tree.root === this.#options.me) return tree;
    return { ...tree, parent: tree.parent === tree.root ? tree.parent : undefined, children: [] };
  }

  /** What has been here for a while, and so probably everywhere: not to be sent on a guess. */
  #settled(now: number): Holdings {
    const old = this.#recent.findIndex(({ at }) => at > now - RECENT_MS);
    for (const { entries } of this.#recent.splice(0, old < 0 ? this.#recent.length : old)) {
      for (const { origin, seq } of entries) holdings(this.#older, origin).add(seq);
    }
    return this.#older;
  }

  #adopt(peer: Peer, now: number): void {
    if (now - peer.heardAt > this.#answerMs(peer)) {
      peer.guessSent(this.#settled(now));
    }
    if (this.#hasNews(peer)) this.#pass(peer, peer, now);
  }

  /** First words: to the relay at once; a relay waits for the others to call, and calls who has not. */
  #greet(now: number): void {
    for (const peer of this.#neighbours()) {
      peer.guessed = true;
      peer.sendAt = peer.id === this.#tree.parent ? now : now + HELLO_MS;
    }
  }

  /** One peer by chance: of those whom nobody here reaches, or else of those whom this node has lost. */
  #probe(now: number): void {
    const { component } = this.#tree;
    const apart = [...this.#peers.keys()].filter((id) => !component.includes(id));
    const id = pick(this.#options.random, apart.length > 0 ? apart : [...this.#sights.lost]);
    this.#probeAt = id === undefined ? Infinity : now + this.#probeMs();
    if (id !== undefined) this.#say(this.#peers.get(id) as Peer, now, { want: true });
  }

  /** A relay has lost members that others reach: have the links come back? */
  #recall(now: number): void {
    this.#recallAt = Infinity;
    const reached = this.#tree.component.filter((id) => this.#sights.lost.has(id));
    if (reached.length === 0 || this.#tree.root !== this.#options.me) return;
    this.#recallAt = now + this.#recallMs(false);
    this.#recalls++;
    for (const id of reached) this.#say(this.#peers.get(id) as Peer, now, { want: true });
  }

  /** Soon after more can be reached than before, else ever more rarely. */
  #recallMs(grew: boolean): number {
    if (grew) return ANSWER_SLACK_MS * this.#options.random.next();
    return backoffMs(this.#options.random, this.#recalls, RECALL_BASE_MS, RECALL_CAP_MS);
  }

  #call(peer: Peer, now: number): void {
    peer.guessSent(this.#settled(now));
    this.#say(peer, now, { want: true, push: true });
  }

  // How long things take.

  /**
   * For how long a relay gathers: about as long as the network carries, less what it jitters, so that a value is
   * everywhere within three round trips; or what the delivery budget leaves.
   */
  #windowMs(): number {
    const rtt = this.#typicalRtt();
    if (rtt === undefined) return 0;
    const budgetMs = this.#options.deliveryBudgetMs;
    if (budgetMs !== undefined) return Math.max(0, 0.9 * budgetMs - rtt.mean - 2 * rtt.deviation);
    return Math.max(0, 1.9 * rtt.mean - rtt.deviation);
  }

  /** The median of the round trips measured so far. */
  #typicalRtt(): Rtt | undefined {
    const known = [...this.#peers.values()].flatMap((peer) => peer.rtt ?? []);
    known.sort((a, b) => a.mean - b.mean);
    return known[known.length >> 1];
  }

  #typicalMs(): number {
    return this.#typicalRtt()?.mean ?? RTT_GUESS_MS;
  }

  #rtt(peer: Peer): Rtt {
    return peer.rtt ?? this.#typicalRtt() ?? { mean: RTT_GUESS_MS, deviation: 0 };
  }

  #answerMs(peer: Peer): number {
    const { mean, deviation } = this.#rtt(peer);
    return mean + 4 * deviation + ANSWER_SLACK_MS;
  }

  /** When a busy relay's next word is overdue. */
  #silentAt(peer: Peer): number {
    if (!peer.busy || this.#lacks("failover")) return Infinity;
    return peer.flushedAt + 1.5 * peer.windowMs + 4 * this.#rtt(peer).deviation + ANSWER_SLACK_MS;
  }

  #reorderMs(peer: Peer): number {
    return 2 * this.#rtt(peer).deviation + REORDER_SLACK_MS;
  }

  /** How long an acknowledgement to the peer may wait for something to ride on. */
  #ackDelayMs(peer: Peer): number {
    if (this.#tree.children.includes(peer.id)) return relayAckMs(this.#windowMs());
    return ACK_DELAY_MS + 4 * this.#rtt(peer).mean;
  }

  /** How long the peer may take to acknowledge: the other side of #ackDelayMs. */
  #patienceMs(peer: Peer): number {
    const fromRelay = peer.id === this.#tree.parent;
    const delay = fromRelay
      ? relayAckMs(peer.windowMs || this.#windowMs())
      : ACK_DELAY_MS + 4 * this.#rtt(peer).mean;
    return delay + this.#answerMs(peer);
  }

  /** Those who reach each other share the work, so that it does not grow with their number. */
  #probeMs(): number {
    const alone = PROBE_EVERY_MS * this.#tree.component.length;
    return alone * (0.75 + this.#options.random.next() / 2);
  }

  #neighbours(): Peer[] {
    const { parent, children } = this.#tree;
    const ids = parent === undefined ? children : [parent, ...children];
    return ids.flatMap((id) => this.#peers.get(id) ?? []);
  }

  #isNeighbour(id: string): boolean {
    return id === this.#tree.parent || this.#tree.children.includes(id);
  }

  #lacks(mechanism: Mechanism): boolean {
    return this.#options.without.includes(mechanism);
  }
}

/** A relay that gathers for long acknowledges with what it passes on; one that hardly gathers does as others do. */
function relayAckMs(windowMs: number): number {
  return windowMs < ACK_DELAY_MS / 2 ? ACK_DELAY_MS : windowMs;
}

function typeOf(body: GossipBody): GossipType {
  if (body.runs !== undefined) return "delta";
  return body.want === true ? "probe" : "ack";
}

/** About how many characters a value takes on the wire. */
function weigh(value: Json): number {
  if (typeof value === "string") return value.length + 3;
  return typeof value === "object" && value !== null ? JSON.stringify(value).length + 1 : 12;
}
