/** One random run of the simulator, and what the examiner has against it. */
import assert from "node:assert/strict";
import type { Mechanism } from "../../../lib/core/node.ts";
import { type Exam, parseSim } from "../../../lib/commands/config/exam/exam.ts";
import { replayCommand } from "../../../lib/commands/exam/describe.ts";
import { type SimHosts, simHosts, simulate } from "../../../lib/workbench/world/sim.ts";
import { drawFlags } from "./draw.ts";

export interface Verdict {
  readonly seed: number;
  /** One sentence each; none where it holds. */
  readonly failures: readonly string[];
  /** Shows the same. */
  readonly command: string;
}

/** Other hosts than the core's are for tests of this. */
export function runSeed(seed: number, hosts: SimHosts = simHosts): Verdict {
  const { exam, without } = drawn(seed);
  const { settings, challenge: _, ...options } = exam;
  const command = commandOf(seed);
  try {
    return { seed, command, failures: simulate(settings, { ...options, without }, hosts).failures };
  } catch (error) {
    return { seed, command, failures: [`It broke off: ${error instanceof Error ? error.stack : error}`] };
  }
}

/** The simulation of a seed, as a command. */
export function commandOf(seed: number): string {
  const { exam, without } = drawn(seed);
  return replayCommand(exam, seed, without);
}

/** The flags are read as those of a command line are, so that the printed command is what was run. */
function drawn(seed: number): { exam: Exam; without: readonly Mechanism[] } {
  const parsed = parseSim(drawFlags(seed), {});
  if (!parsed.ok) throw new Error(`seed ${seed}: ${parsed.mistakes.join(" ")}`);
  const { exams: [exam], without } = parsed.config;
  assert(exam !== undefined, "flags make an examination");
  return { exam, without };
}
