/** Adds up the counters that nodes keep themselves, over their lives: messages go to the traffic, bytes stay here. */
import type { NodeStatus } from "./node_status.ts";
import type { Traffic } from "../traffic.ts";

export interface Wire {
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Nodes of which something was not counted, so that all counts between nodes are lower bounds. */
  readonly undercounted: readonly string[];
}

export class CounterTotals {
  readonly #traffic: Traffic;
  readonly #last = new Map<string, NodeStatus>();
  readonly #undercounted = new Set<string>();
  #bytesSent = 0;
  #bytesReceived = 0;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  /** A node's first status is where counting begins; each later one adds what came since. */
  see(status: NodeStatus): void {
    const last = this.#last.get(status.id);
    this.#last.set(status.id, status);
    if (last === undefined) return;
    const restarted = status.incarnation !== last.incarnation || status.uptimeMs < last.uptimeMs;
    // What the life that ended counted after its last status is unknown.
    if (restarted) this.miss(status.id);
    this.#add(status, restarted ? undefined : last);
  }

  /** Something that a node counted did not come to be known. */
  miss(node: string): void {
    this.#undercounted.add(node);
  }

  get wire(): Wire {
    const undercounted = [...this.#undercounted].sort();
    return { bytesSent: this.#bytesSent, bytesReceived: this.#bytesReceived, undercounted };
  }

  #add(status: NodeStatus, last: NodeStatus | undefined): void {
    for (const type of new Set([...status.sent.keys(), ...status.received.keys()])) {
      const sent = (status.sent.get(type) ?? 0) - (last?.sent.get(type) ?? 0);
      const received = (status.received.get(type) ?? 0) - (last?.received.get(type) ?? 0);
      if (sent > 0 || received > 0) this.#traffic.counted(type, sent, received);
    }
    this.#bytesSent += status.bytesSent - (last?.bytesSent ?? 0);
    this.#bytesReceived += status.bytesReceived - (last?.bytesReceived ?? 0);
  }
}
