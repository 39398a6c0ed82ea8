/** What the nodes of a long bench take of the machine. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Serving } from "../../e2e/fixtures/serving.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { cpuSeconds, memoryOf } from "../throughput/usage.ts";

const LOOK_EVERY_MS = 200;

export function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `n${i + 1}`);
}

export function programsOf(ids: readonly string[], program: Program): Map<string, Program> {
  return new Map(ids.map((id) => [id, program]));
}

/** Resolves to how long it took until each of them holds as many values, ms. */
export async function complete(
  nodes: readonly Serving[],
  values: number,
  patienceMs: number,
): Promise<number> {
  const from = performance.now();
  for (;;) {
    const held = await Promise.all(nodes.map(async (node) => (await node.status()).values));
    if (held.every((count) => count >= values)) return performance.now() - from;
    if (performance.now() - from > patienceMs) throw new Error(`after ${patienceMs} ms they hold ${held}`);
    await pause(LOOK_EVERY_MS);
  }
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

/** Of all files in a directory. */
export function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** Resident and at most, MB of a million bytes; processor time so far, s; and its files, MB. */
export interface Taken {
  readonly residentMb: number;
  readonly peakMb: number;
  readonly cpuS: number;
  readonly diskMb: number;
}

export function takenBy({ pid, options: { data } }: Serving): Taken {
  const { residentMb, peakMb } = memoryOf(pid);
  return {
    residentMb: megabytes(residentMb * 1024 * 1024),
    peakMb: megabytes(peakMb * 1024 * 1024),
    cpuS: cpuSeconds([pid]),
    diskMb: data === undefined ? 0 : megabytes(bytesIn(data)),
  };
}
