/** What follows from what the overlay knows: whom this node asks, whom it tells, and of whom it expects nothing any more. */
import type { MemberList } from "../membership/member_list.ts";
import type { Switches } from "../mechanisms.ts";
import type { FlushSchedule } from "../replication/flush_schedule.ts";
import type { Progress } from "../replication/progress.ts";
import type { RecentEntries } from "../replication/recent_entries.ts";
import type { Sender } from "../replication/sender.ts";
import type { Trace } from "../trace.ts";
import type { Outcome, Overlay } from "./overlay.ts";
import type { Probe } from "./prober.ts";

export interface ReactionsOptions {
  readonly on: Switches;
  readonly list: MemberList;
  readonly overlay: Overlay;
  readonly recent: RecentEntries;
  readonly sender: Sender;
  readonly flushes: FlushSchedule;
  readonly trace?: Trace;
}

export class Reactions {
  readonly #options: ReactionsOptions;

  constructor(options: ReactionsOptions) {
    this.#options = options;
  }

  /** The peer has not answered for too long. */
  suspect(peer: Progress, now: number): void {
    const { overlay, on, trace } = this.#options;
    if (peer === overlay.relay && !on.has("failover")) return peer.expectNothing();
    peer.suspect(now);
    trace?.({ kind: "suspect", peer: peer.id });
    this.carryOut(overlay.suspect(peer, now), now);
    this.ask(overlay.search(), now);
  }

  ask(probes: readonly Probe[], now: number): void {
    const { recent, sender } = this.#options;
    for (const { peer, kind } of probes) {
      // It has been asked already, and has yet to answer.
      if (kind === "push-probe" && peer.awaited) continue;
      if (kind === "push-probe") peer.assume(recent.settled(now));
      if (kind === "final-probe") peer.lastChance();
      sender.say(peer, now, "probe", { poll: true, push: kind === "push-probe" });
    }
  }

  carryOut({ before, notify, probes }: Outcome, now: number): void {
    const { overlay, list, flushes } = this.#options;
    // Where nobody has to be told, nothing else follows for any neighbour.
    const neighbours = notify.size > 0 ? overlay.neighbours : before;
    for (const peer of before) if (!neighbours.has(peer)) peer.expectNothing();
    for (const peer of neighbours) {
      if (!before.has(peer)) flushes.adopt(peer, now);
      const lacksMembers = peer.flights.confirmed.members < list.revision;
      if (lacksMembers || (notify.has(peer) && !overlay.isStub(peer))) {
        peer.owesView();
        flushes.pass(peer, peer, now);
      }
    }
    this.ask(probes, now);
  }
}
