/** Five servers started together: all of them end when one does not start, and when the bench is told to end. */
import { setTimeout as pause } from "node:timers/promises";
import { freePorts } from "../../../shared/free_ports.ts";
import { beforeEnding } from "../../../../lib/workbench/ending_signals.ts";
import type { Server } from "../processes.ts";
import { type Cluster, NODES, type Target, type WireName } from "./system.ts";

/** A cluster is ready within this time, or not at all, ms. */
const READY_MS_MAX = 20_000;
const LOOK_EVERY_MS = 20;

/** Ports for clients, and as many more for what servers have among themselves. */
export interface Ports {
  readonly clients: readonly number[];
  readonly servers: readonly number[];
}

export async function takePorts(): Promise<Ports> {
  const ports = await freePorts(2 * NODES);
  return { clients: ports.slice(0, NODES), servers: ports.slice(NODES) };
}

/** `isReady` is asked again and again; where it throws, it is not so yet. */
export async function startCluster(
  wire: WireName,
  ports: readonly number[],
  start: (node: number) => Server,
  isReady: (target: Target) => Promise<boolean>,
): Promise<Cluster> {
  const target: Target = { wire, ports, payload: "numbers" };
  const servers = ports.map((_, node) => start(node));
  const end = async () => void await Promise.all(servers.map((server) => server.stop()));
  const release = beforeEnding(end);
  const stop = async () => {
    release();
    await end();
  };
  try {
    await untilReady(servers, () => isReady(target));
  } catch (error) {
    await stop();
    throw error;
  }
  return { target, pids: servers.map(({ pid }) => pid), stop };
}

async function untilReady(servers: readonly Server[], isReady: () => Promise<boolean>): Promise<void> {
  const failsAt = performance.now() + READY_MS_MAX;
  let why: unknown;
  while (performance.now() < failsAt) {
    const ended = servers.find(({ hasEnded }) => hasEnded);
    if (ended !== undefined) throw new Error(`a server has ended: ${ended.said}`);
    try {
      if (await isReady()) return;
    } catch (error) {
      why = error;
    }
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(
    `the servers were not ready within ${READY_MS_MAX} ms${why === undefined ? "" : `: ${why}`}`,
  );
}
