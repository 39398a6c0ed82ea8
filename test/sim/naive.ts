/** The simplest node that passes: tells everyone everything again until each has said that it has it. */
import type { Body, Envelope, Json } from "../../lib/core/message.ts";
import type { SimHosts } from "../../lib/workbench/world/sim.ts";
import type { Host, HostEvents, Scheduler } from "../../lib/workbench/world/world.ts";

/** How often a value is told again to those that have not confirmed it, ms. */
const RETRY_MS = 300;

export const naiveHosts: SimHosts = (_seed, scheduler) => (id, events) =>
  new NaiveHost(id, events, scheduler);

class NaiveHost implements Host {
  readonly #id: string;
  readonly #events: HostEvents;
  readonly #scheduler: Scheduler;
  #up = false;
  #paused = false;
  #others: string[] = [];
  #values = new Set<number>();
  /** Per other node what it has not confirmed. */
  #owed = new Map<string, Set<number>>();
  #cancelRetry: () => void = () => {};

  constructor(id: string, events: HostEvents, scheduler: Scheduler) {
    this.#id = id;
    this.#events = events;
    this.#scheduler = scheduler;
  }

  start(): void {
    this.#up = true;
    this.#retry();
  }

  receive({ src, body }: Envelope): void {
    if (!this.#up) return;
    if (body.type === "tell") return this.#onTell(src, body["value"]);
    if (body.type === "confirm") return this.#onConfirm(src, body["value"]);
    this.#send(src, { ...this.#answer(body), in_reply_to: body.msg_id ?? 0 });
  }

  kill(): void {
    this.#up = false;
    this.#values = new Set();
    this.#owed = new Map();
    this.#cancelRetry();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  stop(): void {
    this.kill();
  }

  #answer(body: Body): Body {
    if (body.type === "init") {
      const ids = body["node_ids"];
      if (Array.isArray(ids)) this.#others = ids.map(String).filter((other) => other !== this.#id);
    }
    if (body.type === "read") return { type: "read_ok", messages: [...this.#values] satisfies Json[] };
    if (body.type === "broadcast") this.#learn(body["message"]);
    return { type: `${body.type}_ok` };
  }

  #learn(value: unknown): void {
    if (typeof value !== "number" || this.#values.has(value)) return;
    this.#values.add(value);
    this.#events.delivered([value]);
    for (const other of this.#others) {
      const owed = this.#owed.get(other) ?? new Set();
      this.#owed.set(other, owed.add(value));
      this.#send(other, { type: "tell", value });
    }
  }

  #onTell(src: string, value: unknown): void {
    this.#learn(value);
    this.#send(src, { type: "confirm", value });
  }

  #onConfirm(src: string, value: unknown): void {
    if (typeof value === "number") this.#owed.get(src)?.delete(value);
  }

  #retry(): void {
    this.#cancelRetry = this.#scheduler.at(this.#scheduler.now() + RETRY_MS, () => this.#retry());
    if (this.#paused) return;
    for (const [other, owed] of this.#owed) {
      for (const value of owed) this.#send(other, { type: "tell", value });
    }
  }

  #send(dest: string, body: Body): void {
    this.#events.sent({ src: this.#id, dest, body });
  }
}
