/** The one who breaks things: partitions, kills, pauses on and off at random, loss and duplicates throughout. */
import assert from "node:assert/strict";
import { below, fork, type Random, shuffle } from "../core/random.ts";
import type { Cluster } from "./cluster.ts";
import { majority, parseGrudge } from "./grudge.ts";
import type { Network } from "./network.ts";
import type { Fault, Settings } from "./settings.ts";
import type { Scheduler } from "./world.ts";

export interface NemesisEvent {
  readonly "at-ms": number;
  readonly fault: Fault;
  readonly what: "start" | "stop";
  readonly detail: string;
}

export interface NemesisOptions {
  readonly settings: Settings;
  readonly nodes: readonly string[];
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly cluster: Cluster;
  /** ms since the main phase began. */
  readonly elapsed: () => number;
  readonly onEvent: (event: NemesisEvent) => void;
}

/** One kind of trouble. Each half says in words what it did. */
interface Trouble {
  readonly fault: Fault;
  readonly start: (random: Random) => string;
  readonly stop: () => string;
  /** On for the whole main phase instead of on and off. */
  readonly steady: boolean;
}

export class Nemesis {
  readonly #options: NemesisOptions;
  readonly #troubles: readonly Trouble[];
  readonly #active = new Set<Trouble>();
  #ended = false;

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
      if (trouble.steady) this.#start(trouble, random);
      else this.#flipFlop(trouble, random);
    }
  }

  /** Ends everything: heals, restarts, resumes. */
  stop(): void {
    this.#ended = true;
    for (const trouble of [...this.#active]) this.#stop(trouble);
  }

  /** Start, stop, start, …: the first at once, the gaps uniform from none to twice the interval, as Jepsen staggers. */
  #flipFlop(trouble: Trouble, random: Random): void {
    if (this.#ended) return;
    if (this.#active.has(trouble)) this.#stop(trouble);
    else this.#start(trouble, random);
    const { scheduler, settings } = this.#options;
    const gapMs = random.next() * 2 * settings.nemesisIntervalS * 1000;
    scheduler.at(scheduler.now() + gapMs, () => this.#flipFlop(trouble, random));
  }

  #start(trouble: Trouble, random: Random): void {
    this.#active.add(trouble);
    this.#tell(trouble.fault, "start", trouble.start(random));
  }

  #stop(trouble: Trouble): void {
    this.#active.delete(trouble);
    this.#tell(trouble.fault, "stop", trouble.stop());
  }

  #tell(fault: Fault, what: "start" | "stop", detail: string): void {
    this.#options.onEvent({ "at-ms": Math.round(this.#options.elapsed()), fault, what, detail });
  }
}

/** Kills and pauses strike at most so many: fewer than half, but one at least. */
export function victimsMax(nodeCount: number): number {
  return Math.max(1, nodeCount - majority(nodeCount));
}

function troubles(options: NemesisOptions): readonly Trouble[] {
  const { settings, network, cluster } = options;
  return [
    partition(options),
    striking("kill", options, (id) => cluster.kill(id), (id) => cluster.restart(id)),
    striking("pause", options, (id) => cluster.pause(id), (id) => cluster.resume(id)),
    steady("loss", settings.lossShare, (share) => network.setLoss(share)),
    steady("duplicate", settings.duplicateShare, (share) => network.setDuplicates(share)),
  ];
}

function partition({ settings, nodes, network }: NemesisOptions): Trouble {
  const plan = parseGrudge(settings.grudge, nodes);
  assert(plan.ok, "a grudge is checked with the settings");
  const start = (random: Random): string => {
    const { grudge, detail } = plan.draw(random);
    network.partition(grudge);
    return detail;
  };
  const stop = (): string => {
    network.heal();
    return "healed";
  };
  return { fault: "partition", start, stop, steady: false };
}

function striking(
  fault: "kill" | "pause",
  { nodes }: NemesisOptions,
  strike: (id: string) => boolean,
  mend: (id: string) => boolean,
): Trouble {
  let victims: readonly string[] = [];
  const start = (random: Random): string => {
    // Who is down already cannot be struck, and who was struck by worse meanwhile cannot be mended.
    victims = shuffle(random, nodes).slice(0, 1 + below(random, victimsMax(nodes.length))).filter(strike);
    return victims.join(",") || "nobody";
  };
  const stop = (): string => victims.filter(mend).join(",") || "nobody";
  return { fault, start, stop, steady: false };
}

function steady(fault: "loss" | "duplicate", share: number, set: (share: number) => void): Trouble {
  const start = (): string => {
    set(share);
    return `${Math.round(share * 1000) / 10} %`;
  };
  const stop = (): string => {
    set(0);
    return "none";
  };
  return { fault, start, stop, steady: true };
}
