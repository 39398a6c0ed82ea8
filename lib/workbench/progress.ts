/** How far an examination has come. */
import type { NemesisEvent } from "./faults/nemesis.ts";
import type { Scheduler } from "./world/world.ts";

export type Phase = "setup" | "main" | "recovery" | "final" | "done";

/** It is enough for a live line. */
export interface ExaminationProgress {
  readonly phase: Phase;
  readonly elapsedS: number;
  readonly totalS: number;
  readonly ops: number;
  readonly acknowledged: number;
  /** Of what: "values". */
  readonly counted: string;
  /** Messages between nodes. */
  readonly messages: number;
  readonly faults: readonly NemesisEvent["fault"][];
}

/** How often progress is told, ms. */
const PROGRESS_MS = 250;

/** Tells at once and now and then, until the examination is done. */
export function tellProgress(
  scheduler: Scheduler,
  now: () => ExaminationProgress,
  tell: (now: ExaminationProgress) => void,
): void {
  const progress = now();
  if (progress.phase === "done") return;
  tell(progress);
  scheduler.at(scheduler.now() + PROGRESS_MS, () => tellProgress(scheduler, now, tell));
}
