/** Five clustered nats-server, for core subjects or with a stream on all five. */
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { startCluster, takePorts } from "./cluster.ts";
import { installed, Server } from "../processes.ts";
import { missingPackages, natsClient } from "./rivals.ts";
import { type Cluster, NODES, type System, type Target } from "./system.ts";

const PROGRAM = "nats-server";
/** A watcher that is slow for a moment is not to be cut off, bytes. */
const PENDING_BYTES_MAX = 1_073_741_824;

export const natsCore: System = {
  key: "nats",
  name: "NATS core",
  missing,
  start: (folder) => startNats(folder, "nats"),
};

export const jetstreamMemory: System = {
  key: "jetstream-memory",
  name: "JetStream R5, memory",
  missing,
  start: (folder) => startJetstream(folder, "memory"),
};

export const jetstreamFile: System = {
  key: "jetstream-file",
  name: "JetStream R5, files",
  missing,
  start: (folder) => startJetstream(folder, "file"),
};

function missing(): Promise<string | undefined> {
  const isThere = installed(PROGRAM) !== undefined;
  return Promise.resolve(isThere ? missingPackages() : `${PROGRAM} is not installed`);
}

async function startJetstream(folder: string, storage: "file" | "memory"): Promise<Cluster> {
  const { makeStream } = await natsClient();
  return await startNats(folder, "jetstream", (target) => makeStream(target, storage));
}

async function startNats(
  folder: string,
  wire: "nats" | "jetstream",
  prepare: (target: Target) => Promise<void> = async () => {},
): Promise<Cluster> {
  const { clients: ports, servers: routes } = await takePorts();
  const monitors = (await takePorts()).clients;
  const bin = installed(PROGRAM) ?? PROGRAM;
  const start = (node: number) => {
    const path = join(folder, `nats-${node}.conf`);
    writeFileSync(path, configOf({ folder, wire, node, ports, routes, monitors }));
    return new Server({ bin, args: ["-c", path] });
  };
  return await startCluster(wire, ports, start, async (target) => {
    const routed = await Promise.all(monitors.map(isRouted));
    if (!routed.every(Boolean)) return false;
    await prepare(target);
    return true;
  });
}

interface Config {
  readonly folder: string;
  readonly wire: "nats" | "jetstream";
  readonly node: number;
  readonly ports: readonly number[];
  readonly routes: readonly number[];
  readonly monitors: readonly number[];
}

function configOf({ folder, wire, node, ports, routes, monitors }: Config): string {
  const store = join(folder, `nats-${node}`);
  mkdirSync(store);
  return [
    `server_name: n${node + 1}`,
    `listen: 127.0.0.1:${ports[node]}`,
    `http: 127.0.0.1:${monitors[node]}`,
    `max_pending: ${PENDING_BYTES_MAX}`,
    `cluster { name: bench, listen: 127.0.0.1:${routes[node]}, routes: [`,
    ...routes.map((port) => `nats://127.0.0.1:${port}`),
    `] }`,
    ...wire === "jetstream" ? [`jetstream { store_dir: "${store}", max_mem: 2G, max_file: 8G }`] : [],
  ].join("\n");
}

/** Whether the server is linked to all others. */
async function isRouted(port: number): Promise<boolean> {
  const { num_routes }: { num_routes: number } = JSON.parse(await get(port, "/routez"));
  return num_routes >= NODES - 1;
}

function get(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => text += chunk);
      answer.on("end", () => resolve(text));
    });
    asked.on("error", reject);
    asked.end();
  });
}
