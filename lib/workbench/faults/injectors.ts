/** How each fault is brought about, and ended. */
import { assert } from "../../core/assert.ts";
import { below, pick, type Random, shuffle } from "../../core/random.ts";
import type { Cluster } from "../cluster.ts";
import { majority, parseGrudge } from "./grudge.ts";
import type { FaultInjector } from "./injector.ts";
import { type Comings, membership } from "./membership.ts";
import type { Network } from "../world/network.ts";
import type { Settings } from "../settings.ts";
import { diskFaults } from "../world/sim_store.ts";
import type { Partitioner, Scheduler } from "../world/world.ts";

/** A stalled process gets no processor for up to so long, ms (a guess: as on a machine with more to do than it has cores). */
export const STALL_MS_MAX = 150;
/** From the beginning of some nodes' stalls to those of the next, ms, on average (a guess). */
export const STALL_EVERY_MS = 250;

/** What faults are done to. */
export interface Ground {
  readonly settings: Settings;
  readonly nodes: readonly string[];
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly partitioner: Partitioner;
  readonly cluster: Cluster;
  /** Only where members come and go. */
  readonly comings?: Comings | undefined;
  /** A fault could not be started or ended, in a sentence. */
  readonly onFailure: (sentence: string) => void;
}

/** Kills, pauses, rollbacks, stalls and failing disks strike at most this many nodes: fewer than half, but one at least. */
export function victimsMax(nodeCount: number): number {
  return Math.max(1, nodeCount - majority(nodeCount));
}

/** Of each fault the one that brings it about. */
export function injectors(options: Ground): readonly FaultInjector[] {
  const { settings, network, cluster, comings } = options;
  // A node that comes back to a cluster whose members come and go needs one that is there.
  const isLast = (id: string) =>
    comings !== undefined && !cluster.nodes.some((other) => other !== id && cluster.serves(other));
  const kill = (id: string) => !isLast(id) && cluster.kill(id);
  return [
    partition(options),
    striking("kill", options, kill, (id) => cluster.restart(id)),
    striking("rollback", options, kill, (id) => cluster.restart(id), (id, random) => {
      return `${id} to ${cluster.rollBack(id, random)}`;
    }),
    striking("pause", options, (id) => cluster.pause(id), (id) => cluster.resume(id)),
    failingDisks(options),
    stalls(options),
    ...comings === undefined ? [] : [membership(comings)],
    steady("loss", settings.lossShare, (share) => network.setLoss(share)),
    steady("duplicate", settings.duplicateShare, (share) => network.setDuplicates(share)),
  ];
}

function partition({ settings, nodes, partitioner, onFailure }: Ground): FaultInjector {
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
function failingDisks({ cluster }: Ground): FaultInjector {
  let victims: readonly string[] = [];
  return {
    fault: "disk",
    start(random, done) {
      victims = some(random, cluster.nodes);
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
function stalls({ cluster, scheduler }: Ground): FaultInjector {
  let cancel = () => {};
  const stallSome = (random: Random): void => {
    for (const id of some(random, cluster.nodes)) cluster.stall(id, STALL_MS_MAX * random.next());
    cancel = scheduler.at(scheduler.now() + 2 * STALL_EVERY_MS * random.next(), () => stallSome(random));
  };
  return {
    fault: "stall",
    start(random, done) {
      stallSome(random);
      done(`up to ${victimsMax(cluster.nodes.length)} nodes at a time, for up to ${STALL_MS_MAX} ms`);
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
  { cluster }: Ground,
  strike: (id: string) => boolean,
  mend: (id: string) => boolean,
  worsen: (id: string, random: Random) => string = (id) => id,
): FaultInjector {
  let victims: readonly string[] = [];
  const start: FaultInjector["start"] = (random, done) => {
    // A node that is down already cannot be struck, and one that a worse fault struck meanwhile cannot be mended.
    victims = some(random, cluster.nodes).filter(strike);
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
