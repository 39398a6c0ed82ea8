/** A check of hearsay: what a node takes in memory while a watcher of its stands still, and that it catches up. */
import { setTimeout as pause } from "node:timers/promises";
import { type Figures, type Plan, withRig } from "./measure.ts";
import { NODES, type System } from "./system.ts";
import { memoryOf } from "./usage.ts";

/** The watcher of this node stands still: one as all others but the first, which passes on what all of them hold. */
const AT = NODES - 1;
const RELAY = 0;
/** Room that a standing watcher may take beside what the log takes at every node, MB. */
export const STANDING_MB_MAX = 32;
const LOOK_EVERY_MS = 100;

export interface Standing {
  /** Memory of the node in question, MB: before, at most while the watcher stood still, and after it has caught up. */
  readonly before: number;
  readonly standing: number;
  readonly after: number;
  /** The most that any other took in the same time, the first node apart. */
  readonly others: number;
  readonly figures: Figures;
}

/** Loads the cluster while one watcher is stopped by a signal, and lets it go on when the load is over. */
export async function stand(system: System, plan: Plan): Promise<Standing> {
  return await withRig(system, NODES, async (rig) => {
    const { inFlight, forMs, valuesMax, warmUpMs } = plan;
    const load = { inFlight, perSecond: null, valuesMax };
    await rig.link();
    await rig.run({ ...load, forMs: warmUpMs });
    const memory = () => rig.cluster.pids.map((pid) => memoryOf(pid).residentMb);
    const before = memory()[AT] ?? 0;
    let [standing, others] = [0, 0];
    const figures = await rig.run({ ...load, forMs }, async () => {
      rig.watcherAt(AT)?.signal("SIGSTOP");
      [standing, others] = await peak(forMs, memory);
      rig.watcherAt(AT)?.signal("SIGCONT");
    });
    return { before, standing, others, after: memory()[AT] ?? 0, figures };
  });
}

/** The most that the node takes, and the others, in so many ms. */
async function peak(forMs: number, memory: () => number[]): Promise<readonly [number, number]> {
  const endAt = performance.now() + forMs;
  let [one, others] = [0, 0];
  while (performance.now() < endAt) {
    for (const [node, mb] of memory().entries()) {
      if (node === AT) one = Math.max(one, mb);
      else if (node !== RELAY) others = Math.max(others, mb);
    }
    await pause(LOOK_EVERY_MS);
  }
  return [one, others];
}
