/** How long entries take from this node to its neighbours in the tree: of a sample of them, by what acknowledgements say. */
import type { Body } from "../../core/message.ts";
import type { Neighbours } from "../../core/node.ts";
import { Distribution } from "./distribution.ts";

/** No sooner after an entry that is followed is another one, ms. */
export const FOLLOWED_EVERY_MS = 50;
/** So many entries are followed at once; beyond that the oldest is given up. */
export const FOLLOWED_MAX = 256;

const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface DeliveriesOptions {
  readonly neighbours: () => Neighbours;
  /** Ms, on the clock of the node. */
  readonly clock: () => number;
}

/** An entry that is followed on its way. */
interface Followed {
  readonly origin: string;
  readonly seq: number;
  readonly source: Source;
  readonly at: number;
  /** The neighbours that have not said that they have it. */
  readonly waits: Set<string>;
  /** When the last of the others got it. */
  hadAt: number;
}

/** Who brought an entry. */
export type Source = "client" | "peer";

export class Deliveries {
  readonly durations = { client: new Distribution(BOUNDS), peer: new Distribution(BOUNDS) } as const;
  readonly #options: DeliveriesOptions;
  #followed: Followed[] = [];
  #lastAt = -Infinity;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** An entry is new to this node. `now`: ms, on the clock of the node. */
  note({ origin, seq }: Pick<Followed, "origin" | "seq">, source: Source, now: number): void {
    if (now - this.#lastAt < FOLLOWED_EVERY_MS) return;
    this.#lastAt = now;
    const neighbours = this.#options.neighbours();
    this.#giveUp(new Set(neighbours.map(({ id }) => id)));
    const waits = new Set(neighbours.filter(({ holds }) => !holds(origin, seq)).map(({ id }) => id));
    // Where nobody lacks it, it is not delivered by this node.
    if (waits.size > 0) this.#followed.push({ origin, seq, source, at: now, waits, hadAt: now });
  }

  /** The node has taken in what a peer says. */
  heard(peer: string, { ack }: Body): void {
    if (!this.#followed.some(({ waits }) => waits.has(peer))) return;
    const told = this.#options.neighbours().find(({ id }) => id === peer);
    if (told === undefined) return;
    // The message that the peer acknowledges had lain there for so long when the peer said so.
    const layMs = Array.isArray(ack) && typeof ack[2] === "number" ? ack[2] : 0;
    const hadAt = this.#options.clock() - layMs - (told.rttMs ?? 0) / 2;
    for (const entry of this.#followed) {
      if (!entry.waits.has(peer) || !told.holds(entry.origin, entry.seq)) continue;
      entry.waits.delete(peer);
      entry.hadAt = Math.max(entry.hadAt, hadAt);
      if (entry.waits.size === 0) this.durations[entry.source].observe((entry.hadAt - entry.at) / 1000);
    }
    this.#followed = this.#followed.filter(({ waits }) => waits.size > 0);
  }

  /** Nothing is known of those that are no neighbours any more. */
  #giveUp(neighbours: ReadonlySet<string>): void {
    this.#followed = this.#followed.filter(({ waits }) => waits.isSubsetOf(neighbours)).slice(
      1 - FOLLOWED_MAX,
    );
  }
}
