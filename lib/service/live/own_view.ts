/** How this node is, as it tells its peers and whoever looks on. */
import type { LinkStatus } from "../../../transports/tcp/tcp.ts";
import type { NodeStatus } from "../../core/node.ts";
import { processUsage } from "../usage.ts";
import type { View } from "./snapshot.ts";

/** Of messages between nodes, by type. */
type Counts = Readonly<Record<string, number>>;

export interface ViewFacts extends Pick<View, "version" | "storage" | "watchers"> {
  readonly uptimeMs: number;
  readonly node: NodeStatus;
  readonly links: readonly LinkStatus[];
  /** Sent, and received. */
  readonly counts: readonly Counts[];
}

export function ownView({ version, uptimeMs, storage, node, watchers, links, counts }: ViewFacts): View {
  const { values, entries, gone, digest } = node;
  return {
    ...{ version, storage, values, entries, gone, digest, watchers },
    uptime_ms: Math.round(uptimeMs),
    memory_bytes: processUsage().memory_bytes,
    messages: counts.reduce((sum, each) => sum + ofProtocol(each), 0),
    down: links.filter((link) => !isUp(link)).map(({ peer }) => peer),
    bytes: links.reduce((sum, { bytesSent, bytesReceived }) => sum + bytesSent + bytesReceived, 0),
  };
}

/** Whether a link stands both ways. */
export function isUp({ connected, hears }: LinkStatus): boolean {
  return connected && hears;
}

/** Without those that only whoever looks on has caused. */
function ofProtocol(counts: Counts): number {
  let sum = 0;
  for (const [type, count] of Object.entries(counts)) if (!type.startsWith("view")) sum += count;
  return sum;
}
