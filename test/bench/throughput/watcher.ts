/** A helper of the bench: watches at one node or several, and says which values came, when, and which twice. */
import process from "node:process";
import { Arrivals } from "./arrivals.ts";
import { arrivalsPath, obey, type Watched, type WatcherOrder } from "./orders.ts";
import { wireOf } from "./wires/wires.ts";
import type { Target } from "./systems/system.ts";

interface Watch {
  readonly node: number;
  readonly arrivals: Arrivals;
}

async function open(target: Target, nodes: readonly number[]): Promise<Watch[]> {
  const wire = await wireOf(target);
  return await Promise.all(nodes.map(async (node) => {
    const arrivals = new Arrivals();
    await wire.openWatch(target, node, arrivals);
    return { node, arrivals };
  }));
}

async function carryOut(watches: readonly Watch[], order: WatcherOrder): Promise<Watched[]> {
  if (order.kind === "begin") { for (const { arrivals } of watches) arrivals.begin(order.from); }
  else if (order.kind === "expect") {
    await Promise.all(watches.map(({ arrivals }) => arrivals.all(order.values, order.patienceMs)));
  } else {for (const { node, arrivals } of watches) {
      arrivals.write(arrivalsPath(order.folder, node), order.values);
    }}
  return watches.map(({ node, arrivals: { distinct, duplicates } }) => ({ node, distinct, duplicates }));
}

const { target, nodes }: { target: Target; nodes: number[] } = JSON.parse(process.argv[2] ?? "");
const watches = await open(target, nodes);
obey((order: WatcherOrder) => carryOut(watches, order));
