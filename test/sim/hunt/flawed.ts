/** A node that tells its neighbours everything until they confirm it, and catches up when it starts; and flaws it can be given. */
import type { Effect, Event } from "../../../lib/core/events.ts";
import type { Body, Envelope, Json } from "../../../lib/core/message.ts";
import { type SimHosts, simHosts } from "../../../lib/workbench/world/sim.ts";
import { runOf } from "../../../lib/core/log/runs.ts";

/** What is wrong with it. The faults of a hunt without which the flaw cannot show stand beside it. */
export const flaws = {
  "forgets-after-a-pause": ["pause"],
  "drops-every-100th": [],
  "acknowledges-before-storing": [],
  "passes-on-after-acknowledging": ["kill"],
  "breaks-at-the-second-cut": ["partition"],
  "mangles-values-over-1000": [],
  "loses-what-comes-while-reading": [],
  "reads-a-stale-copy": [],
  "never-retries": ["partition"],
  "retries-once": ["partition"],
  "tells-the-first-neighbour-after-a-cut": ["partition"],
  "doubles-what-comes-twice": ["duplicate"],
  "forgets-who-restarted": ["kill"],
  "invents-a-value": ["partition"],
  "takes-one-confirmation-for-all": ["partition"],
} as const;

export type Flaw = keyof typeof flaws;

/** How long a confirmation may take before a value is told again, ms, unless the node is told otherwise. */
const RETRY_MS = 200;
/** A neighbour that confirms nothing for so long is taken for cut off, ms. */
const CUT_OFF_MS = 150;
/** How late a wake is after a pause, ms. */
const PAUSED_MS = 100;
/** How long what is done later takes, ms. */
const LATER_MS = 40;

interface Owed {
  readonly value: Json;
  readonly since: number;
  tries: number;
  dueAt: number;
}

export class FloodNode {
  readonly #flaw: Flaw | undefined;
  /** Tells lives of one node apart. */
  readonly #life: number;
  readonly #retryMs: number;
  #me = "";
  #neighbours: string[] = [];
  #values: Json[] = [];
  /** What each neighbour has not confirmed. */
  readonly #owed = new Map<string, Owed[]>();
  /** Neighbours that have not yet said what they hold, and when they are asked again. */
  readonly #asked = new Map<string, number>();
  readonly #later: { readonly at: number; readonly run: (now: number) => void }[] = [];
  #effects: Effect[] = [];
  #lastSeenAt = 0;

  // What flaws go by.
  readonly #cutOff = new Set<string>();
  readonly #heals = new Map<string, number>();
  readonly #lives = new Map<string, Json>();
  #hasSeenCut = false;
  #copy: Json[] = [];
  #copiedAt = -Infinity;
  #storing: Json | undefined;

  constructor(flaw: Flaw | undefined, life: number, retryMs = RETRY_MS) {
    this.#flaw = flaw;
    this.#life = life;
    this.#retryMs = retryMs;
  }

  step(event: Event, now: number): Effect[] {
    this.#effects = [];
    if (this.#flaw === "forgets-after-a-pause" && this.deadline < now - PAUSED_MS && this.#me !== "") {
      this.#values = [];
    }
    if (event.kind === "receive") this.#receive(event.envelope, now);
    else if (event.kind === "wake") this.#wake(now);
    this.#lastSeenAt = now;
    return this.#effects;
  }

  get deadline(): number {
    const owed = [...this.#owed.values()].flatMap((all) => all.map(({ dueAt }) => dueAt));
    const heartbeat = this.#flaw === "forgets-after-a-pause" && this.#me !== ""
      ? [this.#lastSeenAt + 20]
      : [];
    return Math.min(
      Infinity,
      ...owed,
      ...this.#asked.values(),
      ...this.#later.map(({ at }) => at),
      ...heartbeat,
    );
  }

  #receive({ src, body }: Envelope, now: number): void {
    if (this.#cutOff.delete(src)) this.#heals.set(src, (this.#heals.get(src) ?? 0) + 1);
    switch (body.type) {
      case "init":
        this.#me = String(body["node_id"]);
        return this.#reply(src, body, {});
      case "topology":
        return this.#onTopology(src, body, now);
      case "broadcast":
        return this.#onBroadcast(src, body, now);
      case "read":
        return this.#onRead(src, body, now);
      case "tell":
        return this.#onTell(src, body, now);
      case "confirm":
        return this.#onConfirm(src, body["value"]);
      case "ask":
        return this.#onAsk(src, body);
      case "hold":
        this.#asked.delete(src);
        for (const value of listed(body["values"])) {
          this.#learn(value, now, src, this.#flaw === "passes-on-after-acknowledging");
        }
    }
  }

  #onTopology(src: string, body: Body, now: number): void {
    const topology = body["topology"];
    const mine: unknown = topology instanceof Object ? Reflect.get(topology, this.#me) : [];
    this.#neighbours = Array.isArray(mine) ? mine.map(String) : [];
    for (const neighbour of this.#neighbours) {
      this.#ask(neighbour, now);
      // Those that started earlier may have told it values before it knew its neighbours.
      for (const value of this.#values) this.#owe(neighbour, value, now);
    }
    this.#reply(src, body, {});
  }

  #onBroadcast(src: string, body: Body, now: number): void {
    const value = jsonOf(body["message"]);
    if (this.#flaw === "acknowledges-before-storing") {
      this.#storing = value;
      this.#do(now + LATER_MS, (now) => {
        if (this.#storing !== undefined) this.#learn(this.#storing, now, src);
        this.#storing = undefined;
      });
    } else this.#learn(value, now, src);
    this.#reply(src, body, {});
  }

  #onRead(src: string, body: Body, now: number): void {
    if (this.#flaw === "loses-what-comes-while-reading") {
      const copy = [...this.#values];
      return this.#do(now + 10, () => {
        this.#values = copy;
        this.#reply(src, body, { messages: copy });
      });
    }
    this.#reply(src, body, { messages: this.#flaw === "reads-a-stale-copy" ? this.#copy : this.#values });
  }

  #onTell(src: string, body: Body, now: number): void {
    this.#send(src, { type: "confirm", value: body["value"] });
    const value = jsonOf(body["value"]);
    if (this.#flaw === "drops-every-100th" && typeof value === "number" && value > 0 && value % 100 === 0) {
      return;
    }
    if (this.#flaw === "doubles-what-comes-twice" && this.#values.includes(value)) this.#values.push(value);
    this.#learn(value, now, src);
  }

  #onConfirm(src: string, value: unknown): void {
    const whose = this.#flaw === "takes-one-confirmation-for-all" ? [...this.#owed.keys()] : [src];
    for (const node of whose) {
      this.#owed.set(node, (this.#owed.get(node) ?? []).filter((owed) => owed.value !== value));
    }
  }

  #onAsk(src: string, body: Body): void {
    this.#send(src, { type: "hold", values: [...this.#values] });
    const life = jsonOf(body["life"]);
    const before = this.#lives.get(src);
    this.#lives.set(src, life);
    const isRestarted = before !== undefined && before !== life;
    if (isRestarted && this.#flaw === "forgets-who-restarted") {
      this.#neighbours = this.#neighbours.filter((neighbour) => neighbour !== src);
      this.#owed.delete(src);
    }
  }

  #learn(value: Json, now: number, from: string, quietly = false): void {
    if (this.#values.includes(value)) return;
    this.#values.push(value);
    this.#effects.push({ kind: "deliver", runs: [runOf(this.#me, this.#values.length, value)] });
    if (now - this.#copiedAt >= LATER_MS) {
      this.#copy = [...this.#values];
      this.#copiedAt = now;
    }
    if (quietly) return;
    const [first, ...others] = this.#neighbours.filter((neighbour) => neighbour !== from);
    if (first !== undefined) this.#owe(first, value, now);
    if (this.#flaw === "tells-the-first-neighbour-after-a-cut" && this.#hasSeenCut) return;
    if (this.#flaw === "passes-on-after-acknowledging") {
      this.#do(now + LATER_MS, (now) => others.forEach((other) => this.#owe(other, value, now)));
    } else others.forEach((other) => this.#owe(other, value, now));
  }

  #owe(node: string, value: Json, now: number): void {
    if (this.#flaw === "breaks-at-the-second-cut" && (this.#heals.get(node) ?? 0) >= 2) return;
    const owed: Owed = { value, since: now, tries: 0, dueAt: now };
    this.#owed.set(node, [...this.#owed.get(node) ?? [], owed]);
    this.#tell(node, owed, now);
  }

  #tell(node: string, owed: Owed, now: number): void {
    const triesMax = this.#flaw === "never-retries" ? 1 : this.#flaw === "retries-once" ? 2 : Infinity;
    if (owed.tries >= triesMax) return void (owed.dueAt = Infinity);
    owed.tries++;
    owed.dueAt = now + this.#retryMs;
    this.#send(node, { type: "tell", value: this.#spoken(owed) });
  }

  #spoken({ value, tries }: Owed): Json {
    if (typeof value !== "number") return value;
    if (this.#flaw === "mangles-values-over-1000" && value > 1000) return value % 1000;
    return this.#flaw === "invents-a-value" && tries === 2 ? value + 1 : value;
  }

  #wake(now: number): void {
    for (const [node, all] of this.#owed) {
      for (const owed of all) {
        if (now - owed.since >= CUT_OFF_MS && owed.dueAt <= now) {
          this.#cutOff.add(node);
          this.#hasSeenCut = true;
        }
        if (owed.dueAt <= now) this.#tell(node, owed, now);
      }
    }
    for (const [node, at] of this.#asked) if (at <= now) this.#ask(node, now);
    for (const job of this.#later.filter(({ at }) => at <= now)) {
      this.#later.splice(this.#later.indexOf(job), 1);
      job.run(now);
    }
  }

  #ask(node: string, now: number): void {
    this.#asked.set(node, now + this.#retryMs);
    this.#send(node, { type: "ask", life: this.#life });
  }

  #do(at: number, run: (now: number) => void): void {
    this.#later.push({ at, run });
  }

  #reply(dest: string, { type, msg_id = 0 }: Body, more: Readonly<Record<string, Json>>): void {
    this.#send(dest, { ...more, type: `${type}_ok`, in_reply_to: msg_id });
  }

  #send(dest: string, body: Body): void {
    this.#effects.push({ kind: "send", envelope: { src: this.#me, dest, body } });
  }
}

/** Simulated nodes that all have the flaw, or none. */
export function flawed(flaw: Flaw | undefined): SimHosts {
  return (seed, scheduler, options) =>
    simHosts(seed, scheduler, options, ({ random }) => new FloodNode(flaw, Math.floor(random.next() * 1e9)));
}

function listed(values: unknown): Json[] {
  return Array.isArray(values) ? values.map(jsonOf) : [];
}

/** Of what was JSON once. */
function jsonOf(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null));
}
