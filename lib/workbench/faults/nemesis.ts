/** The one who breaks things: partitions, kills, pauses, rollbacks on and off at random, loss and duplicates throughout. */
import assert from "node:assert/strict";
import { below, fork, type Random, shuffle } from "../../core/random.ts";
import type { Cluster } from "../cluster.ts";
import { majority, parseGrudge } from "./grudge.ts";
import type { Network } from "../world/network.ts";
import type { Fault, Settings } from "../settings.ts";
import type { Partitioner, Scheduler } from "../world/world.ts";

export interface NemesisEvent {
  /** When it was done, where doing it takes time. */
  readonly "at-ms": number;
  /** An outage is none of the nemesis' doing: who runs a node elsewhere may kill it, too. */
  readonly fault: Fault | `outage of ${string}`;
  readonly what: "start" | "stop";
  readonly detail: string;
}

export interface NemesisOptions {
  readonly settings: Settings;
  readonly nodes: readonly string[];
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly partitioner: Partitioner;
  readonly cluster: Cluster;
  /** ms since the main phase began. */
  readonly elapsed: () => number;
  /** `at` is its moment, ms, of which the event has the rounded one. */
  readonly onEvent: (event: NemesisEvent, at: number) => void;
  /** A fault could not be started or ended, in a sentence. */
  readonly onFailure: (sentence: string) => void;
}

/** One kind of trouble. Each half says in words what it did, once it has done it. */
interface Trouble {
  readonly fault: Fault;
  readonly start: (random: Random, done: (detail: string) => void) => void;
  readonly stop: (done: (detail: string) => void) => void;
  /** On for the whole main phase instead of on and off. */
  readonly steady: boolean;
}

export class Nemesis {
  readonly #options: NemesisOptions;
  readonly #troubles: readonly Trouble[];
  readonly #active = new Set<Trouble>();
  /** Those of the active ones that are being started or stopped. */
  readonly #changing = new Set<Trouble>();
  #ended = false;
  #whenMended: (() => void) | undefined;

  constructor(options: NemesisOptions) {
    this.#options = options;
    this.#troubles = troubles(options).filter(({ fault }) => options.settings.nemesis.includes(fault));
  }

  /** What is on, for people. */
  get active(): readonly Fault[] {
    return [...this.#active].map(({ fault }) => fault);
  }

  /** Whether something is on that keeps values from spreading, other than by chance. */
  get interrupting(): boolean {
    return [...this.#active].some(({ steady }) => !steady);
  }

  start(): void {
    for (const trouble of this.#troubles) {
      const random = fork(this.#options.settings.seed, `nemesis:${trouble.fault}`);
      if (trouble.steady) this.#start(trouble, random, () => {});
      else this.#flipFlop(trouble, random, gapsOf(trouble.fault, this.#options.settings, random));
    }
  }

  /** Ends everything: heals, restarts, resumes; `done` once that is done. */
  stop(done: () => void = () => {}): void {
    this.#ended = true;
    this.#whenMended = done;
    for (const trouble of [...this.#active]) {
      // What is being started ends as soon as it has been.
      if (!this.#changing.has(trouble)) this.#stop(trouble, () => {});
    }
    this.#tellMended();
  }

  /** Start, stop, start, …: the first at once, and for as long as there are gaps. */
  #flipFlop(trouble: Trouble, random: Random, gapsMs: Iterator<number>): void {
    if (this.#ended) return;
    const next = (): void => {
      const { scheduler } = this.#options;
      const { done = false, value: gapMs } = gapsMs.next();
      if (!done) scheduler.at(scheduler.now() + gapMs, () => this.#flipFlop(trouble, random, gapsMs));
    };
    if (this.#active.has(trouble)) this.#stop(trouble, next);
    else this.#start(trouble, random, next);
  }

  #start(trouble: Trouble, random: Random, then: () => void): void {
    this.#active.add(trouble);
    this.#changing.add(trouble);
    trouble.start(random, (detail) => {
      this.#changing.delete(trouble);
      this.#tell(trouble.fault, "start", detail);
      if (this.#ended) this.#stop(trouble, () => {});
      else then();
    });
  }

  #stop(trouble: Trouble, then: () => void): void {
    this.#changing.add(trouble);
    trouble.stop((detail) => {
      this.#changing.delete(trouble);
      this.#active.delete(trouble);
      this.#tell(trouble.fault, "stop", detail);
      then();
      this.#tellMended();
    });
  }

  #tellMended(): void {
    const run = this.#whenMended;
    if (run === undefined || this.#active.size > 0) return;
    this.#whenMended = undefined;
    run();
  }

  #tell(fault: Fault, what: "start" | "stop", detail: string): void {
    const at = this.#options.elapsed();
    this.#options.onEvent({ "at-ms": Math.round(at), fault, what, detail }, at);
  }
}

/** From one change to the next, ms: uniform from none to twice the interval, as Jepsen staggers, unless cuts have a length. */
function* gapsOf(
  fault: Fault,
  { cutsS, nemesisIntervalS }: Settings,
  random: Random,
): Generator<number, undefined> {
  if (fault !== "partition" || cutsS === undefined) {
    for (;;) yield random.next() * 2 * nemesisIntervalS * 1000;
  }
  for (const [i, cutS] of cutsS.entries()) {
    if (i > 0) yield nemesisIntervalS * 1000;
    yield cutS * 1000;
  }
}

/** Kills, pauses and rollbacks strike at most so many: fewer than half, but one at least. */
export function victimsMax(nodeCount: number): number {
  return Math.max(1, nodeCount - majority(nodeCount));
}

function troubles(options: NemesisOptions): readonly Trouble[] {
  const { settings, network, cluster } = options;
  return [
    partition(options),
    striking("kill", options, (id) => cluster.kill(id), (id) => cluster.restart(id)),
    striking("rollback", options, (id) => cluster.kill(id), (id) => cluster.restart(id), (id, random) => {
      return `${id} to ${cluster.rollBack(id, random)}`;
    }),
    striking("pause", options, (id) => cluster.pause(id), (id) => cluster.resume(id)),
    steady("loss", settings.lossShare, (share) => network.setLoss(share)),
    steady("duplicate", settings.duplicateShare, (share) => network.setDuplicates(share)),
  ];
}

function partition({ settings, nodes, partitioner, onFailure }: NemesisOptions): Trouble {
  const plan = parseGrudge(settings.grudge, nodes);
  assert(plan.ok, "a grudge is checked with the settings");
  return {
    fault: "partition",
    start(random, done) {
      const { grudge, detail } = plan.draw(random);
      partitioner.partition(grudge, (failure) => {
        if (failure !== undefined) onFailure(`Partition ${detail}: ${failure}.`);
        done(detail);
      });
    },
    stop(done) {
      partitioner.heal((failure) => {
        if (failure !== undefined) onFailure(`Heal: ${failure}.`);
        done("healed");
      });
    },
    steady: false,
  };
}

function striking(
  fault: "kill" | "pause" | "rollback",
  { nodes }: NemesisOptions,
  strike: (id: string) => boolean,
  mend: (id: string) => boolean,
  worsen: (id: string, random: Random) => string = (id) => id,
): Trouble {
  let victims: readonly string[] = [];
  const start: Trouble["start"] = (random, done) => {
    // Who is down already cannot be struck, and who was struck by worse meanwhile cannot be mended.
    victims = shuffle(random, nodes).slice(0, 1 + below(random, victimsMax(nodes.length))).filter(strike);
    done(victims.map((id) => worsen(id, random)).join(",") || "nobody");
  };
  const stop: Trouble["stop"] = (done) => done(victims.filter(mend).join(",") || "nobody");
  return { fault, start, stop, steady: false };
}

function steady(fault: "loss" | "duplicate", share: number, set: (share: number) => void): Trouble {
  const start: Trouble["start"] = (_random, done) => {
    set(share);
    done(`${Math.round(share * 1000) / 10} %`);
  };
  const stop: Trouble["stop"] = (done) => {
    set(0);
    done("none");
  };
  return { fault, start, stop, steady: true };
}
