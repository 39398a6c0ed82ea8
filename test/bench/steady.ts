/** `npm run steady`: a load that goes on, of which little is kept: memory, disk and processor time must stay flat. */
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { built } from "../e2e/fixtures/hearsay.ts";
import { firstOf, type Serving, withCluster } from "../e2e/fixtures/serving.ts";
import { runLong } from "./long/tool.ts";
import { namesOf, programsOf, type Taken, takenBy } from "./long/nodes.ts";
import { tell } from "./long/told.ts";

const standard = { minutes: 30, rate: 20_000, keep: 60, nodes: 5 };
type Options = typeof standard;

/** So many times, evenly, what is taken is looked at. */
const LOOKS = 15;

async function measure({ minutes, rate, keep, nodes: count }: Options): Promise<void> {
  const ids = namesOf(count);
  const programs = programsOf(ids, built);
  await withCluster({ ids, durable: true, programs, flags: ["--retain", `${keep}s`] }, async (nodes) => {
    const everyMs = minutes * 60_000 / LOOKS;
    const telling = tell(built, firstOf(nodes).address, minutes * 60 * rate, rate);
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

await runLong({
  name: "steady",
  standard,
  about: {
    minutes: "how long",
    rate: "objects of 67 bytes a second, told to one node",
    keep: "seconds for which they are kept",
    nodes: "nodes, each with a log on disk",
  },
  run: measure,
});
