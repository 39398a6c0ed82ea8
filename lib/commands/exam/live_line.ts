/** Says in one line how far an examination has come. */
import type { ExaminationProgress, Phase } from "../../workbench/progress.ts";

/** `name` stands first, where there is one. */
export function liveLine(progress: ExaminationProgress, name?: string): string {
  const { phase, elapsedS, totalS, ops, acknowledged, counted, messages, faults } = progress;
  const head = name === undefined ? "" : `${name}  `;
  // The clock of a test begins when all nodes are up.
  if (phase === "setup") return `${head}${phaseWords.setup}`;
  const time = `${Math.min(elapsedS, totalS).toFixed(0).padStart(2)} of ${totalS} s`;
  const now = faults.length > 0 ? faults.join(" and ") : phaseWords[phase];
  return `${head}${time}  ${now}: ${ops} operations, ${acknowledged} ${counted}, ${messages} messages`;
}

const phaseWords: Readonly<Record<Phase, string>> = {
  setup: "bringing up the nodes",
  main: "no fault",
  recovery: "resting",
  final: "last reads",
  done: "done",
};
