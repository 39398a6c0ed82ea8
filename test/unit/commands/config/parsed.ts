/** Takes a parsed command line apart: the configuration that it must be, or the mistakes in it. */
import assert from "node:assert/strict";
import type { Parsed } from "../../../../lib/commands/flags/read_flags.ts";

export function configOf<T>(parsed: Parsed<T>): T {
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.mistakes.join("\n"));
  return parsed.config;
}

export function mistakesOf(parsed: Parsed<unknown>): readonly string[] {
  return parsed.ok ? [] : parsed.mistakes;
}
