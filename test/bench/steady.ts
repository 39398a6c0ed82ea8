/** `npm run steady`: a load that goes on, of which little is kept: memory, disk and processor time must stay flat. */
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Serving, withCluster } from "../e2e/fixtures/serving.ts";
import { wholeMistakes } from "./long/flags.ts";
import { firstOf, namesOf, programsOf, type Taken, takenBy } from "./long/nodes.ts";
import { tell } from "./long/told.ts";
import { isMistakes, parsedOr, runTool } from "../shared/tool.ts";
import type { Program } from "../../lib/workbench/world/process.ts";

const USAGE = `npm run steady -- [flags]
  --minutes N   how long (30)
  --rate N      objects of 67 bytes a second, told to one node (20000)
  --keep N      seconds for which they are kept (60)
  --nodes N     nodes, each with a log on disk (5)
`;

const flags = {
  minutes: { type: "string", default: "30" },
  rate: { type: "string", default: "20000" },
  keep: { type: "string", default: "60" },
  nodes: { type: "string", default: "5" },
} as const;

type Options = Readonly<Record<keyof typeof flags, number>>;

/** So many times, evenly, what is taken is looked at. */
const LOOKS = 15;

const program: Program = { bin: fileURLToPath(new URL("../../dist/hearsay", import.meta.url)), args: [] };

function readOptions(args: readonly string[]): Options | readonly string[] {
  const read = parsedOr(() => parseArgs({ args: [...args], options: flags }).values);
  if (isMistakes(read)) return read;
  const mistakes = wholeMistakes(read);
  if (mistakes.length > 0) return mistakes;
  const { minutes, rate, keep, nodes } = read;
  return { minutes: Number(minutes), rate: Number(rate), keep: Number(keep), nodes: Number(nodes) };
}

async function measure({ minutes, rate, keep, nodes: count }: Options): Promise<void> {
  const ids = namesOf(count);
  const programs = programsOf(ids, program);
  await withCluster({ ids, durable: true, programs, flags: ["--retain", `${keep}s`] }, async (nodes) => {
    const everyMs = minutes * 60_000 / LOOKS;
    const telling = tell(program, firstOf(nodes).address, minutes * 60 * rate, rate);
    let before = nodes.map(takenBy);
    for (let look = 1; look <= LOOKS; look++) {
      await pause(everyMs);
      const taken = nodes.map(takenBy);
      const held = await Promise.all(nodes.map(async (node: Serving) => (await node.status()).values));
      process.stdout.write(`${lineOf(look * everyMs, taken, before, held, everyMs)}\n`);
      before = taken;
    }
    const { status, out } = await telling;
    process.stdout.write(`${out.trim()}\nthe client ended with ${status}\n`);
  });
}

function lineOf(
  ms: number,
  taken: readonly Taken[],
  before: readonly Taken[],
  held: readonly number[],
  everyMs: number,
): string {
  const shares = taken.map(({ cpuS }, i) => Math.round(100_000 * (cpuS - (before[i]?.cpuS ?? 0)) / everyMs));
  return [
    `${(ms / 60_000).toFixed(0).padStart(3)} min`,
    `resident ${taken.map(({ residentMb }) => residentMb).join(", ")} MB`,
    `disk ${taken.map(({ diskMb }) => diskMb).join(", ")} MB`,
    `core ${shares.join(", ")} %`,
    `values ${held.join(", ")}`,
  ].join("; ");
}

await runTool({ usage: USAGE, read: readOptions, run: measure });
