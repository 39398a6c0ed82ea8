/** Takes a parsed command line apart: the configuration that it must be, or the mistakes in it. */
import assert from "node:assert/strict";
import { parseSim } from "../../../../lib/commands/config/exam/exam.ts";
import type { Parsed } from "../../../../lib/commands/flags/read_flags.ts";

export function configOf<T>(parsed: Parsed<T>): T {
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.mistakes.join("\n"));
  return parsed.config;
}

export function mistakesOf(parsed: Parsed<unknown>): readonly string[] {
  return parsed.ok ? [] : parsed.mistakes;
}

export const sim = (...args: string[]) => parseSim(args, {});
export const settings = (...args: string[]) => configOf(sim(...args)).exams[0]?.settings;
