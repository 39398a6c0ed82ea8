/** Every workload that the examiner can run, by its name. */
import type { Settings } from "../settings.ts";
import { gCounter, pnCounter } from "./counters.ts";
import { echo } from "./echo.ts";
import { events } from "./events.ts";
import { keys } from "./keys.ts";
import type { ExaminedWorkload } from "./names.ts";
import { broadcast, gSet } from "./sets.ts";
import { uniqueIds } from "./unique_ids.ts";
import type { WorkloadDefinition } from "./workload.ts";

/** Of these settings; by default broadcast. */
export function workloadOf({ workload = "broadcast" }: Pick<Settings, "workload">): WorkloadDefinition {
  return workloads[workload];
}

const workloads: Readonly<Record<ExaminedWorkload, WorkloadDefinition>> = {
  broadcast,
  echo,
  "unique-ids": uniqueIds,
  "g-set": gSet,
  "g-counter": gCounter,
  "pn-counter": pnCounter,
  events,
  keys,
};
