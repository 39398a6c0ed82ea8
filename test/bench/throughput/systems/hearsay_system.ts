/** Five `hearsay serve` nodes, in memory or durable. */
import { join } from "node:path";
import { dial } from "../../../../lib/client/connection.ts";
import { statusOf } from "../../../../lib/client/answers.ts";
import type { Program } from "../../../../lib/workbench/world/process.ts";
import { startCluster, takePorts } from "./cluster.ts";
import { issueFor, issueForClient, tlsFlagsOf } from "../../../shared/certificates.ts";
import { Tls } from "../../../../transports/tcp/tls/tls.ts";
import { Server } from "../processes.ts";
import { type Cluster, NODES, type System } from "./system.ts";

const ANSWER_MS_MAX = 2_000;

/** `label` tells programs apart where several are compared. */
export function hearsay(program: Program, label: string, durable: boolean): System {
  return {
    key: `hearsay${durable ? "-durable" : ""}${label}`,
    name: `hearsay ${durable ? "durable" : "in memory"}${label}`,
    missing: () => Promise.resolve(undefined),
    start: (folder) => startNodes(program, { ...durable && { folder } }),
  };
}

/** In memory, with mutual TLS between nodes and towards clients. */
export function hearsayOverTls(program: Program, label: string): System {
  return {
    ...hearsay(program, label, false),
    key: `hearsay-tls${label}`,
    name: `hearsay over TLS${label}`,
    start: (certificates) => startNodes(program, { certificates }),
  };
}

interface Folders {
  /** Where values are kept; absent: in memory. */
  readonly folder?: string;
  /** Of an authority and what it issues; absent: without TLS. */
  readonly certificates?: string;
}

async function startNodes(program: Program, { folder, certificates: dir }: Folders): Promise<Cluster> {
  const { clients: ports } = await takePorts();
  const tls = dir === undefined ? undefined : issueForClient(dir, "bench", ["publish:*", "watch:*", "admin"]);
  const shown = (node: number) => dir === undefined ? [] : tlsFlagsOf(issueFor(dir, `n${node + 1}`));
  const start = (node: number) => new Server(program, ...flags(ports, node, folder), ...shown(node));
  const client = tls && new Tls(tls);
  const isReady = async () => (await Promise.all(ports.map((port) => isLinked(port, client)))).every(Boolean);
  const { target, ...cluster } = await startCluster("hearsay", ports, start, isReady);
  return { ...cluster, target: { ...target, ...tls !== undefined && { tls } } };
}

function flags(ports: readonly number[], node: number, folder: string | undefined): string[] {
  const peers = ports.map((port, i) => `n${i + 1}=127.0.0.1:${port}`).join(",");
  const id = `n${node + 1}`;
  return [
    ...["serve", "--id", id, "--listen", `127.0.0.1:${ports[node]}`, "--peer", peers],
    ...["--log-level", "error"],
    ...folder === undefined ? [] : ["--data", join(folder, id)],
  ];
}

/** Whether the node says that it is connected with every other. */
async function isLinked(port: number, tls?: Tls): Promise<boolean> {
  const opened = await dial({ host: "127.0.0.1", port }, ANSWER_MS_MAX, { ...tls && { tls } });
  if (!opened.ok) return false;
  const { connection } = opened;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  connection.listen({ onBody() {}, onBroken: () => resolve(false) });
  connection.ask({ type: "status" }, (answer) => {
    const peers = statusOf(answer)?.peers ?? [];
    resolve(peers.length === NODES - 1 && peers.every(({ connected }) => connected));
  });
  return await promise.finally(() => connection.close());
}
