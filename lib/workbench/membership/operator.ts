/** Whoever operates the cluster: lets nodes join, leave, be replaced, be removed and move, and repeats what did not work. */
import type { Body } from "../../core/message.ts";
import { fork, pick, type Random } from "../../core/random.ts";
import type { Cluster } from "../cluster.ts";
import type { Clients } from "../load/client.ts";
import type { Scheduler } from "../world/world.ts";
import { AGAIN_MS, askUntilAnswered } from "./repeat.ts";
import type { Roster } from "./roster.ts";

/** A node that leaves may take long to hand over what it alone holds: it is asked again after this, ms. */
const LEAVE_TIMEOUT_MS = 5_000;
const REMOVE_TIMEOUT_MS = 1_000;
/** How often the operator looks whether a node has come up, ms. */
const LOOK_MS = 50;

export interface OperatorOptions {
  readonly cluster: Cluster;
  readonly roster: Roster;
  readonly clients: Clients;
  readonly scheduler: Scheduler;
  readonly seed: number;
  /** With which incarnation a node last asked to join. */
  readonly lastAsked: (id: string) => number;
}

/** A node is removed so often at most: that it asked to join may never have been heard. */
const REMOVALS_MAX = 10;

/** What one member was told longer ago, ms, others know, too. */
const RECENT_MS = 1_000;

/** A node that was removed or has left. */
interface Outside {
  /**
   * Whether others may not know that: the one that did has lost it, or gone since, or had not heard that the node had joined
   * anew when it removed it.
   */
  isDoubtful: boolean;
  readonly at: number;
  /** How often it was removed. */
  readonly times: number;
}

/** What can be done to a node. */
export const changes = ["join", "leave", "remove", "replace", "move"] as const;
export type Change = typeof changes[number];

export class Operator {
  readonly #options: OperatorOptions;
  readonly #random: Random;
  readonly #outside = new Map<string, Outside>();
  /** When some member last took with it what it alone may have known. */
  #lossAt = -Infinity;
  #isOver = false;
  readonly counts: Record<Change, number> = { join: 0, leave: 0, remove: 0, replace: 0, move: 0 };

  constructor(options: OperatorOptions) {
    this.#options = options;
    this.#random = fork(options.seed, "operator");
  }

  /** Calls `done` once it is over; a change that was made void by another is over, too. */
  change(kind: Change, id: string, done: () => void): void {
    const { cluster, roster } = this.#options;
    const over = (): void => {
      this.counts[kind]++;
      done();
    };
    switch (kind) {
      case "join":
        this.#outside.delete(id);
        cluster.turnover.bringIn(id);
        return this.#whenUp(id, over);
      case "leave":
        return this.#leave(id, over);
      case "remove":
        roster.parting(id, "is removed");
        return this.#remove(id, over);
      case "replace":
        cluster.kill(id);
        cluster.turnover.erase(id);
        this.memoryLost();
        break;
      case "move":
        cluster.kill(id);
        cluster.turnover.move(id);
    }
    cluster.restart(id);
    this.#whenUp(id, over);
  }

  /** Nothing is repeated any more. */
  stop(): void {
    this.#isOver = true;
  }

  /** A node has lost what it knew: it may have been the only one to know that others have gone, however long ago. */
  memoryLost(): void {
    this.#lossAt = this.#options.scheduler.now();
    for (const outside of this.#outside.values()) outside.isDoubtful = true;
  }

  /** A member has gone, and with it, perhaps, what others had just told it alone. */
  #parted(id: string, isDoubtful: boolean): void {
    const now = this.#options.scheduler.now();
    const before = this.#outside.get(id);
    const times = before?.times ?? 0;
    if (before === undefined) {
      this.#lossAt = now;
      for (const outside of this.#outside.values()) outside.isDoubtful ||= outside.at > now - RECENT_MS;
    }
    this.#outside.set(id, { isDoubtful, at: now, times: times + 1 });
  }

  /** Removes once more what nobody may know of any more. */
  confirm(done: () => void): void {
    const { scheduler } = this.#options;
    const doubtful = [...this.#outside].find(([, { isDoubtful, times }]) =>
      isDoubtful && times < REMOVALS_MAX
    );
    if (doubtful === undefined) return done();
    this.#remove(doubtful[0], () => scheduler.at(scheduler.now() + AGAIN_MS, () => this.confirm(done)));
  }

  #leave(id: string, done: () => void): void {
    const { cluster, roster, clients, scheduler } = this.#options;
    roster.parting(id, "leaves");
    const askedAt = scheduler.now();
    askUntilAnswered(clients, scheduler, {
      whom: () => cluster.serves(id) ? id : undefined,
      body: () => ({ type: "leave" }),
      timeoutMs: LEAVE_TIMEOUT_MS,
      isVoid: () => this.#isOver || !roster.isMember(id),
    }, (reply) => {
      // A node that ended without an answer may have told nobody.
      if (reply === undefined) return this.#remove(id, done);
      this.#parted(id, this.#lossAt >= askedAt);
      cluster.turnover.discharge(id);
      done();
    });
  }

  /** First the operator looks at what the member knows that is asked. */
  #remove(id: string, done: () => void): void {
    const { cluster, lastAsked } = this.#options;
    this.#askSome(
      id,
      { type: "members" },
      (reply, by) =>
        this.#askSome(id, { type: "remove", id }, (_, other) => {
          const isOutdated = other !== by || incarnationIn(reply?.["members"], id) < lastAsked(id);
          this.#parted(id, isOutdated);
          cluster.turnover.expel(id);
          done();
        }, by),
    );
  }

  /** Asks a member other than this one, and the same as before, if there is one. */
  #askSome(id: string, body: Body, done: (reply: Body | undefined, by: string) => void, same?: string): void {
    const { cluster, roster, clients, scheduler } = this.#options;
    askUntilAnswered(clients, scheduler, {
      whom: () => {
        // What one is told that is to be removed itself may go with it.
        const others = roster.members.filter((other) =>
          other !== id && cluster.serves(other) && !roster.isBeingRemoved(other)
        );
        return others.find((other) => other === same) ?? pick(this.#random, others);
      },
      body: () => body,
      timeoutMs: REMOVE_TIMEOUT_MS,
      isVoid: () => this.#isOver,
    }, done);
  }

  /** A node that is struck while it comes up is whoever's who struck it. */
  #whenUp(id: string, done: () => void): void {
    const { cluster, scheduler } = this.#options;
    if (this.#isOver || !cluster.turnover.isComingUp(id)) return done();
    scheduler.at(scheduler.now() + LOOK_MS, () => this.#whenUp(id, done));
  }
}

/** That of the process that a member knows; 0 where it knows none. */
function incarnationIn(members: unknown, id: string): number {
  const record = Array.isArray(members) ? members.find(([of]) => of === id) : undefined;
  return Number(record?.[2] ?? 0);
}
