/** The other members; what is believed of one begins when there is first anything to believe. */
import type { Mechanism } from "../mechanisms.ts";
import { TimerQueue } from "../timer_queue.ts";
import { rankOf } from "../topology/members.ts";
import { Progress } from "./progress.ts";

export class Peers implements Iterable<Progress> {
  readonly #me: string;
  readonly #ranked: readonly string[];
  readonly #without: readonly Mechanism[];
  readonly #met = new Map<string, Progress>();
  /** When which of those who were met is due something. */
  readonly timers = new TimerQueue<Progress>();

  /** `ranked`: every member, this node included, sorted. */
  constructor(me: string, ranked: readonly string[], without: readonly Mechanism[] = []) {
    this.#me = me;
    this.#without = without;
    this.#ranked = ranked;
  }

  /** Whether it is a member other than this node. */
  has(id: string): boolean {
    return id !== this.#me && rankOf(this.#ranked, id) !== undefined;
  }

  /** Meets it, where there has been nothing so far. Undefined of this node itself, and of who is no member. */
  getOrCreate(id: string): Progress | undefined {
    const met = this.#met.get(id);
    if (met !== undefined || !this.has(id)) return met;
    const peer = new Progress(id, this.timers, !this.#without.includes("rtt-bounds"));
    this.#met.set(id, peer);
    return peer;
  }

  /** Only looks: undefined of those, too, with whom there has been nothing so far. */
  get(id: string): Progress | undefined {
    return this.#met.get(id);
  }

  /** The other members, in order of rank. */
  get ids(): string[] {
    return this.#ranked.filter((id) => id !== this.#me);
  }

  /** Those with whom there has been anything so far. */
  [Symbol.iterator](): Iterator<Progress> {
    return this.#met.values();
  }
}
