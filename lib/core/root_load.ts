/** What the root would have to send if it were the one relay for all, and so how many relays are to share that. */
import type { Plan } from "./plan.ts";

/** Messages a second that are too many for one node (a guess: a percent of a core). */
export const ROOT_HZ_MAX = 150;
/** So many may leave it at once: a second's worth. */
export const ROOT_BURST_MAX = 150;
/** Sharing the work must save the root so many times the messages, and goes on until there are so many times fewer. */
export const SHARED_MIN = 4;
/** So long a time, in flushes, it is shared at least: to share it and to take it back costs as much as a few of them. */
export const SHARED_FLUSHES = 64;

/** How many relays share the work of a root of so many members; 0 where another level of hops would save it little. */
export function sharing(members: number): number {
  const relays = Math.ceil(Math.sqrt(members));
  return relays * SHARED_MIN > members ? 0 : relays;
}

/** With which plan all start, before anything is measured: that all greet the root at once would be a load like any other. */
export function presumedRelays(members: number): number {
  return members - 1 > ROOT_BURST_MAX ? sharing(members) : 0;
}

export class RootLoad {
  /** What is weighed is the load under this plan, since that moment. */
  #plan: Plan | undefined;
  #since = 0;
  #flushes = 0;
  /** What has left of late, in a bucket that leaks ROOT_HZ_MAX messages a second. */
  #level = 0;
  #leakedAt = 0;

  /** A relay passes on under `plan`, as a star's root would to so many others. Returns how many relays should share that. */
  flushed(plan: Plan, others: number, now: number): number {
    if (plan !== this.#plan) this.#begin(plan, now);
    this.#flushes++;
    return plan.relays === 0 ? this.#whileAlone(plan, others, now) : this.#whileShared(plan, others, now);
  }

  #begin(plan: Plan, now: number): void {
    this.#plan = plan;
    this.#since = this.#leakedAt = now;
    this.#flushes = this.#level = 0;
  }

  #whileAlone(plan: Plan, others: number, now: number): number {
    const leaked = ROOT_HZ_MAX * (now - this.#leakedAt) / 1_000;
    this.#level = Math.max(0, this.#level - leaked) + others;
    this.#leakedAt = now;
    return this.#level > ROOT_BURST_MAX ? sharing(plan.ranked.length) : 0;
  }

  #whileShared(plan: Plan, others: number, now: number): number {
    if (this.#flushes < SHARED_FLUSHES) return plan.relays;
    const hz = 1_000 * this.#flushes * others / (now - this.#since);
    this.#since = now;
    this.#flushes = 0;
    return others <= ROOT_BURST_MAX && hz < ROOT_HZ_MAX / SHARED_MIN ? 0 : plan.relays;
  }
}
