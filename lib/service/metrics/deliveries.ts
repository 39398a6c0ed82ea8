/** How long entries take from this node to its neighbours in the tree: of a sample, by when they were sent and acknowledged. */
import type { Body } from "../../core/message.ts";
import type { Neighbours } from "../../core/node.ts";
import { type Run, Runs } from "../../core/log/runs.ts";
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
  /** The neighbours that have not said that they have it, and when each was sent it last, where that is known. */
  readonly waits: Map<string, number | undefined>;
  /** When the last of the others got it. */
  hadAt: number;
}

/** The side from which an entry came. */
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
    const lacking = neighbours.filter(({ holds }) => !holds(origin, seq));
    const waits = new Map(lacking.map(({ id }) => [id, undefined]));
    // Where nobody lacks it, it is not delivered by this node.
    if (waits.size > 0) this.#followed.push({ origin, seq, source, at: now, waits, hadAt: now });
  }

  /** This is on its way to a peer. */
  sent(peer: string, { runs: told }: Body): void {
    if (!(told instanceof Runs) || !this.#isAwaited(peer)) return;
    const now = this.#options.clock();
    for (const { origin, seq, waits } of this.#followed) {
      if (waits.has(peer) && told.runs.some((run) => covers(run, origin, seq))) waits.set(peer, now);
    }
  }

  /** The node has taken in what a peer says. */
  heard(peer: string, { ack }: Body): void {
    if (!this.#isAwaited(peer)) return;
    const told = this.#options.neighbours().find(({ id }) => id === peer);
    if (told === undefined) return;
    // The message that the peer acknowledges had lain there for so long when the peer said so.
    const layMs = Array.isArray(ack) && typeof ack[2] === "number" ? ack[2] : 0;
    const wayMs = (told.rttMs ?? 0) / 2;
    const latestAt = this.#options.clock() - layMs - wayMs;
    for (const entry of this.#followed) {
      if (!entry.waits.has(peer) || !told.holds(entry.origin, entry.seq)) continue;
      const sentAt = entry.waits.get(peer) ?? Infinity;
      entry.waits.delete(peer);
      // Under load it is a later message that is acknowledged.
      entry.hadAt = Math.max(entry.hadAt, Math.min(latestAt, sentAt + wayMs));
      if (entry.waits.size === 0) this.durations[entry.source].observe((entry.hadAt - entry.at) / 1000);
    }
    this.#followed = this.#followed.filter(({ waits }) => waits.size > 0);
  }

  /** Nothing is known of those that are no neighbours any more. */
  #giveUp(neighbours: ReadonlySet<string>): void {
    this.#followed = this.#followed.filter(({ waits }) => [...waits.keys()].every((id) => neighbours.has(id)))
      .slice(1 - FOLLOWED_MAX);
  }

  #isAwaited(peer: string): boolean {
    return this.#followed.some(({ waits }) => waits.has(peer));
  }
}

function covers(run: Run, origin: string, seq: number): boolean {
  return run.origin === origin && run.seq <= seq && seq < run.seq + run.texts.length;
}
