/** The other members; Progress of one begins with the first contact. */
import { assert } from "../assert.ts";
import { allBut, type Switches } from "../mechanisms.ts";
import { TimerQueue } from "../timers/timer_queue.ts";
import type { Members } from "../topology/members.ts";
import { Progress } from "./progress.ts";

export class Peers implements Iterable<Progress> {
  readonly #me: string;
  readonly #members: Members;
  readonly #on: Switches;
  readonly #met = new Map<string, Progress>();
  /** When each of those with a Progress is due something. */
  readonly timers = new TimerQueue<Progress>();

  /** `members`: this node included. */
  constructor(me: string, members: Members, on: Switches = allBut([])) {
    this.#me = me;
    this.#members = members;
    this.#on = on;
  }

  /** Whether it is a member other than this node. */
  has(id: string): boolean {
    return id !== this.#me && this.#members.rankOf(id) !== undefined;
  }

  /** Its Progress begins now, where there was none. Undefined for this node itself, and for one that is no member. */
  getOrCreate(id: string): Progress | undefined {
    const met = this.#met.get(id);
    if (met !== undefined || !this.has(id)) return met;
    const peer = new Progress(id, this.timers, this.#on);
    this.#met.set(id, peer);
    return peer;
  }

  /** It is no member any longer: nothing is believed of it, and nothing is due to it. */
  drop(id: string): Progress | undefined {
    const peer = this.#met.get(id);
    this.#met.delete(id);
    peer?.expectNothing();
    peer?.timers.clear("ack");
    return peer;
  }

  /** The member of this rank, which is not this node's own. */
  at(rank: number): Progress {
    const peer = this.getOrCreate(this.#members.idOf(rank));
    assert(peer !== undefined, "no node is its own peer");
    return peer;
  }

  /** Undefined also before the first contact, which this is not. */
  get(id: string): Progress | undefined {
    return this.#met.get(id);
  }

  /** The other members, in order of rank. */
  get ids(): string[] {
    return this.#members.ids.filter((id) => id !== this.#me);
  }

  /** Those with which there was contact. */
  [Symbol.iterator](): Iterator<Progress> {
    return this.#met.values();
  }
}
