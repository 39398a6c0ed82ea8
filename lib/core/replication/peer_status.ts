/** What is believed of one peer, for people [N12]. */
import type { PeerStatus } from "../events.ts";
import type { Log } from "../log/log.ts";
import type { Progress } from "./progress.ts";

/** `met`: undefined before the first contact. */
export function peerStatus(id: string, met: Progress | undefined, neighbour: boolean, log: Log): PeerStatus {
  return {
    id,
    neighbour,
    lag: met?.holdings.lag(log) ?? log.revision,
    ahead: met?.holdings.ahead(log) ?? 0,
    rttMs: met?.rtt?.mean,
    suspectedAt: met?.suspectedAt,
    holds: (origin, seq) => met?.holdings.has(origin, seq) ?? false,
  };
}
