/** The exchange between nodes: push, acknowledgement, retry and repair are all "what does this peer lack?". */
import { backoffMs, jittered } from "../backoff.ts";
import type { Entry, Log } from "../log/log.ts";
import { Overlay } from "../liveness/overlay.ts";
import type { Hands } from "../liveness/prober.ts";
import type { Mechanism } from "../mechanisms.ts";
import { applyRuns } from "./apply.ts";
import type { Envelope, Exchange, Push } from "../message.ts";
import { BATCH_BYTES_MAX, type Shipment } from "./pacing.ts";
import { type Batch, composeDigest, composeLinks, takeBatch, type Words } from "./compose.ts";
import { Rebirth, type RebirthOptions } from "./rebirth.ts";
import type { Progress } from "./progress.ts";
import { Peers } from "./peers.ts";
import { Layout, relaysFor } from "../topology/layout.ts";
import { RecentEntries } from "./recent_entries.ts";
import { EagerPush } from "./eager_push.ts";
import { Timing } from "./timing.ts";
import { type Members } from "../topology/members.ts";

/** Answers overdue in a row, with nothing heard meanwhile, after which a peer counts as lost. */
export const MISSES_MAX = 2;
/** A node that asks a peer in vain for what it says it digest asks again after this at the latest, unless an answer takes longer. */
export const PULL_CAP_MS = 16_000;
/** A starting relay gives the others this long to call first. */
export const HELLO_MS = 1_000;
/** While a message of a peer comes in, nothing is missed; it has come to a stop when nothing more came for so long (a guess). */
export const ARRIVING_MS = 500;
/** So many entries at once need no company: they are passed on without waiting for a window. */
export const BULK_ENTRIES = 32;

export type { Mechanism };

export interface ReplicatorOptions extends Omit<RebirthOptions, "rebirth"> {
  /** Every member, this one included. */
  readonly members: Members;
  readonly deliveryBudgetMs: number | undefined;
  readonly without: readonly Mechanism[];
  /** Takes entries that are new here, before anyone else hears of them. */
  readonly deliver: (entries: readonly Entry[]) => void;
  readonly send: (envelope: Envelope) => void;
}

/** What a message is to do beside saying what this node holds. */
interface Purpose {
  /** An answer is wanted at once. */
  readonly poll?: boolean;
  /** Whatever the peer lacks goes along, neighbour or not. */
  readonly push?: boolean;
  /** This is what a relay has gathered. */
  readonly flush?: boolean;
}

const NOTHING: Batch = { runs: [], bytes: 0, more: false };

export class Replicator {
  readonly #options: ReplicatorOptions;
  readonly #log: Log;
  readonly #peers: Peers;
  readonly #timing: Timing;
  readonly #overlay: Overlay;
  readonly #recent: RecentEntries;
  readonly #eagerPush: EagerPush;
  readonly #rebirth: Rebirth;
  /** Those that pass on to this node as often as they may: its relay, and those that take or took it for theirs. */
  readonly #busy = new Set<Progress>();
  /** When the children were last sent what had gathered, and when they will be again. */
  #flushedAt = -Infinity;
  #flushAt = Infinity;
  /** The window that the children were told with that, and time their trips to: it stands until the next flush. */
  #announcedMs = 0;

  constructor(options: ReplicatorOptions, now: number) {
    const { me, incarnation, members, random, without } = options;
    this.#options = options;
    this.#log = options.log;
    this.#peers = new Peers(me, members, without);
    this.#timing = new Timing(options.deliveryBudgetMs, without);
    const ackTimeoutMs = (peer: Progress) => this.#ackTimeoutMs(peer);
    const shared = { peers: this.#peers, timing: this.#timing, hands: this.#hands() };
    this.#recent = new RecentEntries(this.#log, !this.#lacks("recent-first"));
    this.#eagerPush = new EagerPush(members.size - 1);
    this.#rebirth = new Rebirth({ ...options, rebirth: !this.#lacks("rebirth") });
    const layout = new Layout(members.size, this.#lacks("two-levels") ? 0 : relaysFor(members.size));
    this.#overlay = new Overlay({
      me: members.rankOf(me) ?? 0,
      incarnation,
      members,
      layout,
      random,
      without,
      ackTimeoutMs,
      ...shared,
    });
    this.#timing.levels = layout.levels;
    this.#greet(now);
  }

  /** The moment of the earliest thing to do; Infinity when there is none. */
  get deadline(): number {
    let at = Math.min(this.#flushAt, this.#overlay.deadline, this.#peers.timers.nextAt);
    for (const relay of this.#busy) at = Math.min(at, this.#timing.flushOverdueAt(relay));
    return at;
  }

  /** Undefined where this node is the relay. */
  get relay(): string | undefined {
    return this.#overlay.relay?.id;
  }

  /** All of them, in order of rank, each with what is believed of it; undefined where there has been nothing so far. */
  get peers(): [id: string, met: Progress | undefined][] {
    return this.#peers.ids.map((id) => [id, this.#peers.get(id)]);
  }

  isNeighbour(id: string): boolean {
    const peer = this.#peers.get(id);
    return peer !== undefined && this.#overlay.isNeighbour(peer);
  }

  isMember(id: string): boolean {
    return this.#peers.has(id);
  }

  /** Entries that entered here are on their way from now on. */
  learnt(entries: readonly Entry[], now: number): void {
    this.#spread(entries, undefined, now);
    this.#pushEagerly(entries, now);
  }

  /** Takes in what came ahead of the tree. Of who sent it nothing is believed: that may have been in an earlier life. */
  pushed(from: string, body: Push, now: number): void {
    const fresh = applyRuns(this.#log, this.#rebirth.origin, undefined, body);
    if (fresh.length === 0) return;
    this.#options.deliver(fresh);
    const between = this.#overlay.neighbourAbove(from);
    between?.isSent(fresh, now + this.#ackTimeoutMs(between));
    this.#spread(fresh, undefined, now);
  }

  /** Takes in what a peer says. */
  receive(from: string, body: Exchange, now: number): void {
    const peer = this.#peers.getOrCreate(from);
    if (peer === undefined) return;
    const overdue = peer.misses > 0;
    const { rtt } = peer;
    const { heavy } = peer.pacing;
    if (!peer.hear(body, this.#rebirth.incarnation, now)) {
      if (this.#rebirth.isToBeTold(peer, body)) this.#say(peer, now, {});
      return;
    }
    const livesAgain = this.#rebirth.check(peer, body);
    if (peer.rtt !== rtt) this.#timing.measured(peer);
    if (body.window !== undefined) this.#flushed(peer, now);
    // What is still on its way has only now the line for itself.
    if (heavy) peer.cannotAnswer(now + this.#timing.replyTimeoutMs(peer));
    const fresh = applyRuns(this.#log, this.#rebirth.origin, peer, body);
    if (fresh.length > 0) {
      peer.pullAttempts = 0;
      this.#options.deliver(fresh);
    }
    this.#overlay.heard(peer, body, now);
    this.#spread(fresh, peer, now);
    if (!this.#lacks("repair")) this.#catchUp(peer, body, overdue, now);
    if (body.runs !== undefined) peer.ackAt = Math.min(peer.ackAt, now + this.#ackDelayMs(peer));
    if (livesAgain) this.#liveAgain(peer, now);
    else if (body.poll === true) this.#answer(peer, now);
  }

  /** Part of a message of the peer has come in: it is there, and its line is busy. */
  arriving(id: string, now: number): void {
    const peer = this.#peers.get(id);
    if (
      peer === undefined || peer.suspectedAt !== undefined || this.#lacks("pacing") || this.#lacks("arriving")
    ) return;
    peer.arrivingAt = peer.heardAt = now;
  }

  /** The carrier has a new link to the peer. What was on its way over the old one may be lost: it is asked. */
  linked(id: string, now: number): void {
    if (this.#lacks("link-hint")) return;
    const peer = this.#peers.get(id);
    if (peer?.pacing.heavy) this.#say(peer, now, { poll: true });
    else if (this.isMember(id)) this.#overlay.linked(id, now);
  }

  /** Does whatever is due. */
  wake(now: number): void {
    if (this.#flushAt <= now) this.#flush(now);
    for (const peer of this.#peers.timers.due(now)) this.#serve(peer, now);
    for (const relay of this.#busy) {
      if (this.#timing.flushOverdueAt(relay) <= now) this.#overlay.silent(relay, now);
      if (!relay.periodic) this.#busy.delete(relay);
    }
    this.#overlay.wake(now);
  }

  // What arrives.

  /** Compares what the peer says it digest with what this node digest, both ways. */
  #catchUp(peer: Progress, body: Exchange, overdue: boolean, now: number): void {
    if (this.#overlay.isNeighbour(peer)) {
      const waiting = overdue || peer.assumed;
      // A peer that has heard nothing of this life may still speak to an earlier one: it is greeted all the same.
      if (peer.assumed && peer.nextSeq > 1) peer.forgetSent();
      else if (
        !this.#lacks("fast-retry") && !peer.awaited && !peer.isBehind(this.#log) && peer.isUnacked(this.#log)
      ) {
        // All that was sent has arrived or is lost, and something is missing there.
        peer.retryAt = Math.min(peer.retryAt, now + this.#timing.reorderMs(peer));
      }
      const rest = peer.truncated && this.#room(peer) > 0;
      if ((waiting || rest) && peer.isBehind(this.#log)) peer.sendAt = now;
    }
    if (!peer.isAhead(this.#log, this.#rebirth.origin)) peer.pullAttempts = 0;
    else if (peer.pullAt === Infinity && !this.#lacks("pull")) {
      const pullDelayMs = this.#pullDelayMs(peer, body.poll === true);
      peer.pullAt = now + backoffMs(this.#options.random, peer.pullAttempts, pullDelayMs, PULL_CAP_MS);
    }
  }

  /** How long to bear that a peer holds what this node lacks: it may be on its way, from there or through the tree. */
  #pullDelayMs(peer: Progress, more: boolean): number {
    if (!this.#overlay.isNeighbour(peer)) return this.#ackTimeoutMs(peer) + 2 * this.#timing.windowMs;
    return more ? this.#timing.replyTimeoutMs(peer) : this.#timing.reorderMs(peer);
  }

  #answer(peer: Progress, now: number): void {
    const push = !this.#lacks("repair");
    peer.pacing.expire(now);
    if (push) peer.forgetSent();
    // Who knows no round trip yet asks one peer back: all that is timed here follows from it.
    const asked = [...this.#peers].some((each) => each.awaited);
    this.#say(peer, now, {
      push,
      poll: !asked && this.#timing.typicalRtt === undefined && !this.#lacks("ask-back"),
    });
  }

  /** Peers that know an earlier life are to hear of this one, of which they know nothing yet. */
  #liveAgain(teller: Progress, now: number): void {
    this.#overlay.linkState.beginIncarnation(this.#rebirth.incarnation);
    for (const peer of this.#peers) peer.forgetSaid();
    for (const peer of new Set([teller, ...this.#overlay.neighbours])) {
      this.#say(peer, now, { poll: true, push: true });
    }
  }

  // What is to be passed on.

  /** Plans when each neighbour gets these entries, which came from one of them or entered here. */
  #spread(entries: readonly Entry[], from: Progress | undefined, now: number): void {
    if (entries.length === 0) return;
    this.#recent.add(entries, now);
    const bulk = entries.length >= BULK_ENTRIES && !this.#lacks("bulk");
    for (const peer of this.#overlay.neighbours) {
      if (peer !== from && peer.isMissing(entries)) this.#pass(peer, from, now, bulk);
    }
  }

  /** What enters alone takes the short cut, too. Nothing follows from it: the tree brings it in any case. */
  #pushEagerly(entries: readonly Entry[], now: number): void {
    if (
      this.#lacks("eager-push") || entries.length > 1 || !this.#overlay.isBelowRelay ||
      !this.#eagerPush.take(now)
    ) return;
    const runs: Push["runs"] = entries.map(({ origin, seq, value }) => [origin, seq, [value]]);
    this.#options.send({ src: this.#options.me, dest: this.#overlay.root, body: { type: "push", runs } });
  }

  /** Upwards, and down from the relay, at once; what a relay gathers, once per window and to all children together. */
  #pass(peer: Progress, from: Progress | undefined, now: number, bulk = false): void {
    const { relay } = this.#overlay;
    // Overdue, or asked what it holds: what it lacks goes with the next retry, or once it is heard.
    if (peer.misses > 0 || (peer.assumed && peer.awaited)) return;
    if (peer === relay) peer.sendAt = Math.min(peer.sendAt, bulk ? now : this.#holdUntil(peer, now));
    else if (from === relay && from?.flushedAt === now) this.#flushAt = now;
    else this.#flushAt = Math.min(this.#flushAt, bulk ? now : this.#nextFlushAt(now));
  }

  /** When what comes up now leaves for the relay; while the tree is being planted anew, one thing follows another. */
  #holdUntil(relay: Progress, now: number): number {
    const { linkState } = this.#overlay;
    return this.#timing.holdUntil(relay, linkState.isCalm ? now : now + this.#timing.lingerMs);
  }

  /** One that passes on as a relay has just done so. */
  #flushed(relay: Progress, now: number): void {
    if (relay.periodic) this.#busy.add(relay);
    else this.#busy.delete(relay);
    this.#retime(relay, now);
  }

  /** The relay has just flushed: what waits for a flush that was only foretold is timed to the one that it announces. */
  #retime(relay: Progress, now: number): void {
    if (
      relay !== this.#overlay.relay || relay.sendAt === Infinity || relay.sendAt <= now ||
      this.#lacks("retime")
    ) return;
    relay.sendAt = this.#holdUntil(relay, now);
  }

  #nextFlushAt(now: number): number {
    // A relay under another waits a little longer: when that one passes on, both pass on together.
    const patience = this.#overlay.relay === undefined || this.#lacks("stagger") ? 1 : 1.25;
    // What comes a moment later need not wait a whole window.
    return Math.max(now + this.#timing.lingerMs, this.#flushedAt + patience * this.#announcedMs);
  }

  #flush(now: number): void {
    this.#flushAt = Infinity;
    this.#flushedAt = now;
    this.#announcedMs = this.#timing.nextWindowMs;
    for (const peer of this.#overlay.neighbours) {
      if (peer !== this.#overlay.relay && this.#hasNews(peer)) {
        this.#say(peer, now, { poll: peer.assumed, flush: true });
      }
    }
  }

  // What is due.

  #serve(peer: Progress, now: number): void {
    if (peer.retryAt <= now) return this.#retry(peer, now);
    if (peer.pullAt <= now) return this.#pull(peer, now);
    if (peer.sendAt <= now) {
      peer.sendAt = Infinity;
      if (this.#hasNews(peer)) return this.#say(peer, now, { poll: peer.assumed, push: true });
    }
    if (peer.ackAt <= now) this.#say(peer, now, {});
  }

  #hasNews(peer: Progress): boolean {
    // What was cut goes on upon the answer, and so does everything else.
    return (this.#room(peer) > 0 || !peer.awaited) &&
      (peer.isBehind(this.#log) || peer.viewUpdateDue || peer.assumed);
  }

  #pull(peer: Progress, now: number): void {
    peer.pullAt = Infinity;
    if (!peer.isAhead(this.#log, this.#rebirth.origin)) return;
    // It may be what comes in, from there or through the tree.
    const arrives = [peer, ...this.#overlay.neighbours].some((each) => this.#arrives(each, now));
    if (arrives) return void (peer.pullAt = now + this.#timing.replyTimeoutMs(peer));
    peer.pullAttempts++;
    this.#say(peer, now, { poll: true });
  }

  /** An answer is overdue: ask again, with all that was on its way; after too many misses the peer is lost. */
  #retry(peer: Progress, now: number): void {
    peer.retryAt = Infinity;
    const unacked = this.#overlay.isNeighbour(peer) && peer.isUnacked(this.#log);
    if (this.#lacks("retry") || !(peer.awaited || unacked)) return;
    // What it has answered may be behind what comes in.
    if (this.#arrives(peer, now)) return void (peer.retryAt = now + this.#timing.replyTimeoutMs(peer));
    peer.misses++;
    // Who is no neighbour was called on a guess: it is not asked twice, probes find it later.
    const missesMax = this.#overlay.isNeighbour(peer) ? MISSES_MAX : 1;
    if (peer.misses >= missesMax) return this.#overlay.lose(peer, now);
    if (!peer.assumed) peer.forgetSent();
    this.#say(peer, now, { poll: true, push: true });
  }

  /** Whether a message of the peer is coming in just now. */
  #arrives(peer: Progress, now: number): boolean {
    return now - peer.arrivingAt < ARRIVING_MS;
  }

  /** How many bytes of entries may leave to the peer now. */
  #room(peer: Progress): number {
    if (this.#lacks("pacing")) return peer.truncated && peer.awaited ? 0 : BATCH_BYTES_MAX;
    // A peer that is slow to take in what is on its way would be slower still.
    return peer.misses > 0 && peer.pacing.heavy ? 0 : peer.pacing.room(peer.rtt?.mean);
  }

  /** Says the one thing there is to say: what I hold, what you lack, whom I see and whom I have lost. */
  #say(peer: Progress, now: number, purpose: Purpose): void {
    const full = this.#room(peer) === 0;
    const isNeighbour = this.#overlay.isNeighbour(peer);
    const push = !full && (purpose.push === true || isNeighbour);
    const { runs, bytes, more } = push ? this.#takeBatch(peer, now) : NOTHING;
    const { links, revision: told } = this.#composeLinks(peer);
    const untold = told < this.#overlay.linkState.revision && isNeighbour;
    const poll = more || untold || purpose.poll === true || this.#asks(peer, bytes) ||
      (full && !peer.awaited);
    const ack = peer.ack(now);
    const { digest, revision } = composeDigest(
      this.#log,
      this.#lacks("delta-digest") ? 0 : peer.confirmedLog,
    );
    const { me } = this.#options;
    const { incarnation } = this.#rebirth;
    const type = runs.length > 0 ? "delta" : poll ? "probe" : "ack";
    const body: Exchange = { type, incarnation, seq: peer.nextSeq, digest };
    if (ack !== undefined) body.ack = ack;
    if (runs.length > 0) body.runs = runs.map(({ origin, seq, values }) => [origin, seq, values]);
    if (links.length > 0) body.links = links;
    if (poll) body.poll = poll;
    if (purpose.flush === true) {
      body.window = this.#overlay.relay === undefined ? this.#announcedMs : 0;
    }
    this.#options.send({ src: me, dest: peer.id, body });
    if (runs.length > 0) this.#load(peer, { bytes, runs, cut: more, asked: poll }, now);
    const answerBy = this.#answerBy(peer, now, poll, runs.length > 0);
    peer.left({ at: now, logRevision: revision, linksRevision: told, answerBy });
    peer.viewUpdateDue = untold;
    peer.truncated = more || full;
    if (more && isNeighbour && this.#room(peer) > 0) peer.sendAt = now;
    else if (untold) peer.sendAt = now + this.#timing.replyTimeoutMs(peer);
    else if (!more) peer.sendAt = Infinity;
    peer.ackAt = Infinity;
  }

  /** Takes what may leave now; while there is more, what came of late goes first, and need not wait for the rest. */
  #takeBatch(peer: Progress, now: number): Batch {
    return takeBatch(this.#log, peer.sent, this.#room(peer), peer.truncated ? this.#recent.fresh(now) : []);
  }

  #load(peer: Progress, shipment: Shipment, now: number): void {
    if (!this.#lacks("pacing")) peer.pacing.left(peer.nextSeq, shipment, peer.rtt?.mean, now);
  }

  #asks(peer: Progress, bytes: number): boolean {
    return bytes > 0 && !this.#lacks("pacing") && peer.pacing.asks(bytes);
  }

  /** Who sees whom, as far as the peer needs to know. */
  #composeLinks(peer: Progress): Words {
    const spared = this.#overlay.isStub(peer);
    if (peer.isStub && !spared) peer.forgetLinks();
    peer.isStub = spared;
    return composeLinks(this.#overlay.linkState, this.#options.members, peer);
  }

  /** When the peer should have answered what leaves now; Infinity where nothing follows from silence. */
  #answerBy(peer: Progress, now: number, poll: boolean, entries: boolean): number {
    if (!this.#overlay.hears(peer) && !peer.assumed) return Infinity;
    if (poll) return now + jittered(this.#options.random, this.#timing.replyTimeoutMs(peer));
    return entries && this.#overlay.isNeighbour(peer) ? now + this.#ackTimeoutMs(peer) : Infinity;
  }

  // What the overlay has done.

  #hands(): Hands {
    return {
      pushProbe: (peer, now) => {
        peer.assumeSent(this.#recent.settled(now));
        this.#say(peer, now, { poll: true, push: true });
      },
      probe: (peer, now) => this.#say(peer, now, { poll: true }),
      finalProbe: (peer, now) => {
        peer.misses = MISSES_MAX - 1;
        peer.retryAt = Infinity;
        this.#say(peer, now, { poll: true });
      },
      treeChanged: (old, told, now) => this.#onTurn(old, told, now),
    };
  }

  #onTurn(old: ReadonlySet<Progress>, told: ReadonlySet<Progress>, now: number): void {
    const { neighbours } = this.#overlay;
    for (const peer of old) if (!neighbours.has(peer)) peer.expectNothing();
    for (const peer of neighbours) {
      if (!old.has(peer)) this.#adopt(peer, now);
      if (told.has(peer) && !this.#overlay.isStub(peer)) {
        peer.viewUpdateDue = true;
        this.#pass(peer, peer, now);
      }
    }
  }

  #adopt(peer: Progress, now: number): void {
    if (now - peer.heardAt > this.#timing.replyTimeoutMs(peer)) peer.assumeSent(this.#recent.settled(now));
    if (!this.#hasNews(peer)) return;
    if (peer === this.#overlay.relay) this.#pass(peer, peer, now);
    // It has waited for a way round long enough: this does not wait for the next flush.
    else if (!(peer.assumed && peer.awaited)) {
      peer.sendAt = Math.min(peer.sendAt, now + this.#timing.lingerMs);
    }
  }

  /** First words: to the relay at once; a relay waits for the others to call, and calls who has not. */
  #greet(now: number): void {
    for (const peer of this.#overlay.neighbours) {
      peer.assumeSent(this.#recent.settled(now));
      peer.sendAt = peer === this.#overlay.relay || this.#lacks("first-contact") ? now : now + HELLO_MS;
    }
  }

  // How long acknowledgements take, on either side.

  #ackDelayMs(peer: Progress): number {
    const toChild = this.#overlay.isNeighbour(peer) && peer !== this.#overlay.relay;
    return toChild ? this.#timing.relayAckMs(peer, this.#timing.windowMs) : this.#timing.ackMs(peer);
  }

  #ackTimeoutMs(peer: Progress): number {
    const fromRelay = peer === this.#overlay.relay;
    const windowMs = peer.windowMs || this.#timing.windowMs;
    const delayMs = fromRelay ? this.#timing.relayAckMs(peer, windowMs) : this.#timing.ackMs(peer);
    return delayMs + this.#timing.replyTimeoutMs(peer);
  }

  #lacks(mechanism: Mechanism): boolean {
    return this.#options.without.includes(mechanism);
  }
}
