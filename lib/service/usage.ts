/** What this process takes of the machine. */
import process from "node:process";

export interface Usage {
  readonly memory_bytes: number;
  /** Since it began, of all processors together, ms. */
  readonly cpu_ms: number;
}

export function processUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return { memory_bytes: process.memoryUsage.rss(), cpu_ms: Math.round((user + system) / 1000) };
}
