/** A Redis primary and four replicas, for publish and subscribe or for streams. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startCluster, takePorts } from "./cluster.ts";
import { installed, Server } from "../processes.ts";
import { command, connectResp } from "../wires/resp.ts";
import { NODES, type System, type Target } from "./system.ts";

const PROGRAM = "redis-server";

export const redisPubsub: System = redis("redis-pubsub", "Redis pub/sub", "redis-pubsub", []);
export const redisStream: System = redis("redis-stream", "Redis stream, WAIT 4", "redis-stream", []);
export const redisStreamFsync: System = redis(
  "redis-stream-fsync",
  "Redis stream, WAIT 4, fsync always",
  "redis-stream",
  ["--appendonly", "yes", "--appendfsync", "always"],
);

function redis(
  key: string,
  name: string,
  wire: "redis-pubsub" | "redis-stream",
  flags: readonly string[],
): System {
  return {
    key,
    name,
    missing: () =>
      Promise.resolve(installed(PROGRAM) === undefined ? `${PROGRAM} is not installed` : undefined),
    start: async (folder) => {
      const { clients: ports } = await takePorts();
      const bin = installed(PROGRAM) ?? PROGRAM;
      const start = (node: number) => new Server({ bin, args: flagsOf(folder, ports, node) }, ...flags);
      return await startCluster(wire, ports, start, hasReplicas);
    },
  };
}

function flagsOf(folder: string, ports: readonly number[], node: number): string[] {
  const dir = join(folder, `redis-${node}`);
  mkdirSync(dir);
  return [
    ...["--bind", "127.0.0.1", "--port", String(ports[node]), "--dir", dir, "--save", ""],
    // A watcher that is slow for a moment is not to be cut off.
    ...["--client-output-buffer-limit", "pubsub 0 0 0 replica 0 0 0"],
    ...["--repl-diskless-sync-delay", "0"],
    ...node === 0 ? [] : ["--replicaof", `127.0.0.1 ${ports[0]}`],
  ];
}

/** Whether every replica has the state of the primary and hears what is new. */
async function hasReplicas({ ports }: Target): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const resp = await connectResp(ports[0] ?? 0, ([reply]) => resolve(String(reply)));
  resp.write(command("INFO", "replication"));
  const info = await promise.finally(() => resp.close());
  return [...info.matchAll(/^slave\d+:.*state=online/gm)].length === NODES - 1;
}
