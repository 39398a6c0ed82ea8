/** Counts messages as Maelstrom does: everything, with a client involved, between nodes; and between nodes by type. */
import { isClient } from "../../../transports/client_id.ts";
import type { Envelope } from "../../core/message.ts";
import type { Loads } from "./loads.ts";

export interface Flow {
  "send-count": number;
  "recv-count": number;
}

export type Drop = "partition" | "loss" | "down" | "overflow";

/** Clients whose id starts so only observe; the messages to and from them are counted apart. */
export const OBSERVER_PREFIX = "c-observer-";

/** Whether it is from or to a client that only observes. */
export function isObserving({ src, dest }: Pick<Envelope, "src" | "dest">): boolean {
  return src.startsWith(OBSERVER_PREFIX) || dest.startsWith(OBSERVER_PREFIX);
}

export class Traffic {
  readonly clients: Flow = flow();
  readonly servers: Flow = flow();
  readonly observer: Flow = flow();
  /** By node, where that is asked for. */
  readonly loads: Loads | undefined;
  readonly #byType = new Map<string, Flow>();
  readonly #drops: Record<Drop, number> = { partition: 0, loss: 0, down: 0, overflow: 0 };
  #duplicates = 0;

  constructor(loads?: Loads) {
    this.loads = loads;
  }

  /** Returns how many bytes a message between nodes takes, where loads are counted, and 0 otherwise. */
  sent(envelope: Envelope): number {
    this.#flowOf(envelope)["send-count"]++;
    if (!betweenNodes(envelope)) return 0;
    this.#typeFlow(envelope.body.type)["send-count"]++;
    return this.loads?.sent(envelope) ?? 0;
  }

  /** `bytes` as told when it was sent. */
  received(envelope: Envelope, bytes = 0): void {
    this.#flowOf(envelope)["recv-count"]++;
    if (!betweenNodes(envelope)) return;
    this.#typeFlow(envelope.body.type)["recv-count"]++;
    this.loads?.received(envelope.dest, bytes);
  }

  /** Messages between nodes that count themselves. */
  counted(type: string, sent: number, received: number): void {
    for (const flow of [this.servers, this.#typeFlow(type)]) {
      flow["send-count"] += sent;
      flow["recv-count"] += received;
    }
  }

  dropped(why: Drop): void {
    this.#drops[why]++;
  }

  duplicated(): void {
    this.#duplicates++;
  }

  /** Messages that did not arrive, by reason, and copies that no node sent. */
  get mishaps(): Readonly<Record<Drop | "duplicated", number>> {
    return { ...this.#drops, duplicated: this.#duplicates };
  }

  /** Between nodes, sorted by type. */
  get byType(): readonly (readonly [string, Flow])[] {
    return [...this.#byType].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  }

  #flowOf(envelope: Envelope): Flow {
    if (isObserving(envelope)) return this.observer;
    return betweenNodes(envelope) ? this.servers : this.clients;
  }

  #typeFlow(type: string): Flow {
    const known = this.#byType.get(type);
    if (known !== undefined) return known;
    const fresh = flow();
    this.#byType.set(type, fresh);
    return fresh;
  }
}

function betweenNodes({ src, dest }: Pick<Envelope, "src" | "dest">): boolean {
  return !isClient(src) && !isClient(dest);
}

function flow(): Flow {
  return { "send-count": 0, "recv-count": 0 };
}
