/** Runs one row in a process of its own, and ends it when it takes too long or too much. */
import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { fileURLToPath } from "node:url";
import { beforeEnding } from "../../../lib/workbench/ending_signals.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { Server } from "../throughput/processes.ts";
import { memoryOf } from "../throughput/usage.ts";
import type { Figures } from "./measure.ts";
import type { Plan } from "./plan.ts";

/** How often a row's memory and time are looked at, ms. */
const LOOK_EVERY_MS = 250;

/** V8 would give up at a few GB by itself; the row's own limit is to decide. */
const V8_HEAP_MB = 65_536;

export interface Limits {
  readonly seconds: number;
  readonly memoryMb: number;
}

/** Figures, or why there are none, in words. */
export interface Outcome {
  readonly figures?: Figures;
  readonly failure?: string;
}

export interface Row extends Outcome {
  readonly plan: Plan;
}

export async function runRow(plan: Plan, limits: Limits): Promise<Row> {
  const server = new Server(program(), JSON.stringify(plan));
  let line: string | undefined;
  server.onLine((said) => line = said);
  const over = await supervised(server, limits);
  if (over !== undefined) return { plan, failure: over };
  const outcome: Outcome = line === undefined
    ? { failure: `it died: ${server.said || "it said nothing"}` }
    : JSON.parse(line);
  return { plan, ...outcome };
}

/** Resolves once it has ended; with the limit that it ran over, if it did. */
async function supervised(server: Server, limits: Limits): Promise<string | undefined> {
  const startedAt = performance.now();
  let over: string | undefined;
  const timer = setInterval(() => {
    over ??= excess(performance.now() - startedAt, server.pid, limits);
    if (over !== undefined) void server.stop();
  }, LOOK_EVERY_MS);
  // A row works too hard to notice that nobody waits for it any more.
  const release = beforeEnding(() => server.stop());
  await server.ended;
  release();
  clearInterval(timer);
  return over;
}

function excess(tookMs: number, pid: number, { seconds, memoryMb }: Limits): string | undefined {
  if (tookMs > seconds * 1000) return `it ran over ${seconds} s`;
  try {
    return memoryOf(pid).residentMb > memoryMb ? `it took over ${memoryMb} MB` : undefined;
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

/** Run by the runtime that runs this. */
function program(): Program {
  const file = fileURLToPath(new URL("./run.ts", import.meta.url));
  const deno = [
    "run",
    "--allow-all",
    "--quiet",
    "--no-check",
    `--v8-flags=--max-old-space-size=${V8_HEAP_MB}`,
  ];
  return {
    bin: process.execPath,
    args: process.versions["deno"] === undefined ? ["run", file] : [...deno, file],
  };
}
