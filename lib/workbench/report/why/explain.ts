/**
 * Why a value was not at a node yet, moment by moment: whose turn it was to bring it nearer, by what the nodes said of their
 * trees, and why that one did not, by what it said of the next.
 */
import type { WaitReason } from "../../../core/trace.ts";
import type { Cause } from "./causes.ts";
import { type Course, heldSince, lostAt } from "./course.ts";
import type { Facts } from "./facts.ts";
import type { Word } from "./views.ts";

export interface Reason {
  readonly cause: Cause;
  /** Where it was, or whose turn it was, or who was out; and to whom it had to go from there. */
  readonly node: string;
  readonly peer?: string;
  /** It may be another from then on. */
  readonly until: number;
}

const ofWaits: Readonly<Record<WaitReason, Cause>> = {
  "company": "linger",
  "window": "window",
  "room": "pacing",
  "arriving": "pacing",
  "answer": "back-off",
  "pull": "pull",
  "probe": "probe",
};

/** What was sent has not arrived, and will not. */
const VAIN: ReadonlySet<Cause> = new Set(["silence", "loss", "back-off"]);

/** A moment that was meant for something may be missed by as much, ms: times are fractions. */
const ROUNDING_MS = 0.001;

export class Explainer {
  readonly #facts: Facts;
  readonly #course: Course;

  constructor(facts: Facts, course: Course) {
    this.#facts = facts;
    this.#course = course;
  }

  /** Why `target` did not have the value then, which `bringer` held already and brought it in the end. */
  at(at: number, target: string, bringer: string): Reason {
    const barrier = this.#barrier(at, target, bringer);
    const until = Math.min(this.#facts.faults.nextAt(at), this.#course.holders.nextAt(at));
    if (barrier !== undefined) return { ...barrier, until };
    if (!this.#facts.isTraced) return { cause: "unknown", node: bringer, peer: target, until };
    const changes = Math.min(until, this.#facts.views.moments.nextAt(at), this.#course.moments.nextAt(at));
    const turn = this.#turn(at, target, bringer);
    const reason = turn === undefined
      ? this.#wayless(at, target, bringer)
      : { ...this.#between(at, ...turn), node: turn[0], peer: turn[1] };
    return { ...reason, until: Math.min(changes, reason.until) };
  }

  /** What kept everybody from bringing it, whatever they had done. */
  #barrier(at: number, target: string, bringer: string): Omit<Reason, "until"> | undefined {
    const out = this.#facts.outage(target, at);
    if (out !== undefined) return { cause: out, node: target };
    const holders = this.#holders(at);
    if (holders.includes(target)) return { cause: "forgot", node: target };
    const reach = this.#facts.reach(target, at);
    if (holders.some((node) => reach.has(node))) return undefined;
    const away = this.#facts.outage(bringer, at);
    if (away !== undefined && holders.every((node) => this.#facts.outage(node, at) !== undefined)) {
      return { cause: away, node: bringer };
    }
    return { cause: "cut", node: bringer, peer: target };
  }

  #holders(at: number): string[] {
    return [...this.#course.holders.latest(at)?.nodes ?? []];
  }

  /** On the shortest way by the nodes' trees from one that holds it to the target: that one, and the next. */
  #turn(at: number, target: string, bringer: string): readonly [string, string] | undefined {
    const holders = this.#holders(at).toSorted((a, b) => Number(b === bringer) - Number(a === bringer));
    const first = new Map<string, readonly [string, string] | undefined>(
      holders.map((node) => [node, undefined]),
    );
    for (const [node, step] of first) {
      for (const next of this.#facts.views.neighbours(node, at)) {
        if (first.has(next)) continue;
        first.set(next, step ?? [node, next]);
        if (next === target) return first.get(next);
      }
    }
    return undefined;
  }

  /**
   * By no tree does a way lead there. One is found, and not all know of it; or the bringer counts on a neighbour that is silent; or
   * in either tree somebody takes another for lost, and so looks for a way.
   */
  #wayless(at: number, target: string, bringer: string): Reason {
    const until = Infinity;
    const { views } = this.#facts;
    const [home, beyond] = [views.treeOf(bringer, at), views.treeOf(target, at)];
    // A link that was open before may have been cut since: nobody knows it until it is used again.
    const since = this.#facts.faults.latest(at)?.at ?? -Infinity;
    const found = pair(home, beyond, (a, b) => views.hasFound(a, b, at, since));
    if (found !== undefined && home !== beyond) {
      return { cause: "catch-up", node: found, peer: target, until };
    }
    for (const peer of views.neighbours(bringer, at)) {
      const reason = this.#between(at, bringer, peer);
      if (VAIN.has(reason.cause) && !this.#holders(at).includes(peer)) {
        return { ...reason, node: bringer, peer };
      }
    }
    const all = new Set(this.#facts.nodes);
    const isLost = (tree: ReadonlySet<string>) => (a: string, b: string) =>
      views.suspects(a, b, at) && !(tree.has(b) && home !== beyond);
    const here = pair(home, all, isLost(home));
    if (here !== undefined) return { cause: "probe", node: here, peer: target, until };
    const there = pair(beyond, all, isLost(beyond));
    if (there !== undefined) return { cause: "probe", node: there, peer: bringer, until };
    return { cause: "unknown", node: bringer, peer: target, until };
  }

  /** Why a node that holds it had not brought it to a neighbour. */
  #between(at: number, node: string, peer: string): Pick<Reason, "cause" | "until"> {
    const dealings = this.#facts.dealings(node, peer);
    const until = dealings.nextAt(at);
    const out = this.#facts.outage(node, at);
    if (out !== undefined) return { cause: out, until };
    const since = heldSince(this.#course, node, at) ?? at;
    const sent = this.#course.to.get(peer)?.findLast(({ src, sentAt }) =>
      src === node && sentAt <= at && sentAt >= since
    );
    if (sent === undefined) return this.#unsent(at, node, peer, "unknown");
    const isLostThere = lostAt(this.#course, peer, at) >= sent.endedAt;
    if (sent.dropped === undefined && !isLostThere) {
      return { cause: sent.endedAt > at ? "network" : "stalled", until };
    }
    if (isMissed(dealings.back(at), sent.sentAt)) return this.#unsent(at, node, peer, "back-off");
    return { cause: sent.dropped === "loss" ? "loss" : "silence", until };
  }

  /** Why it has not left, or not again; `otherwise`: where nothing that waits says so. */
  #unsent(at: number, node: string, peer: string, otherwise: Cause): Pick<Reason, "cause" | "until"> {
    const dealings = this.#facts.dealings(node, peer);
    const windows = this.#facts.windows(node);
    const until = Math.min(dealings.nextAt(at), windows.nextAt(at));
    const own = latestDealing(dealings.back(at));
    const waits = [own, windows.latest(at)].flatMap((word) =>
      word?.event.kind === "wait" ? [{ at: word.at, event: word.event }] : []
    );
    for (const { at: from, event: { ms = Infinity, reason } } of waits) {
      if (at < from + ms - ROUNDING_MS) return { cause: ofWaits[reason], until: Math.min(until, from + ms) };
    }
    if (own?.event.kind === "miss") return { cause: "back-off", until };
    // What should have left by now, and has not, waits for its process.
    return { cause: otherwise === "unknown" && waits.length > 0 ? "stalled" : otherwise, until };
  }
}

/** The first node of one set for which something is so with a node of the other, and not with itself. */
function pair(
  some: ReadonlySet<string>,
  others: ReadonlySet<string>,
  isSo: (node: string, other: string) => boolean,
): string | undefined {
  for (const node of some) for (const other of others) if (node !== other && isSo(node, other)) return node;
  return undefined;
}

/** Whether an answer was missed since then. */
function isMissed(back: Iterable<Dealing>, since: number): boolean {
  for (const { at, event } of back) {
    if (at < since) return false;
    if (event.kind === "miss") return true;
  }
  return false;
}

type Dealing = Word<"wait" | "send" | "miss" | "hear">;

/** What the node does about the peer now: that it lacks something itself is another matter. */
function latestDealing(back: Iterable<Dealing>): Dealing | undefined {
  for (const word of back) if (!(word.event.kind === "wait" && word.event.reason === "pull")) return word;
  return undefined;
}
