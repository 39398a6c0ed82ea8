/**
 * Hunts with real processes: is each node that is broken on purpose found within a minute, and made small; and are sound
 * ones left in peace in 200 runs? Arguments name flaws, or `sound`; by default all.
 */
import process from "node:process";
import { standardOutput } from "../../transports/standard_output.ts";
import { hearsay } from "../e2e/fixtures/hearsay.ts";
import { script } from "../shared/script.ts";
import type { Program } from "../../lib/workbench/world/process.ts";
import { itself } from "../../lib/workbench/world/process.ts";
import { flaws } from "../sim/hunt/flawed.ts";

const FOUND_MS_MAX = 60_000;
const NODES_MAX = 3;
const OPERATIONS_MAX = 5;
const SOUND_RUNS = 200;

const flood = script(new URL("../e2e/fixtures/nodes/flawed.ts", import.meta.url));
const names = process.argv.slice(2);
const isWanted = (name: string) => names.length === 0 || names.includes(name);
const say = (line: string) => standardOutput(1).write(`${line}\n`);

async function hunt({ bin, args }: Program, ...flags: readonly string[]) {
  const { out, err } = await hearsay("hunt", "--json", "--bin", bin, ...flags, "--", ...args);
  if (out === "") throw new Error(err);
  return JSON.parse(out);
}

/** Whether the flaw is found and made as small as it must be. */
async function isFound(flaw: string, faults: readonly string[]): Promise<boolean> {
  const program = { ...flood, args: [...flood.args, flaw] };
  const kills = faults.includes("kill") ? ["--nemesis", "partition,pause,kill,loss,duplicate,slow"] : [];
  const told = await hunt(program, ...kills);
  if (told.failures?.some((failure: string) => failure.startsWith("Setup"))) {
    throw new Error(told.failures.join(" "));
  }
  const isSmall = told["node-count"] <= NODES_MAX && told["operation-count"] <= OPERATIONS_MAX;
  const ok = told.found && told["hunt-ms"] <= FOUND_MS_MAX && isSmall;
  const size = `${told["node-count"]} nodes, ${told["operation-count"]} operations, ${
    told["fault-count"]
  } faults`;
  const times = `found in ${seconds(told["hunt-ms"])}, small in ${seconds(told["shrink-ms"])}`;
  const fails = `fails ${told["failed-count"]} of ${told["of-count"]}`;
  say(
    `${ok ? "ok  " : "MISS"}  ${flaw}: ${
      told.found ? `${times}, ${size}, ${fails}: ${told.script}` : "not found"
    }`,
  );
  return ok;
}

/** Whether all those runs raise no alarm. */
async function isLeftInPeace(name: string, program: Program, ...flags: readonly string[]): Promise<boolean> {
  let runs = 0;
  for (let seed = 1; runs < SOUND_RUNS; seed++) {
    const told = await hunt(program, "--seed", String(seed), "--budget", "60", ...flags);
    runs += told.runs;
    if (told.found) {
      say(`MISS  ${name}: an alarm after ${runs} runs: ${told.command}: ${told.failures.join(" ")}`);
      return false;
    }
  }
  say(`ok    ${name}: no alarm in ${runs} runs`);
  return true;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

const oks: boolean[] = [];
for (const [flaw, faults] of Object.entries(flaws)) if (isWanted(flaw)) oks.push(await isFound(flaw, faults));
if (isWanted("sound")) {
  const slow = { ...flood, args: [...flood.args, "sound-but-slow"] };
  oks.push(await isLeftInPeace("a flood that retries after a second", slow));
  oks.push(
    await isLeftInPeace(
      "hearsay, with kills",
      itself(),
      "--nemesis",
      "partition,pause,kill,loss,duplicate,slow",
    ),
  );
}
process.exitCode = oks.every(Boolean) ? 0 : 1;
