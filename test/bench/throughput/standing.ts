/** A check of hearsay: what a node takes in memory while a watcher of its stands still, and that it catches up. */
import { setTimeout as pause } from "node:timers/promises";
import { type Figures, type Plan, withRig } from "./measure.ts";
import { NODES, type System } from "./systems/system.ts";
import { memoryOf } from "./usage.ts";

/** The watcher of this node stands still: one as all others but the first, which passes on what all of them hold. */
const AT = NODES - 1;
const RELAY = 0;
/** Room that a standing watcher may take beside what the log takes at every node, MB: nodes differ by garbage, too. */
export const STANDING_MB_MAX = 64;
const LOOK_EVERY_MS = 100;

/** What the nodes get meanwhile, of 1 KB each: more than a node may hold for its clients, who are closed over that. */
const VALUES = 49_152;
const LOAD_MS_MAX = 30_000;
const IN_FLIGHT = 128;

export interface Standing extends Peak {
  /** Memory of the node in question, MB: before, and after the watcher has caught up. */
  readonly before: number;
  readonly after: number;
  readonly figures: Figures;
}

interface Peak {
  /** The most that the node took while the watcher stood still, MB. */
  readonly standing: number;
  /** The most that any other took in the same time, the first node apart, MB. */
  readonly others: number;
}

/** Loads the cluster while one watcher is stopped by a signal, and lets it go on when the load is over. */
export async function stand(system: System, { warmUpMs }: Plan): Promise<Standing> {
  return await withRig(system, NODES, async (rig) => {
    const load = { inFlight: IN_FLIGHT, perSecond: null, valuesMax: VALUES, forMs: LOAD_MS_MAX };
    await rig.link();
    await rig.run({ ...load, forMs: warmUpMs });
    const memory = () => rig.cluster.pids.map((pid) => memoryOf(pid).residentMb);
    const before = memory()[AT] ?? 0;
    let most = { standing: 0, others: 0 };
    const figures = await rig.run(load, async (published) => {
      rig.watcherAt(AT)?.signal("SIGSTOP");
      most = await peak(published, memory);
      rig.watcherAt(AT)?.signal("SIGCONT");
    });
    return { before, ...most, after: memory()[AT] ?? 0, figures };
  });
}

/** The most that the node takes, and that others do, until this is over. */
async function peak(over: Promise<unknown>, memory: () => number[]): Promise<Peak> {
  let [standing, others, isOver] = [0, 0, false];
  over.then(() => isOver = true, () => isOver = true);
  while (!isOver) {
    await pause(LOOK_EVERY_MS);
    for (const [node, mb] of memory().entries()) {
      if (node === AT) standing = Math.max(standing, mb);
      else if (node !== RELAY) others = Math.max(others, mb);
    }
  }
  return { standing, others };
}
