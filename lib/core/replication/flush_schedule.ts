/** When what is held leaves for each neighbour: at once, with the next flush, or for the last moment that makes one. */
import { assert } from "../assert.ts";
import { type Range, Runs } from "../log/runs.ts";
import type { Progress } from "./progress.ts";
import type { Sender, SenderOptions } from "./sender.ts";

/** So many entries at once need no company: they are passed on without waiting for a window (a guess) [V4]. */
export const BULK_ENTRIES = 32;
/** A starting relay gives the others this long for the first contact (a guess) [D1]. */
export const HELLO_MS = 1_000;
/** A relay under another gathers for so many windows: when that one passes on, both pass on together [V9]. */
const STAGGER = 1.25;
/** So many pushes a second may reach the root, from all members together (a guess: a percent of a core) [V10]. */
export const EAGER_PUSHES_HZ_MAX = 150;

export interface FlushOptions
  extends Pick<SenderOptions, "log" | "members" | "overlay" | "timing" | "recent" | "on" | "trace"> {
  readonly sender: Sender;
}

const NOBODY: readonly Progress[] = [];

export class FlushSchedule {
  readonly #options: FlushOptions;
  /** Those that pass on to this node as often as they may: its relay, and those that take or took it for theirs. */
  readonly #periodic = new Set<Progress>();
  /** When the children were last sent what had gathered, and when they will be again. */
  #flushedAt = -Infinity;
  #flushAt = Infinity;
  /** The window that the children were told with that, and time their trips to: it stands until the next flush [V2]. */
  #announcedMs = 0;
  #flushedRevision = 0;
  /** From when on a value may be pushed to the root again. */
  #pushAt = -Infinity;

  constructor(options: FlushOptions) {
    this.#options = options;
  }

  /** The moment of the next flush, or at which one is overdue at another; Infinity where there is none. */
  get deadline(): number {
    let at = this.#flushAt;
    for (const relay of this.#periodic) at = Math.min(at, this.#options.timing.flushOverdueAt(relay));
    return at;
  }

  /** First contact: with the relay at once; a relay waits for the others, and then turns to those that were silent [D1]. */
  greet(now: number): void {
    const { overlay, recent } = this.#options;
    for (const peer of overlay.neighbours) {
      peer.assume(recent.settled(now));
      const waits = peer !== overlay.relay && this.#options.on.has("first-contact");
      peer.timers.set("send", waits ? now + HELLO_MS : now);
    }
  }

  /** Plans when a peer that has become a neighbour gets what it lacks. */
  adopt(peer: Progress, now: number): void {
    const { log, overlay, timing, recent } = this.#options;
    if (now - peer.heard.at > timing.replyTimeoutMs(peer)) peer.assume(recent.settled(now));
    if (!peer.hasNews(log)) return;
    if (peer === overlay.relay) this.pass(peer, peer, now);
    // It has waited for a way round long enough: this does not wait for the next flush [V5].
    else if (!(peer.assumed && peer.awaited)) this.#leaveBy(peer, now + timing.lingerMs, now);
    else this.#options.trace?.({ kind: "wait", reason: "answer", peer: peer.id });
  }

  /** Plans when each neighbour gets these entries, which came from one of them or entered here. */
  spread(entries: readonly Range[], from: Progress | undefined, now: number): void {
    if (entries.length === 0) return;
    this.#options.recent.add(entries, now);
    const bulk = counted(entries) >= BULK_ENTRIES && this.#options.on.has("bulk");
    for (const peer of this.#options.overlay.neighbours) {
      if (peer !== from && peer.holdings.isMissing(entries)) this.pass(peer, from, now, bulk);
    }
  }

  /** Upwards, and down from the relay, at once; what a relay gathers, once per window and to all children together [V1]. */
  pass(peer: Progress, from: Progress | undefined, now: number, bulk = false): void {
    const { relay } = this.#options.overlay;
    // What it lacks goes with the next retry, or once it is heard.
    if (peer.state === "probing") this.#options.trace?.({ kind: "wait", reason: "answer", peer: peer.id });
    else if (peer === relay) this.#leaveBy(peer, bulk ? now : this.#holdUntil(peer, now), now);
    else if (from === relay && from?.heard.flushes.at === now) this.#flushBy(now, now);
    else this.#flushBy(bulk ? now : this.#nextFlushAt(now), now);
  }

  /** What enters alone below a relay goes to the root, too. Nothing follows from it: the tree brings it in any case [V10]. */
  pushEagerly(entries: readonly Range[], now: number): void {
    const { overlay: { rootBeyondRelay }, sender, members, log } = this.#options;
    if (!this.#options.on.has("eager-push") || rootBeyondRelay === undefined || counted(entries) > 1) return;
    if (now < this.#pushAt) return;
    // All members together, so many others and this one, push no more often than a root may be written to.
    this.#pushAt = now + 1_000 * (members.size - 1) / EAGER_PUSHES_HZ_MAX;
    const runs = entries.flatMap((range) => [...log.taken(range)]);
    sender.send(rootBeyondRelay, { type: "push", runs: new Runs(runs) });
  }

  /** One that passes on as a relay has just done so. */
  flushed(relay: Progress): void {
    if (relay.heard.flushes.periodic) this.#periodic.add(relay);
    else this.#periodic.delete(relay);
  }

  /** Passes on what has gathered, if it is time. */
  flush(now: number): void {
    if (this.#flushAt > now) return;
    const { log, overlay, timing, sender } = this.#options;
    assert(now >= this.#flushedAt, "time does not go back");
    this.#flushAt = Infinity;
    this.#flushedAt = now;
    const { isCalm, revision } = overlay.linkState;
    // Right after a change values have waited long enough already [V11].
    this.#announcedMs = timing.nextWindowMs(!isCalm && revision === this.#flushedRevision);
    this.#flushedRevision = revision;
    const window = overlay.relay === undefined ? this.#announcedMs : 0;
    for (const peer of overlay.neighbours) {
      if (peer !== overlay.relay && peer.hasNews(log)) {
        sender.say(peer, now, "flush", { poll: peer.assumed, window });
      } else if (peer.truncated) this.#options.trace?.({ kind: "wait", reason: "room", peer: peer.id });
    }
  }

  /** Takes out those that should have passed something on by now and have not [D2]. */
  takeOverdue(now: number): readonly Progress[] {
    if (this.#periodic.size === 0) return NOBODY;
    const overdue = [...this.#periodic].filter((each) => this.#options.timing.flushOverdueAt(each) <= now);
    for (const relay of overdue) relay.heard.stopsFlushing();
    for (const each of this.#periodic) if (!each.heard.flushes.periodic) this.#periodic.delete(each);
    return overdue;
  }

  /** When what comes up now leaves for the relay; while somebody is suspected, one thing follows another [V8]. */
  #holdUntil(relay: Progress, now: number): number {
    const { overlay, timing } = this.#options;
    return timing.holdUntil(relay, overlay.linkState.isCalm ? now : now + timing.lingerMs);
  }

  #leaveBy(peer: Progress, at: number, now: number): void {
    if (at >= peer.timers.at("send")) return;
    peer.timers.set("send", at);
    this.#options.trace?.({ kind: "wait", reason: "company", peer: peer.id, ms: at - now });
  }

  #flushBy(at: number, now: number): void {
    if (at >= this.#flushAt) return;
    this.#flushAt = at;
    this.#options.trace?.({ kind: "wait", reason: "window", ms: at - now });
  }

  #nextFlushAt(now: number): number {
    const { overlay, timing } = this.#options;
    const windows = overlay.relay === undefined || !this.#options.on.has("stagger") ? 1 : STAGGER;
    // What comes a moment later need not wait a whole window [V3].
    return Math.max(now + timing.lingerMs, this.#flushedAt + windows * this.#announcedMs);
  }
}

function counted(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { count }) => sum + count, 0);
}
