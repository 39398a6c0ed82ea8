/** A simulated node that tells all others what it has, now and then: what it has, and what it answers, is up to a test. */
import type { Body, Envelope, Json } from "../../../lib/core/message.ts";
import type { SimHosts } from "../../../lib/workbench/world/sim.ts";
import type { Host, HostEvents, Scheduler } from "../../../lib/workbench/world/world.ts";

/** How often everything is told, ms. */
const GOSSIP_MS = 100;

/** One life of a node. */
export interface Life {
  /** What a client gets, without what every answer has. */
  answer(body: Body): Record<string, Json>;
  /** What the others are told now and then; undefined: nothing. */
  readonly state?: () => Json | undefined;
  /** Another node told it this. */
  readonly merge?: (state: Json) => void;
  /** It goes on after a pause. */
  readonly resumed?: () => void;
}

export interface Born {
  readonly id: string;
  /** How often the node was started before. */
  readonly restarts: number;
  readonly now: () => number;
  /** Tells every other node once. */
  readonly tellAll: (state: Json) => void;
}

export function gossiping(begin: (born: Born) => Life): SimHosts {
  return (_seed, scheduler) => (id, events) => new GossipHost(id, events, scheduler, begin);
}

class GossipHost implements Host {
  readonly #id: string;
  readonly #events: HostEvents;
  readonly #scheduler: Scheduler;
  readonly #begin: (born: Born) => Life;
  #life: Life | undefined;
  #others: string[] = [];
  #restarts = 0;
  #paused = false;
  #cancel: () => void = () => {};

  constructor(id: string, events: HostEvents, scheduler: Scheduler, begin: (born: Born) => Life) {
    this.#id = id;
    this.#events = events;
    this.#scheduler = scheduler;
    this.#begin = begin;
  }

  start(): void {
    this.#paused = false;
    this.#life = this.#begin({
      id: this.#id,
      restarts: this.#restarts++,
      now: () => this.#scheduler.now(),
      tellAll: (state) => this.#tellAll(state),
    });
    this.#gossip();
  }

  receive({ src, body }: Envelope): void {
    if (this.#life === undefined) return;
    if (body.type === "gossip") return this.#life.merge?.(jsonOf(body));
    if (body.type === "init") {
      const ids = body["node_ids"];
      if (Array.isArray(ids)) this.#others = ids.map(String).filter((other) => other !== this.#id);
    }
    const answer = body.type === "init" ? {} : this.#life.answer(body);
    this.#send(src, { type: `${body.type}_ok`, ...answer, in_reply_to: body.msg_id ?? 0 });
  }

  kill(): void {
    this.#life = undefined;
    this.#cancel();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#life?.resumed?.();
  }

  stop(): void {
    this.kill();
  }

  #gossip(): void {
    this.#cancel = this.#scheduler.at(this.#scheduler.now() + GOSSIP_MS, () => this.#gossip());
    const state = this.#paused ? undefined : this.#life?.state?.();
    if (state !== undefined) this.#tellAll(state);
  }

  #tellAll(state: Json): void {
    for (const other of this.#others) this.#send(other, { type: "gossip", state });
  }

  #send(dest: string, body: Body): void {
    this.#events.sent({ src: this.#id, dest, body });
  }
}

/** A copy, as over a wire. */
function jsonOf(body: Body): Json {
  const parsed: Json = JSON.parse(JSON.stringify(body["state"] ?? null));
  return parsed;
}

export function numberIn(body: Body, field: string): number {
  return Number(body[field]);
}
