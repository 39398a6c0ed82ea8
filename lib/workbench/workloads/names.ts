/** The workloads that the examiner runs: Maelstrom's that a node serves, and those of topics and keys, for which Maelstrom has none. */
import { workloadNames } from "../../runtime/workloads/names.ts";

export const examinedWorkloads = [...workloadNames, "events", "keys"] as const;
export type ExaminedWorkload = typeof examinedWorkloads[number];

export function isExamined(name: string): name is ExaminedWorkload {
  return examinedWorkloads.some((examined) => examined === name);
}
