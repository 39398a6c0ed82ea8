/** The process of one row: takes its plan as an argument, prints its figures or why there are none as a line. */
import process from "node:process";
import { measure } from "./measure.ts";
import type { Outcome } from "./row.ts";

process.stdout.write(`${JSON.stringify(outcome(process.argv[2] ?? ""))}\n`);

function outcome(plan: string): Outcome {
  try {
    return { figures: measure(JSON.parse(plan)) };
  } catch (error) {
    return { failure: `it failed: ${error instanceof Error ? error.message : error}` };
  }
}
