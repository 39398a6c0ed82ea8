/** Whether a node is ready to serve: it is a member, and has caught up with every peer that it reaches [U6]. */
import { READY_AHEAD_MAX } from "./limits.ts";
import type { PeerStatus } from "../../core/node.ts";
import { UNREACHED_MS } from "../../../transports/tcp/limits.ts";

export interface ReadinessOptions {
  /** For how long the node has been up, ms. */
  readonly uptimeMs: () => number;
  /** Why it is no member yet. */
  readonly waits: () => string | undefined;
  readonly peers: () => readonly Pick<PeerStatus, "id" | "neighbour" | "ahead">[];
  /** Whether the link to a peer is up. */
  readonly reaches: (peer: string) => boolean;
}

export class Readiness {
  readonly #options: ReadinessOptions;
  /** It has caught up with everybody once: from then on others may be ahead for a moment. */
  #hasCaughtUp = false;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  /** Undefined where it is ready, else why not, for people. A cut alone never makes it unready. */
  why(): string | undefined {
    const { uptimeMs, waits, peers, reaches } = this.#options;
    const waiting = waits();
    if (waiting !== undefined) return `this node waits for a seed: ${waiting}`;
    const all = peers();
    const reached = all.filter(({ id }) => reaches(id));
    // Right after its start it has not had the time to reach anybody.
    if (!this.#hasCaughtUp && reached.length < all.length && uptimeMs() < UNREACHED_MS) {
      return "this node has just started, and looks for its peers";
    }
    const aheadMax = this.#hasCaughtUp ? READY_AHEAD_MAX : 0;
    const behind = reached.find(({ neighbour, ahead }) => neighbour && ahead > aheadMax);
    if (behind !== undefined) return `this node lacks ${behind.ahead} entries that ${behind.id} holds`;
    this.#hasCaughtUp = true;
    return undefined;
  }
}
