/** The ceiling: five relays in TypeScript that neither compare nor acknowledge nor repeat anything. */
import { startCluster, takePorts } from "./cluster.ts";
import { Server } from "../processes.ts";
import { script } from "../../../shared/script.ts";
import { NODES, type System } from "./system.ts";
import type { Program } from "../../../../lib/workbench/world/process.ts";
import type { Cluster } from "./system.ts";

export const ceiling: System = {
  key: "ceiling",
  name: "ceiling, a line per value",
  missing: () => Promise.resolve(undefined),
  start: () => startRelays(script(new URL("./relay_node.ts", import.meta.url)), { lists: false }),
};

export const ceilingOfLists: System = {
  key: "ceiling-lists",
  name: "ceiling, lists, 4,096 in flight",
  inFlight: 4_096,
  missing: () => Promise.resolve(undefined),
  start: () => startRelays(script(new URL("./relay_node.ts", import.meta.url)), { lists: true }),
};

/** Programs that say a line once they are linked to each other. */
export async function startRelays(program: Program, task: object): Promise<Cluster> {
  const { clients: ports, servers: links } = await takePorts();
  const ready = new Set<number>();
  const start = (node: number) => {
    const server = new Server(program, JSON.stringify({ ...task, ports, links, node }));
    server.onLine(() => ready.add(node));
    return server;
  };
  return await startCluster("relay", ports, start, () => Promise.resolve(ready.size === NODES));
}
