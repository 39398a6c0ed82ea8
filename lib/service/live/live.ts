/** Tells those who look on how the cluster stands, once a second and whenever something happens; idle while nobody does [Y1]. */
import type { Body, Envelope } from "../../core/message.ts";
import type { Run } from "../../core/log/runs.ts";
import type { NodeStatus, TopologyStatus } from "../../core/node.ts";
import type { LinkStatus } from "../../../transports/tcp/tcp.ts";
import { LIVE_EVERY_MS, LIVE_READERS_MAX, LIVE_TICK_MS } from "./limits.ts";
import { eventfulOf, membersOf } from "./members.ts";
import { isUp } from "./own_view.ts";
import { NewestValues } from "./newest.ts";
import type { Snapshot, View } from "./snapshot.ts";
import { Views } from "./views.ts";

export interface LiveOptions {
  readonly id: string;
  readonly cluster: string;
  readonly clock: () => number;
  /** Why it is no member yet. */
  readonly waits: () => string | undefined;
  /** How this node is. */
  readonly view: () => View;
  readonly status: () => Pick<NodeStatus, "peers">;
  readonly topology: () => TopologyStatus | undefined;
  readonly links: () => readonly LinkStatus[];
  /** Delivers to a peer. */
  readonly send: (envelope: Envelope) => void;
}

/** Somebody who looks on. */
export interface Onlooker {
  /** The other members are shown. */
  readonly seesAll: boolean;
  readonly mayWatch: (topic: string) => boolean;
  /** Takes a Snapshot as JSON. */
  take(text: string): void;
}

export class Live {
  readonly #options: LiveOptions;
  readonly #views: Views;
  readonly #newest = new NewestValues();
  readonly #onlookers = new Set<Onlooker>();
  #ticker: ReturnType<typeof setInterval> | undefined;
  #toldAt = -Infinity;
  #told = "";

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#views = new Views({ me: options.id, send: options.send, own: options.view });
  }

  get isFull(): boolean {
    return this.#onlookers.size >= LIVE_READERS_MAX;
  }

  /** By type of message, what peers say of this to each other. */
  get peerHandlers(): [string, (message: Envelope, body: Body) => void][] {
    return this.#views.handlers(this.#options.clock);
  }

  /** These entries came in one turn. */
  note(runs: readonly Run[], now: number): void {
    this.#newest.note(runs, now);
  }

  /** Tells them at once, and from now on. Returns what ends it. */
  open(onlooker: Onlooker): () => void {
    this.#onlookers.add(onlooker);
    this.#ticker ??= setInterval(() => this.tick(), LIVE_TICK_MS);
    this.#tell(this.#options.clock(), this.#members(), [onlooker]);
    this.tick();
    return () => {
      this.#onlookers.delete(onlooker);
      if (this.#onlookers.size === 0) this.stop();
    };
  }

  /** Looks how things stand, and says so if it is time or something has happened. */
  tick(): void {
    if (this.#onlookers.size === 0) return;
    const now = this.#options.clock();
    const up = this.#options.links().filter(isUp);
    this.#views.ask(up.map(({ peer }) => peer), now);
    const members = this.#members();
    const told = eventfulOf(members);
    if (told === this.#told && now - this.#toldAt < LIVE_EVERY_MS) return;
    [this.#told, this.#toldAt] = [told, now];
    this.#tell(now, members, this.#onlookers);
  }

  stop(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#views.forget();
  }

  #members(): Snapshot["members"] {
    const { id: me, clock, topology, status, links } = this.#options;
    const now = clock();
    return membersOf({
      me,
      topology: topology(),
      peers: status().peers,
      links: links(),
      said: (peer) => this.#views.of(peer, now),
    });
  }

  #tell(now: number, members: Snapshot["members"], onlookers: Iterable<Onlooker>): void {
    const { id, cluster, waits, view } = this.#options;
    const why = waits();
    const head = { id, cluster, ...why !== undefined && { waits: why }, view: view() };
    const own = members.filter((member) => member.id === id).map((member) => ({ ...member, suspects: [] }));
    // Most see the same.
    const all = JSON.stringify(members);
    const alone = JSON.stringify(own);
    for (const { seesAll, mayWatch, take } of onlookers) {
      const newest: Snapshot["newest"] = this.#newest.shown(now, mayWatch);
      const begun = JSON.stringify({ ...head, whole: seesAll }).slice(0, -1);
      take(`${begun},"members":${seesAll ? all : alone},"newest":${JSON.stringify(newest)}}`);
    }
  }
}
