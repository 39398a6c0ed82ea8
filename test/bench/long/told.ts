/** Objects as sensors tell them, on the standard input of `hearsay broadcast`: all at once, or so many a second. */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { type Ended, ending, start } from "../../e2e/fixtures/hearsay.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { type Address, addressText } from "../../../transports/address.ts";

/** So many are written at once. */
const LINES = 2_000;
const SENSORS = 5_000;
const EVERY_MS = 20;
/** Ids of one length. */
const FIRST = 1_000_000_000;

/** 67 bytes. */
export function objectOf(n: number): string {
  const sensor = String(n % SENSORS).padStart(4, "0");
  return `{"id":${FIRST + n},"sensor":"s-${sensor}","temperature":20.5,"unit":"C"}`;
}

/** `count` of them, as fast as they are taken; or with a rate, so many a second. */
export async function tell(
  program: Program,
  at: Address,
  count: number,
  perSecond = Infinity,
): Promise<Ended> {
  const child = start(program, "broadcast", "--at", addressText(at));
  const ended = ending(child);
  const begunAt = performance.now();
  for (let told = 0; told < count;) {
    const due = perSecond === Infinity
      ? count
      : Math.floor((performance.now() - begunAt) / 1_000 * perSecond);
    const until = Math.min(count, told + LINES, due);
    const lines: string[] = [];
    for (; told < until; told++) lines.push(objectOf(told));
    if (lines.length === 0) await pause(EVERY_MS);
    else if (!child.stdin.write(`${lines.join("\n")}\n`)) await once(child.stdin, "drain");
  }
  child.stdin.end();
  return await ended;
}
