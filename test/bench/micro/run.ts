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
const bench = group === undefined ? undefined : new Bench(group, values.quick ? QUICK : THOROUGH);
// A group that this tree does not know has no results.
const none: Report = { runtime: runtimeName(), results: [], failures: [] };

for await (const line of createInterface({ input: process.stdin })) {
  const report = await bench?.turn(line === "again") ?? none;
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
