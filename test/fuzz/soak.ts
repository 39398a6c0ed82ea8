/** `npm run soak`: random runs of the simulator with every fault, none of which may be invalid. */
import process from "node:process";
import { Worker } from "../bench/crew.ts";
import { script } from "../shared/script.ts";
import { Campaign, type Runner } from "./soak/campaign.ts";
import { type Options, readOptions, USAGE } from "./soak/options.ts";
import { commandOf, type Verdict } from "./soak/run.ts";
import { runTool } from "../shared/tool.ts";

/** A run that takes longer does not end, ms. */
const RUN_MS_MAX = 300_000;

await runTool({ usage: USAGE, read: readOptions, run: soak });

/** Resolves to the exit status. */
async function soak(options: Options): Promise<number> {
  const io = {
    out: (text: string) => void process.stdout.write(text),
    err: (text: string) => void process.stderr.write(text),
    errIsTerminal: process.stderr.isTTY ?? false,
  };
  const campaign = new Campaign(options, io, () => performance.now());
  const program = script(new URL("./soak/worker.ts", import.meta.url));
  const workers = Array.from(
    { length: Math.min(options.workers, options.runs) },
    () => new Worker<number, Verdict>(program, RUN_MS_MAX),
  );
  let status: number | undefined;
  const interrupt = () => {
    status = 130;
    campaign.interrupt();
    for (const worker of workers) void worker.stop();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, interrupt);
  const holds = await campaign.run(workers.map(runnerOf));
  await Promise.all(workers.map((worker) => worker.stop()));
  return status ?? (holds ? 0 : 1);
}

function runnerOf(worker: Worker<number, Verdict>): Runner {
  return (seed) =>
    worker.ask(seed).catch((error: unknown) => ({
      seed,
      command: commandOf(seed),
      failures: [`Its process failed: ${error instanceof Error ? error.message : error}`],
    }));
}
