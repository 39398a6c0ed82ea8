/** The exchange between nodes: push, acknowledgement, retry and repair are all "what does this peer lack?". */
import type { Log } from "../log/log.ts";
import { type Range, rangeOf, type Run, type Runs } from "../log/runs.ts";
import type { Neighbours, NodeStatus } from "../events.ts";
import { Overlay } from "../liveness/overlay.ts";
import { Reactions } from "../liveness/reactions.ts";
import { Farewells } from "../membership/farewells.ts";
import { Leaving } from "../membership/leaving.ts";
import type { Membership } from "../membership/membership.ts";
import { Roster } from "../membership/roster.ts";
import { applyRuns } from "./apply.ts";
import type { Envelope, Exchange, Push } from "../message.ts";
import { Inquiry } from "../retention/inquiry.ts";
import { Retirement } from "../retention/retirement.ts";
import { Rebirth, type RebirthOptions } from "./rebirth.ts";
import type { Progress } from "./progress.ts";
import { Repair } from "./repair.ts";
import { Peers } from "./peers.ts";
import { peerStatus } from "./peer_status.ts";
import { RecentEntries } from "./recent_entries.ts";
import { FlushSchedule } from "./flush_schedule.ts";
import { Sender } from "./sender.ts";
import { Timing } from "./round_trips/timing.ts";
import { type TopologyStatus, topologyStatus } from "../topology/topology_status.ts";
import type { Trace } from "../trace.ts";

export interface ReplicatorOptions extends RebirthOptions {
  readonly membership: Membership;
  readonly deliveryBudgetMs: number | undefined;
  /** Takes entries that are new here, before anyone else hears of them. */
  readonly deliver: (runs: readonly Run[], gaps: readonly Range[]) => void;
  readonly send: (envelope: Envelope) => void;
  /** Takes what this node says of its decisions; absent where nobody asks [N13]. */
  readonly trace?: Trace;
}

export class Replicator {
  readonly farewells: Farewells;
  readonly #options: ReplicatorOptions;
  readonly #log: Log;
  readonly #roster: Roster;
  readonly #peers: Peers;
  readonly #timing: Timing;
  readonly #overlay: Overlay;
  readonly #recent: RecentEntries;
  readonly #rebirth: Rebirth;
  readonly #sender: Sender;
  readonly #flushes: FlushSchedule;
  readonly #reactions: Reactions;
  readonly #repair: Repair;
  readonly #inquiry: Inquiry;
  readonly #retirement: Retirement;
  readonly #leaving: Leaving;

  constructor(options: ReplicatorOptions, now: number) {
    const { membership, me, on } = options;
    this.#options = options;
    this.#log = options.log;
    const roster = this.#roster = new Roster({ me, list: membership.list, on });
    const { members } = roster;
    const peers = this.#peers = new Peers(me, members, on);
    const timing = this.#timing = new Timing(options.deliveryBudgetMs, on);
    const recent = this.#recent = new RecentEntries(this.#log, on.has("recent-first"));
    const rebirth = this.#rebirth = new Rebirth(options);
    const layout = roster.layout();
    const places = { me: roster.rank, members, layout, peers, timing };
    const overlay = this.#overlay = new Overlay({ ...options, ...places });
    const parts = { ...options, members, list: membership.list, overlay, timing, recent, rebirth };
    const sender = this.#sender = new Sender(parts);
    const flushes = this.#flushes = new FlushSchedule({ ...parts, sender });
    const reactions = this.#reactions = new Reactions({ ...parts, sender, flushes });
    const pushed = (from: string, body: Push, at: number) => this.pushed(from, body, at);
    this.farewells = new Farewells({ ...parts, peers, sender, reactions, pushed });
    this.#repair = new Repair({ ...parts, sender, onSuspect: (peer, at) => reactions.suspect(peer, at) });
    const ask = (peer: Progress, at: number) => sender.say(peer, at, "inquiry", { poll: true });
    this.#inquiry = new Inquiry({ ...parts, peers, ask });
    const latestOf = (node: string) => {
      const { status, at = 0 } = membership.list.of(node) ?? {};
      // A life is numbered by the time at which it begins: one of a member that is gone has ended by then.
      if (status === "left" || status === "removed") return at;
      return node === me ? rebirth.incarnation : peers.get(node)?.heard.incarnation ?? 0;
    };
    this.#retirement = new Retirement({ log: this.#log, on, latestOf }, now);
    this.#leaving = new Leaving({
      ...parts,
      peers,
      neighbours: () => overlay.neighbours,
      ask: (peer, at) => sender.say(peer, at, "handover", { poll: true, push: true }),
    });
    timing.levels = layout.levels;
    flushes.greet(now);
  }

  /** The moment of the earliest thing to do; Infinity when there is none. */
  get deadline(): number {
    const { nextAt } = this.#peers.timers;
    const ofWhatIsGone = Math.min(this.#inquiry.deadline, this.#retirement.deadline);
    const { deadline: leavesAt } = this.#leaving;
    return Math.min(this.#flushes.deadline, this.#overlay.deadline, nextAt, ofWhatIsGone, leavesAt);
  }

  /** What is believed of the others, in order of rank [N12]. */
  get status(): Pick<NodeStatus, "relay" | "peers"> {
    const peers = this.#peers.ids.map((id) => {
      const met = this.#peers.get(id);
      return peerStatus(id, met, met !== undefined && this.#overlay.isNeighbour(met), this.#log);
    });
    return { relay: this.#overlay.relay?.id, peers };
  }

  /** Of those next to this node in the tree. */
  get neighbours(): Neighbours {
    return [...this.#overlay.neighbours].map(({ id, rtt, holdings }) => ({
      id,
      rttMs: rtt?.mean,
      holds: (origin, seq) => holdings.has(origin, seq),
    }));
  }

  /** The tree of who passes on to whom, and who suspects whom [N12]. */
  get topology(): TopologyStatus {
    return topologyStatus(this.#roster.members, this.#overlay.linkState, this.#overlay.tree);
  }

  isMember(id: string): boolean {
    return this.#peers.has(id);
  }

  /** The latest incarnation of a member that was heard; 0 where none was. */
  incarnationOf(id: string): number {
    return this.#peers.get(id)?.heard.incarnation ?? 0;
  }

  /** The list of members changed: ranks and layout follow, and all neighbours are told [M4]. */
  membersChanged(now: number): void {
    const old = this.#overlay.neighbours;
    const { gone, rankOf } = this.#roster.follow();
    for (const id of gone) {
      const peer = this.#peers.drop(id);
      // It may not know yet.
      if (peer !== undefined && old.has(peer)) this.farewells.say(id, undefined, now);
    }
    const layout = this.#roster.layout();
    this.#timing.levels = layout.levels;
    this.#reactions.carryOut(this.#overlay.renumber(this.#roster.rank, layout, rankOf, now), now);
    this.#leaving.membersChanged();
  }

  /** This node is to hand over all that it holds [M5]. */
  leave(now: number): void {
    this.#leaving.begin(now);
  }

  /** Whether a member in reach has all that this node holds, and has it safe. */
  isHandedOver(now: number): boolean {
    return this.#leaving.isHandedOver(now);
  }

  /** Whether a member that holds all that this node holds knows that it has left. */
  get isKnownToHaveLeft(): boolean {
    return this.#leaving.isKnown;
  }

  /** Entries that entered here are on their way from now on. */
  entered(entries: readonly Range[], now: number): void {
    this.#flushes.spread(entries, undefined, now);
    this.#flushes.pushEagerly(entries, now);
  }

  /** Takes in what came ahead of the tree. Nothing is believed of its sender: it may have ended since [V10]. */
  pushed(from: string, body: Push, now: number): void {
    const fresh = this.#apply(body.runs, now);
    if (fresh.length === 0) return;
    const between = this.isMember(from) ? this.#overlay.neighbourAbove(from) : undefined;
    between?.isSent(fresh, now + this.#sender.ackTimeoutMs(between));
    this.#flushes.spread(fresh, undefined, now);
  }

  /** Takes in what a peer says [E1]. */
  receive(from: string, body: Exchange, now: number): void {
    const peer = this.#peers.getOrCreate(from);
    if (peer === undefined) return;
    const overdue = peer.misses > 0;
    const isNews = overdue || peer.heard.isNothing || peer.suspectedAt !== undefined;
    const { rtt } = peer;
    const { heavy } = peer.pacing;
    if (!peer.hear(body, this.#rebirth.incarnation, now)) {
      if (this.#rebirth.isToBeTold(peer, body)) this.#sender.say(peer, now, "rebirth");
      return;
    }
    if (isNews) this.#options.trace?.({ kind: "hear", peer: from });
    const livesAgain = this.#rebirth.check(peer, body);
    if (peer.rtt !== rtt) this.#timing.measured(peer);
    if (body.window !== undefined) this.#flushes.flushed(peer);
    // What is still on its way has only now the line for itself.
    if (heavy) peer.flights.postpone(now + this.#timing.replyTimeoutMs(peer));
    const fresh = this.#apply(body.runs, now, peer);
    if (fresh.length > 0) peer.pullAttempts = 0;
    this.#reactions.carryOut(this.#overlay.heard(peer, body, now), now);
    this.#flushes.spread(fresh, peer, now);
    this.#inquiry.heard(peer, body, this.#rebirth.incarnation, now);
    this.#repair.compare(peer, body, overdue, now);
    if (body.runs !== undefined) peer.timers.setEarlier("ack", now + this.#sender.ackDelayMs(peer));
    if (livesAgain) this.#liveAgain(peer, now);
    else if (body.poll === true) this.#answer(peer, now);
  }

  /** Part of a message of the peer has come in: it is there, and its line is busy [T8]. */
  arriving(id: string, now: number): void {
    const peer = this.#peers.get(id);
    if (!this.#options.on.has("pacing") || !this.#options.on.has("arriving")) return;
    if (peer !== undefined && peer.state !== "suspected") peer.heard.arriving(now);
  }

  /** The carrier has a new link to the peer. What was on its way over the old one may be lost: it is asked [D12]. */
  linked(id: string, now: number): void {
    if (!this.#options.on.has("link-hint")) return;
    const peer = this.#peers.getOrCreate(id);
    if (peer?.pacing.heavy) this.#sender.say(peer, now, "probe", { poll: true });
    else if (peer !== undefined) this.#reactions.ask(this.#overlay.linked(peer), now);
  }

  /** Something is gone here. */
  dropped(now: number): void {
    this.#retirement.dropped(now);
  }

  wake(now: number): void {
    if (this.#retirement.wake(now)) this.#forgetRetired();
    const lost = this.#inquiry.wake(now);
    if (lost.length > 0) this.#options.deliver([], lost);
    this.#flushes.spread(lost, undefined, now);
    this.#flushes.flush(now);
    for (const peer of this.#peers.timers.due(now)) this.#serve(peer, now);
    for (const relay of this.#flushes.takeOverdue(now)) this.#reactions.ask(this.#overlay.silent(relay), now);
    this.#reactions.ask(this.#overlay.wake(now), now);
    this.#leaving.wake(now);
  }

  // Receiving.

  /** Takes in what a message brought, and returns what of that is new. */
  #apply(told: Runs | undefined, now: number, peer?: Progress): readonly Range[] {
    const { origin } = this.#rebirth;
    const runs = applyRuns(this.#log, origin, told, now, peer);
    if (runs.length > 0) this.#options.deliver(runs, []);
    if (told !== undefined && told.gaps.length > 0 && peer !== undefined) {
      this.#inquiry.told(peer, told.gaps, origin, now);
    }
    return runs.map(rangeOf);
  }

  /** Sends all that the peer lacks, and what it believed to be on its way if that is lost [E9]. */
  #answer(peer: Progress, now: number): void {
    const push = this.#options.on.has("repair");
    peer.pacing.expire(now);
    if (push) peer.forgetSent();
    // A node that knows no round trip yet asks one peer back: all that is timed here follows from it [E10].
    const asked = [...this.#peers].some((each) => each.awaited);
    this.#sender.say(peer, now, "answer", {
      push,
      poll: !asked && this.#timing.typicalRtt === undefined && this.#options.on.has("ask-back"),
    });
  }

  /** Peers that know an earlier incarnation are to hear of this one, of which they know nothing yet [B5]. */
  #liveAgain(source: Progress, now: number): void {
    this.#overlay.linkState.beginIncarnation(this.#rebirth.incarnation);
    for (const peer of this.#peers) peer.forgetSaid();
    for (const peer of new Set([source, ...this.#overlay.neighbours])) {
      // One that was not heard yet, and loses this message, is asked again only where its answer is expected.
      const isExpected = this.#overlay.hears(peer) || peer.state === "suspected";
      if (!isExpected) peer.assume(this.#recent.settled(now));
      this.#sender.say(peer, now, "rebirth", { poll: true, push: true });
    }
  }

  #forgetRetired(): void {
    for (const { holdings } of this.#peers) holdings.forgetRetired(this.#log.retired);
    this.#recent.forgetRetired(this.#log.retired);
  }

  // Timers that are due.

  #serve(peer: Progress, now: number): void {
    const { timers } = peer;
    if (timers.isDue("retry", now)) return this.#repair.retry(peer, now);
    if (timers.isDue("pull", now)) return this.#repair.pull(peer, now);
    if (timers.isDue("send", now)) {
      timers.clear("send");
      if (peer.hasNews(this.#log)) {
        return this.#sender.say(peer, now, "news", { poll: peer.assumed, push: true });
      }
    }
    if (timers.isDue("ack", now)) this.#sender.say(peer, now, "acknowledgement");
  }
}
