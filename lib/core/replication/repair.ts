/** What a peer lacks, and what this node lacks itself, found by comparing what both say they hold; and what is asked for again. */
import { backoffMs } from "../backoff.ts";
import type { Log } from "../log/log.ts";
import type { Overlay } from "../liveness/overlay.ts";
import type { Switches } from "../mechanisms.ts";
import type { Exchange } from "../message.ts";
import type { Random } from "../random.ts";
import type { Trace } from "../trace.ts";
import { MISSES_MAX, type Progress } from "./progress.ts";
import type { Rebirth } from "./rebirth.ts";
import type { Sender } from "./sender.ts";
import type { Timing } from "./round_trips/timing.ts";

/** A node that asks a peer in vain for what it says it holds asks again after this at the latest, unless an answer takes longer [E8]. */
export const PULL_CAP_MS = 16_000;

export interface RepairOptions {
  readonly log: Log;
  readonly random: Random;
  readonly on: Switches;
  readonly overlay: Overlay;
  readonly timing: Timing;
  readonly rebirth: Rebirth;
  readonly sender: Sender;
  readonly trace?: Trace;
  /** The peer missed too many answers. */
  readonly onSuspect: (peer: Progress, now: number) => void;
}

export class Repair {
  readonly #options: RepairOptions;

  constructor(options: RepairOptions) {
    this.#options = options;
  }

  /** Compares what the peer says it holds with what this node holds, both ways [E6]. */
  compare(peer: Progress, body: Exchange, overdue: boolean, now: number): void {
    const { log, on, overlay, random, rebirth, timing, trace } = this.#options;
    if (!on.has("repair")) return;
    if (overlay.isNeighbour(peer)) {
      const waiting = overdue || peer.assumed;
      // A peer that has heard nothing of this incarnation may speak to an earlier one: it is asked all the same.
      if (peer.assumed && peer.flights.nextSeq > 1) peer.forgetSent();
      else if (!peer.awaited && !peer.holdings.isBehind(log) && on.has("fast-retry")) {
        // All that was sent has arrived or is lost: what it lacks all the same is missing there.
        if (peer.holdings.isUnacked(log)) peer.flights.expect(now + timing.reorderMs(peer));
      }
      const rest = peer.truncated && peer.room > 0;
      const hasNews = peer.holdings.isBehind(log) || (!peer.assumed && peer.hasNews(log));
      if ((waiting || rest) && hasNews) peer.timers.set("send", now);
    }
    if (!peer.holdings.isAhead(log, rebirth.origin)) peer.pullAttempts = 0;
    else if (!peer.timers.isSet("pull") && on.has("pull")) {
      const pullDelayMs = this.#pullDelayMs(peer, body.poll === true);
      const delayMs = backoffMs(random, peer.pullAttempts, pullDelayMs, PULL_CAP_MS);
      peer.timers.set("pull", now + delayMs);
      trace?.({ kind: "wait", reason: "pull", peer: peer.id, ms: delayMs });
    }
  }

  /** Asks the peer for what it holds and this node still lacks. */
  pull(peer: Progress, now: number): void {
    const { log, overlay, rebirth, sender, timing } = this.#options;
    peer.timers.clear("pull");
    if (!peer.holdings.isAhead(log, rebirth.origin)) return;
    // It may be what comes in, from there or through the tree [T8].
    const arrives = [peer, ...overlay.neighbours].some(({ heard }) => heard.arrives(now));
    if (arrives) return peer.timers.set("pull", now + timing.replyTimeoutMs(peer));
    peer.pullAttempts++;
    sender.say(peer, now, "pull", { poll: true });
  }

  /** An answer is overdue: ask again, with all that was on its way; after too many misses the peer is suspected [T7]. */
  retry(peer: Progress, now: number): void {
    const { log, on, overlay, sender, trace } = this.#options;
    const isNeighbour = overlay.isNeighbour(peer);
    const unacked = isNeighbour && peer.holdings.isUnacked(log);
    if (!on.has("retry") || !(peer.awaited || unacked)) return peer.flights.retry();
    // What it has answered may be behind what comes in.
    if (peer.heard.arrives(now)) return this.#letArrive(peer, now);
    peer.miss();
    trace?.({ kind: "miss", peer: peer.id, misses: peer.misses });
    // One that is no neighbour was asked on a guess: it is not asked twice, probes find it later [T7].
    if (peer.misses >= (isNeighbour ? MISSES_MAX : 1)) return this.#options.onSuspect(peer, now);
    if (!peer.assumed) peer.forgetSent();
    sender.say(peer, now, "retry", { poll: true, push: true });
  }

  /** How long to wait before asking a peer for what it holds and this node lacks: it may be on its way [E7]. */
  #pullDelayMs(peer: Progress, more: boolean): number {
    const { overlay, sender, timing } = this.#options;
    if (!overlay.isNeighbour(peer)) return sender.ackTimeoutMs(peer) + 2 * timing.windowMs;
    return more ? timing.replyTimeoutMs(peer) : timing.reorderMs(peer);
  }

  #letArrive(peer: Progress, now: number): void {
    const ms = this.#options.timing.replyTimeoutMs(peer);
    peer.flights.postpone(now + ms);
    this.#options.trace?.({ kind: "wait", reason: "arriving", peer: peer.id, ms });
  }
}
