/** `npm run ablate`: switches off one mechanism at a time, and prints what each buys. */
import process from "node:process";
import type { Mechanism } from "../../lib/core/mechanisms.ts";
import { progressOn } from "../../lib/commands/terminal/progress.ts";
import { stories } from "../sim/mechanism_stories.ts";
import { type Options, readOptions, USAGE } from "./ablate/options.ts";
import type { Answer, Order } from "./ablate/run.ts";
import { scenes } from "./ablate/scenes.ts";
import { type Ablation, storyText, tableOf } from "./ablate/table.ts";
import { CORES, divide, Worker } from "./crew.ts";
import { script } from "../shared/script.ts";
import { runTool } from "../shared/tool.ts";

/** A run that takes longer does not end, ms. */
const RUN_MS_MAX = 600_000;

await runTool({ usage: USAGE, read: readOptions, run: main });

async function main(options: Options): Promise<void> {
  const answers = await answersTo(ordersOf(options));
  const taken = (order: Order) => answers.get(JSON.stringify(order)) ?? { valid: false, figures: [] };
  const seeds = Array.from({ length: options.seeds }, (_, i) => i + 1);
  const ablations = new Map<Mechanism, Ablation[]>(options.only.map((without) => [
    without,
    scenes.map((scene, index): Ablation => ({
      scene,
      whole: seeds.map((seed) => taken({ scene: index, seed })),
      lacking: seeds.map((seed) => taken({ scene: index, seed, without })),
    })),
  ]));
  process.stdout.write(tableOf(ablations, toldOf(options), options.least));
}

/** Stories are short: they are told here, one after the other. */
function toldOf({ only }: Options): Map<Mechanism, string> {
  return new Map(only.map((name) => [name, storyText(stories[name], name)]));
}

/** First with every mechanism, then without each. */
function ordersOf({ only, seeds }: Options): Order[] {
  const orders: Order[] = [];
  for (const without of [undefined, ...only]) {
    for (const scene of scenes.keys()) {
      for (let seed = 1; seed <= seeds; seed++) orders.push({ scene, seed, without });
    }
  }
  return orders;
}

async function answersTo(orders: readonly Order[]): Promise<Map<string, Answer>> {
  const io = {
    err: (text: string) => void process.stderr.write(text),
    errIsTerminal: process.stderr.isTTY ?? false,
  };
  const progress = progressOn(io, () => performance.now());
  const program = script(new URL("./ablate/worker.ts", import.meta.url));
  const workers = Array.from({ length: CORES }, () => new Worker<Order, Answer>(program, RUN_MS_MAX));
  const answers = new Map<string, Answer>();
  await divide(orders, workers, async (worker, order) => {
    answers.set(JSON.stringify(order), await worker.ask(order).catch(() => ({ valid: false, figures: [] })));
    const { scene, without = "nothing" } = order;
    progress.update(`${answers.size} of ${orders.length}: without ${without}, ${scenes[scene]?.title}`);
  });
  progress.end();
  await Promise.all(workers.map((worker) => worker.stop()));
  return answers;
}
