/** The nemesis injects faults: partitions, kills, pauses and the like on and off at random, loss and duplicates throughout. */
import { assert } from "../../core/assert.ts";
import { below, fork, pick, type Random, shuffle } from "../../core/random.ts";
import type { Json } from "../../core/message.ts";
import type { Cluster } from "../cluster.ts";
import { majority, parseGrudge } from "./grudge.ts";
import type { Network } from "../world/network.ts";
import type { Fault, Settings } from "../settings.ts";
import { ScriptRunner } from "../script/runner.ts";
import type { Deed, Script, ScriptFault } from "../script/script.ts";
import { diskFaults } from "../world/sim_store.ts";
import type { Partitioner, Scheduler } from "../world/world.ts";

/** A stalled process gets no processor for up to so long, ms (a guess: as on a machine with more to do than it has cores). */
export const STALL_MS_MAX = 150;
/** From the beginning of some nodes' stalls to those of the next, ms, on average (a guess). */
export const STALL_EVERY_MS = 250;

export interface NemesisEvent {
  /** When it took effect, in ms since the main phase began. */
  readonly "at-ms": number;
  /** An outage is not the nemesis' doing: whoever runs a node elsewhere may kill it, too. */
  readonly fault: Fault | ScriptFault | `outage of ${string}`;
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
  /** What is to happen when, beside what chance decides. */
  readonly script: Script;
  /** One operation of the script at this node, now. */
  readonly perform: (node: string, f: "broadcast" | "read", value?: Json) => void;
  /** The script's: so many operations a second from now on, over all clients. */
  readonly setRate: (rate: number) => void;
  /** `at` is the exact moment of the event, ms; the event has it rounded. */
  readonly onEvent: (event: NemesisEvent, at: number) => void;
  /** A fault could not be started or ended, in a sentence. */
  readonly onFailure: (sentence: string) => void;
}

/** It injects one kind of fault. Both methods say in words what they did, once they have done it. */
interface FaultInjector {
  readonly fault: Fault;
  readonly start: (random: Random, done: (detail: string) => void) => void;
  readonly stop: (done: (detail: string) => void) => void;
  /** The fault is on for the whole main phase instead of on and off. */
  readonly steady: boolean;
}

export class Nemesis {
  readonly #options: NemesisOptions;
  readonly #injectors: readonly FaultInjector[];
  readonly #script: ScriptRunner;
  readonly #active = new Set<FaultInjector>();
  /** The active ones that are being started or stopped. */
  readonly #changing = new Set<FaultInjector>();
  #ended = false;
  #whenMended: (() => void) | undefined;

  constructor(options: NemesisOptions) {
    this.#options = options;
    this.#injectors = injectors(options).filter(({ fault }) => options.settings.nemesis.includes(fault));
    this.#script = new ScriptRunner({
      ...options,
      seed: options.settings.seed,
      tell: (fault, what, detail) => this.#tell(fault, what, detail),
    });
  }

  /** The faults that are on, for people. */
  get active(): readonly NemesisEvent["fault"][] {
    return [...new Set([...[...this.#active].map(({ fault }) => fault), ...this.#script.active])];
  }

  /** Whether a fault is on that keeps values from spreading, other than by chance. */
  get interrupting(): boolean {
    return this.#script.interrupting || [...this.#active].some(({ steady }) => !steady);
  }

  start(): void {
    this.#script.start();
    for (const injector of this.#injectors) {
      const random = fork(this.#options.settings.seed, `nemesis:${injector.fault}`);
      if (injector.steady) this.#start(injector, random, () => {});
      else this.#flipFlop(injector, random, gapsOf(injector.fault, this.#options.settings, random));
    }
  }

  /** Does what a script may have, now. */
  act(deed: Deed): void {
    this.#script.act(deed);
  }

  /** Ends everything: heals, restarts, resumes; `done` once that is done. */
  stop(done: () => void = () => {}): void {
    this.#ended = true;
    this.#whenMended = done;
    this.#script.stop(() => this.#tellMended());
    for (const injector of [...this.#active]) {
      // A fault that is being started is ended as soon as it is on.
      if (!this.#changing.has(injector)) this.#stop(injector, () => {});
    }
    this.#tellMended();
  }

  /** Starts, stops, starts, …: at once the first time, and for as long as there are gaps. */
  #flipFlop(injector: FaultInjector, random: Random, gapsMs: Iterator<number>): void {
    if (this.#ended) return;
    const next = (): void => {
      const { scheduler } = this.#options;
      const { done = false, value: gapMs } = gapsMs.next();
      if (!done) scheduler.at(scheduler.now() + gapMs, () => this.#flipFlop(injector, random, gapsMs));
    };
    if (this.#active.has(injector)) this.#stop(injector, next);
    else this.#start(injector, random, next);
  }

  #start(injector: FaultInjector, random: Random, then: () => void): void {
    this.#active.add(injector);
    this.#changing.add(injector);
    injector.start(random, (detail) => {
      this.#changing.delete(injector);
      this.#tell(injector.fault, "start", detail);
      if (this.#ended) this.#stop(injector, () => {});
      else then();
    });
  }

  #stop(injector: FaultInjector, then: () => void): void {
    this.#changing.add(injector);
    injector.stop((detail) => {
      this.#changing.delete(injector);
      this.#active.delete(injector);
      this.#tell(injector.fault, "stop", detail);
      then();
      this.#tellMended();
    });
  }

  #tellMended(): void {
    const run = this.#whenMended;
    if (run === undefined || this.#active.size > 0 || this.#script.active.length > 0) return;
    this.#whenMended = undefined;
    run();
  }

  #tell(fault: NemesisEvent["fault"], what: "start" | "stop", detail: string): void {
    const at = this.#options.elapsed();
    this.#options.onEvent({ "at-ms": Math.round(at), fault, what, detail }, at);
  }
}

/** The ms from one change to the next: uniform from none to twice the interval, as Jepsen staggers, unless cuts and kills have a length. */
function* gapsOf(
  fault: Fault,
  { cutsS, outagesS, nemesisIntervalS }: Settings,
  random: Random,
): Generator<number, undefined> {
  const lengthsS = fault === "partition" ? cutsS : fault === "kill" ? outagesS : undefined;
  if (lengthsS === undefined) {
    for (;;) yield random.next() * 2 * nemesisIntervalS * 1000;
  }
  for (const [i, lengthS] of lengthsS.entries()) {
    if (i > 0) yield nemesisIntervalS * 1000;
    yield lengthS * 1000;
  }
}

/** Kills, pauses, rollbacks, stalls and failing disks strike at most this many nodes: fewer than half, but one at least. */
export function victimsMax(nodeCount: number): number {
  return Math.max(1, nodeCount - majority(nodeCount));
}

function injectors(options: NemesisOptions): readonly FaultInjector[] {
  const { settings, network, cluster } = options;
  return [
    partition(options),
    striking("kill", options, (id) => cluster.kill(id), (id) => cluster.restart(id)),
    striking("rollback", options, (id) => cluster.kill(id), (id) => cluster.restart(id), (id, random) => {
      return `${id} to ${cluster.rollBack(id, random)}`;
    }),
    striking("pause", options, (id) => cluster.pause(id), (id) => cluster.resume(id)),
    failingDisks(options),
    stalls(options),
    steady("loss", settings.lossShare, (share) => network.setLoss(share)),
    steady("duplicate", settings.duplicateShare, (share) => network.setDuplicates(share)),
  ];
}

function partition({ settings, nodes, partitioner, onFailure }: NemesisOptions): FaultInjector {
  const parsed = parseGrudge(settings.grudge, nodes);
  assert(parsed.ok, "a grudge is checked with the settings");
  return {
    fault: "partition",
    start(random, done) {
      const { grudge, detail } = parsed.draw(random);
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

/** The disks of some nodes, each in its way. */
function failingDisks({ nodes, cluster }: NemesisOptions): FaultInjector {
  let victims: readonly string[] = [];
  return {
    fault: "disk",
    start(random, done) {
      victims = some(random, nodes);
      const said = victims.map((id) => {
        const fault = pick(random, diskFaults) ?? "full";
        cluster.failDisk(id, fault);
        return `${id} ${fault}`;
      });
      done(said.join(", "));
    },
    stop(done) {
      for (const id of victims) cluster.failDisk(id, undefined);
      done(victims.join(","));
    },
    steady: false,
  };
}

/** A busy machine: every now and then some nodes get no processor, all at once, and each for a time of its own. */
function stalls({ nodes, cluster, scheduler }: NemesisOptions): FaultInjector {
  let cancel = () => {};
  const stallSome = (random: Random): void => {
    for (const id of some(random, nodes)) cluster.stall(id, STALL_MS_MAX * random.next());
    cancel = scheduler.at(scheduler.now() + 2 * STALL_EVERY_MS * random.next(), () => stallSome(random));
  };
  return {
    fault: "stall",
    start(random, done) {
      stallSome(random);
      done(`up to ${victimsMax(nodes.length)} nodes at a time, for up to ${STALL_MS_MAX} ms`);
    },
    stop(done) {
      cancel();
      done("none");
    },
    steady: false,
  };
}

function some(random: Random, nodes: readonly string[]): readonly string[] {
  return shuffle(random, nodes).slice(0, 1 + below(random, victimsMax(nodes.length)));
}

function striking(
  fault: "kill" | "pause" | "rollback",
  { nodes }: NemesisOptions,
  strike: (id: string) => boolean,
  mend: (id: string) => boolean,
  worsen: (id: string, random: Random) => string = (id) => id,
): FaultInjector {
  let victims: readonly string[] = [];
  const start: FaultInjector["start"] = (random, done) => {
    // A node that is down already cannot be struck, and one that a worse fault struck meanwhile cannot be mended.
    victims = some(random, nodes).filter(strike);
    done(victims.map((id) => worsen(id, random)).join(",") || "nobody");
  };
  const stop: FaultInjector["stop"] = (done) => done(victims.filter(mend).join(",") || "nobody");
  return { fault, start, stop, steady: false };
}

function steady(fault: "loss" | "duplicate", share: number, set: (share: number) => void): FaultInjector {
  const start: FaultInjector["start"] = (_random, done) => {
    set(share);
    done(`${Math.round(share * 1000) / 10} %`);
  };
  const stop: FaultInjector["stop"] = (done) => {
    set(0);
    done("none");
  };
  return { fault, start, stop, steady: true };
}
