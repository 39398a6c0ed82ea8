/** Asks peers for a sign of life when the table of duties has them asked: at once, or by one of three timers. */
import { assert } from "../assert.ts";
import { backoffMs } from "../backoff.ts";
import { pick, type Random } from "../random.ts";
import type { Peers } from "../replication/peers.ts";
import type { Progress } from "../replication/progress.ts";
import { ANSWER_SLACK_MS, type Timing } from "../replication/round_trips/timing.ts";
import { probesForOthers, relaysReached } from "../topology/failover.ts";
import type { Standing } from "../topology/link_state.ts";
import type { Tree } from "../topology/tree.ts";
import { coordinates, duties, type ProbeKind, type Reason, rollCallTurn, type View } from "./duties.ts";

/** How far apart all nodes that reach each other probe, together, those that they do not reach (a guess). */
export const BACKGROUND_PROBE_MS = 320;
/** A coordinator asks members that others reach again after this, doubling up to the cap (a guess). */
export const RECONNECT_BASE_MS = 1_000;
export const RECONNECT_CAP_MS = 16_000;

export interface Probe {
  readonly peer: Progress;
  readonly kind: ProbeKind;
}

export interface ProberOptions {
  readonly peers: Peers;
  readonly timing: Timing;
  readonly random: Random;
}

const NOTHING: readonly Probe[] = [];

export class Prober {
  readonly #options: ProberOptions;
  #view: View;
  /** Timers, Infinity while they are not set. */
  #backgroundAt = Infinity;
  /** How many probe what they do not reach, together: those that reach each other, or the relays among them. */
  #sharers = 1;
  #rollCallAt = Infinity;
  #reconnectAt = Infinity;
  #reconnectedAt = -Infinity;
  /** How often in a row members were asked to reconnect. */
  #attempts = 0;
  /** Whether one that this node suspected was found since. */
  #anyFound = false;

  constructor(options: ProberOptions, view: View) {
    this.#options = options;
    this.#view = view;
  }

  get deadline(): number {
    return Math.min(this.#backgroundAt, this.#rollCallAt, this.#reconnectAt);
  }

  /** The link state changed; `stood`: how a peer stood that is heard now. Returns what is to be asked at once. */
  update(view: View, before: Tree, stood: Standing, now: number): Probe[] {
    this.#view = view;
    if (stood === "suspected") this.#anyFound = true;
    this.#planBackground(view, now);
    this.#plan(before, now);
    if (stood !== "heard" && coordinates(view)) this.#reconnectSoon(now);
    return this.ask("out of the tree");
  }

  /** What is due to be asked. */
  wake(now: number): readonly Probe[] {
    if (this.deadline > now) return NOTHING;
    const probes: Probe[] = [];
    if (this.#backgroundAt <= now) probes.push(...this.#background(now));
    if (this.#reconnectAt <= now) probes.push(...this.#reconnect(now));
    if (this.#rollCallAt <= now) {
      this.#rollCallAt = Infinity;
      probes.push(...this.ask("nothing known"));
    }
    return probes;
  }

  ask(reason: Reason): Probe[] {
    const { kind } = duties[reason];
    return this.#targets(reason).map((rank) => ({ peer: this.#options.peers.at(rank), kind }));
  }

  #targets(reason: Reason): number[] {
    const { kind, mechanism, targets } = duties[reason];
    const { linkState: { suspected }, tree, on } = this.#view;
    const ranks = on.has(mechanism) ? targets(this.#view) : [];
    assert(!ranks.includes(tree.me), "no duty asks oneself");
    assert(kind === "probe" || !ranks.some((rank) => suspected.has(rank)), "entries go to no suspect");
    return ranks;
  }

  /** Sets the timers of a coordinator while somebody is suspected [D7] [D8] [D11]. */
  #plan(before: Tree, now: number): void {
    const { tree, linkState } = this.#view;
    const turn = rollCallTurn(this.#view);
    if (turn === undefined) {
      this.#rollCallAt = this.#reconnectAt = Infinity;
      return;
    }
    this.#rollCallAt = Math.min(this.#rollCallAt, now + turn * this.#options.timing.typicalMs / 2);
    for (const rank of linkState.suspected) if (tree.has(rank) && !before.has(rank)) this.#anyFound = true;
    if (tree.size > before.size) this.#reconnectSoon(now);
    else this.#reconnectAt = Math.min(this.#reconnectAt, now + this.#reconnectMs());
  }

  /** One by chance, so that a cut costs the same whatever its size [D9]. */
  #background(now: number): Probe[] {
    const { peers, random } = this.#options;
    const rank = pick(random, this.#targets("unreachable"));
    this.#backgroundAt = rank === undefined
      ? Infinity
      : now + BACKGROUND_PROBE_MS * this.#sharers * (0.75 + random.next() / 2);
    return rank === undefined ? [] : [{ peer: peers.at(rank), kind: "probe" }];
  }

  /**
   * Sets the timer anew whenever this node shares the work with more or fewer, and to any moment of the interval: nodes that have
   * just lost sight of most others would all probe within the short interval of a few, and then all be silent for a long one.
   */
  #planBackground({ linkState: { layout }, tree }: View, now: number): void {
    const sharers = (probesForOthers(layout, tree) ? relaysReached(layout, tree) : 0) || tree.size;
    if (this.#backgroundAt < Infinity && sharers === this.#sharers) return;
    this.#sharers = sharers;
    this.#backgroundAt = now + BACKGROUND_PROBE_MS * sharers * this.#options.random.next();
  }

  /** Soon after one link has come back, else ever more rarely [D10] [D11]. */
  #reconnect(now: number): Probe[] {
    this.#reconnectAt = Infinity;
    const suspected = this.#anyFound ? this.#targets("another was found") : [];
    const targets = new Set([...suspected, ...this.#targets("reached by others")]);
    this.#anyFound = false;
    if (targets.size === 0) return [];
    this.#reconnectAt = now + this.#reconnectMs();
    this.#attempts++;
    this.#reconnectedAt = now;
    return [...targets].map((rank) => ({ peer: this.#options.peers.at(rank), kind: "probe" }));
  }

  #reconnectSoon(now: number): void {
    const { timing, random } = this.#options;
    this.#attempts = 0;
    // Those that were asked last have time to answer first.
    const soon = Math.max(now, this.#reconnectedAt + 2 * timing.typicalMs);
    this.#reconnectAt = Math.min(this.#reconnectAt, soon + ANSWER_SLACK_MS * random.next());
  }

  #reconnectMs(): number {
    return backoffMs(this.#options.random, this.#attempts, RECONNECT_BASE_MS, RECONNECT_CAP_MS);
  }
}
