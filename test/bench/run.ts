/** Measures one group in this process, once for every line it reads, and writes what came out as a line of JSON. */
import process from "node:process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { COMPARED, FULL } from "./cases.ts";
import { allGroups } from "./groups.ts";
import { Bench, QUICK, type Report, runtimeName, THOROUGH } from "./measure.ts";

const { values } = parseArgs({
  options: {
    group: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
  },
});
const group = allGroups(values.quick ? COMPARED : FULL).find(({ title }) => title === values.group);
const effort = values.quick ? QUICK : THOROUGH;
let bench: Bench | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await report(line === "again"))}\n`);
}

/** A group that this tree does not know has no results. */
async function report(again: boolean): Promise<Report> {
  const runtime = runtimeName();
  if (group === undefined) return { runtime, results: [], failures: [] };
  try {
    bench ??= new Bench(group, effort);
    return { runtime, results: await bench.turn(again), failures: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { runtime, results: [], failures: [{ group: group.title, reason }] };
  }
}
