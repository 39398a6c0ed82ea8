/** The kinds of failures, by which a test tells what an examination has found. */
import assert from "node:assert/strict";
import type { Results } from "../../../lib/workbench/verdict/results.ts";

/** What each failure begins with. */
export function kinds({ valid, failures }: Results): string[] {
  assert.equal(valid, failures.length === 0);
  return failures.map((failure) => failure.split(":")[0] ?? "");
}
