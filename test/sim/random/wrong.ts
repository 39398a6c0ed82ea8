/** What is wrong with a run whose faults chance has chosen. */
import type { Results } from "../../../lib/workbench/verdict/results.ts";

/** Where so much was killed that nothing is left to prove, nothing is wrong. */
export function wrongIn({ failures }: Pick<Results, "failures">): string[] {
  return failures.filter((failure) => !failure.startsWith("Nothing proven"));
}
