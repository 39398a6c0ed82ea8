/** More enters than the nodes can take in: it is late everywhere, and no later for being sent again. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { encode } from "../../lib/core/codec.ts";
import type { Envelope } from "../../lib/core/message.ts";
import { type Effect, Node } from "../../lib/core/node.ts";
import { seeded } from "../../lib/core/random.ts";
import { entriesIn, Runs } from "../../lib/core/log/runs.ts";

/** What a node takes in and sends out in a millisecond, bytes, and what a turn takes beside that, ms. */
const BYTES_PER_MS = 20_000;
const TURN_MS = 0.02;
const LATENCY_MS = 0.1;
/** Requests under way at each node, of so many bytes, for so long. */
const UNDER_WAY = 100;
const VALUE_BYTES = 4_096;
const LOAD_MS = 300;
const PATIENCE_MS = 60_000;

const ids = ["n1", "n2", "n3", "n4", "n5"];

interface Arrival {
  readonly at: number;
  readonly envelope: Envelope;
  readonly bytes: number;
}

/** A node that does one thing after the other: takes in all that has come, and then sends what follows from it. */
class Worker {
  readonly id: string;
  inbox: Arrival[] = [];
  delivered = 0;
  #freeAt = 0;
  readonly #node: Node;

  constructor(id: string, index: number) {
    this.id = id;
    this.#node = new Node({ random: seeded(index), incarnation: 1 });
    this.#node.step({
      kind: "receive",
      envelope: { src: id, dest: id, body: { type: "init", node_id: id, node_ids: ids } },
    }, 0);
  }

  get nextTurnAt(): number {
    const wantedAt = Math.min(this.#node.deadline, ...this.inbox.map(({ at }) => at));
    return Math.max(wantedAt, this.#freeAt);
  }

  /** Hands over each message with the moment at which it leaves. */
  turn(now: number, send: (envelope: Envelope, bytes: number, at: number) => void): void {
    const ready = this.inbox.filter(({ at }) => at <= now);
    this.inbox = this.inbox.filter(({ at }) => at > now);
    const effects: Effect[] = [];
    this.#freeAt = now + TURN_MS;
    for (const { envelope, bytes } of ready) {
      this.#freeAt += bytes / BYTES_PER_MS;
      effects.push(...this.#node.step({ kind: "receive", envelope }, now));
    }
    effects.push(...this.#node.step({ kind: "wake" }, this.#freeAt));
    for (const effect of effects) {
      if (effect.kind === "deliver") this.delivered += entriesIn(effect.runs);
      if (effect.kind !== "send") continue;
      const bytes = encode(effect.envelope).length;
      this.#freeAt += bytes / BYTES_PER_MS;
      send(effect.envelope, bytes, this.#freeAt);
    }
  }
}

/** Runs the load until all is everywhere. Returns how many values there were, and entries between nodes for each. */
function overload(): {
  readonly values: number;
  readonly sentPerValue: number;
  readonly delivered: number[];
} {
  const workers = new Map(ids.map((id, index) => [id, new Worker(id, index)]));
  let values = 0;
  let sent = 0;
  const publish = (dest: string, at: number) => {
    const message = String(values++).padEnd(VALUE_BYTES);
    const envelope = { src: "c", dest, body: { type: "broadcast", msg_id: values, message } };
    workers.get(dest)?.inbox.push({ at, envelope, bytes: VALUE_BYTES });
  };
  for (const id of ids) for (let i = 0; i < UNDER_WAY; i++) publish(id, 1);
  const isOver = () =>
    [...workers.values()].every(({ delivered, inbox }) => delivered === values && inbox.length === 0);
  for (let now = 0; now < PATIENCE_MS && !(now > LOAD_MS && isOver());) {
    const next = [...workers.values()].reduce((a, b) => b.nextTurnAt < a.nextTurnAt ? b : a);
    now = next.nextTurnAt;
    next.turn(now, (envelope, bytes, at) => {
      const { dest, body } = envelope;
      if (dest === "c") return void (at < LOAD_MS && publish(next.id, at + 2 * LATENCY_MS));
      if (body["runs"] instanceof Runs) sent += entriesIn(body["runs"].runs);
      workers.get(dest)?.inbox.push({ at: at + LATENCY_MS, envelope, bytes });
    });
  }
  return {
    values,
    sentPerValue: sent / values,
    delivered: [...workers.values()].map(({ delivered }) => delivered),
  };
}

test("more than the nodes can take in comes everywhere, hardly anything of it twice [F1]", () => {
  const { values, sentPerValue, delivered } = overload();
  ok(values > 1_000, `${values} values are a load`);
  deepEqual(delivered, ids.map(() => values));
  ok(sentPerValue < ids.length - 0.5, `${sentPerValue.toFixed(2)} entries were sent for each value`);
  equal(Math.round(sentPerValue), ids.length - 1);
});
