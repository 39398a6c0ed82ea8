/** Watches one node from outside, step by step, and asserts what must hold whatever is said to it. */
import { entriesOf as entriesIn, type Entry, type Told } from "../shared/entries.ts";
import { deepEqual, ok } from "node:assert/strict";
import { canonical } from "../../lib/core/log/canonical.ts";
import { decode, encode } from "../../lib/core/codec.ts";
import type { Envelope, Exchange, Json, PeerMessage } from "../../lib/core/message.ts";
import { readPeerMessage } from "../../lib/core/message.ts";
import { type Event, Node, type NodeOptions } from "../../lib/core/node.ts";
import { ToldTopics } from "./told_topics.ts";
import { stepped } from "../unit/core/stepped.ts";

/** A node that wants to be woken more often at one moment spins. */
const WAKES_MAX = 10_000;
/** A message may say all that was ever said to the node a few times over, as entries, digests and linkState, and no more. */
const GROWTH_MAX = 4;
const GROWTH_SLACK = 4_096;

export class AuditedNode {
  readonly #node: Node;
  readonly #persisted = new Set<string>();
  readonly #delivered = new Set<string>();
  readonly #values = new Set<string | number>();
  readonly #topics = new ToldTopics();
  #storageFault: string | undefined;
  #heardChars = 0;
  #now = 0;

  constructor(options: NodeOptions) {
    this.#node = new Node(options);
  }

  get deadline(): number {
    return this.#node.deadline;
  }

  /** Lets time pass, then hands over one envelope as it comes off a wire. */
  hear(envelope: Envelope, afterMs: number): readonly Envelope[] {
    this.#now += afterMs;
    this.#heardChars += encode(envelope).length;
    return this.#step({ kind: "receive", envelope }, envelope);
  }

  arriving(peer: string, afterMs: number): void {
    this.#now += afterMs;
    this.#step({ kind: "arriving", peer });
    this.settle();
  }

  /** While entries cannot be made safe, nothing may enter. */
  storage(fault: string | undefined, afterMs: number): void {
    this.#now += afterMs;
    this.#storageFault = fault;
    this.#step({ kind: "storage", fault });
    this.settle();
  }

  wake(afterMs: number): void {
    this.#now += afterMs;
    this.#step({ kind: "wake" });
    this.settle();
  }

  /** Wakes it for as long as it asks for it at this moment. */
  settle(): void {
    for (let wakes = 0; this.#node.deadline <= this.#now; wakes++) {
      ok(wakes < WAKES_MAX, `it wants to be woken again and again at ${this.#now} ms`);
      this.#step({ kind: "wake" });
    }
  }

  /** Goes from deadline to deadline, so many times. */
  run(times: number): void {
    this.settle();
    for (let i = 0; i < times && this.#node.deadline < Infinity; i++) {
      this.wake(this.#node.deadline - this.#now);
    }
  }

  #step(event: Event, cause?: Envelope): readonly Envelope[] {
    const effects = stepped(this.#node, event, this.#now);
    const deadline = this.#node.deadline;
    ok(typeof deadline === "number" && !Number.isNaN(deadline), `deadline ${deadline}`);
    return effects.flatMap((effect) => this.#judge(effect, cause));
  }

  #judge(effect: Told, cause: Envelope | undefined): readonly Envelope[] {
    if (effect.kind === "persist") {
      ok(
        !effect.own || this.#storageFault === undefined,
        `a value enters though there is ${this.#storageFault}`,
      );
      this.#persist(effect.entries);
    } else if (effect.kind === "deliver") this.#deliver(effect.entries);
    else if (effect.kind === "send") {
      this.#judgeSend(effect.envelope, cause);
      return [effect.envelope];
    }
    return [];
  }

  /** Every entry once: none is forgotten and comes as a new one [I2]. */
  #persist(entries: readonly Entry[]): void {
    ok(entries.length > 0);
    for (const entry of entries) {
      ok(!this.#persisted.has(nameOf(entry)), `${nameOf(entry)} is persisted once`);
      this.#persisted.add(nameOf(entry));
    }
  }

  /** Each is persisted before that [I3]. */
  #deliver(entries: readonly Entry[]): void {
    for (const entry of entries) {
      ok(this.#persisted.has(nameOf(entry)), `${nameOf(entry)} is persisted before it is delivered`);
      ok(!this.#delivered.has(nameOf(entry)), `${nameOf(entry)} is delivered once`);
      this.#delivered.add(nameOf(entry));
      if (entry.topic === undefined) this.#values.add(keyOf(entry.value));
      else this.#topics.deliver(entry);
    }
  }

  #judgeSend(envelope: Envelope, cause: Envelope | undefined): void {
    const line = encode(envelope);
    const decoded = decode(line);
    ok(decoded.ok, `the wire takes ${line.slice(0, 300)}`);
    const message = readPeerMessage(decoded.envelope.body);
    if (message === undefined) return this.#judgeReply(decoded.envelope, cause);
    ok(
      message.type !== "malformed",
      `${message.type === "malformed" && message.reason}: ${line.slice(0, 300)}`,
    );
    this.#judgePeerMessage(message, line);
  }

  /** It reveals nothing that is not persisted [I3]. */
  #judgePeerMessage(message: PeerMessage, line: string): void {
    for (const entry of entriesOf(message)) {
      ok(this.#persisted.has(nameOf(entry)), `${nameOf(entry)} is persisted before it is sent`);
    }
    if (message.type !== "push" && message.type !== "members") this.#judgeHoldings(message);
    const room = GROWTH_MAX * this.#heardChars + GROWTH_SLACK;
    ok(line.length <= room, `${line.length} characters after ${this.#heardChars} were heard`);
  }

  /** What it says it holds, it has persisted [I3]; the ends of each interval stand for the rest. */
  #judgeHoldings(body: Exchange): void {
    for (const [origin, spans] of body.digest) {
      for (const seq of spans) {
        ok(
          this.#persisted.has(nameOf({ origin, seq })),
          `${origin} ${seq} is persisted before it is told of`,
        );
      }
    }
  }

  /** It answers a request, and nobody else [I9]. */
  #judgeReply({ src, dest, body }: Envelope, cause: Envelope | undefined): void {
    ok(cause !== undefined, `nobody asked for ${body.type}`);
    // A node learns from its init who it is, and answers under that name.
    const me = body.type === "init_ok" ? cause.body["node_id"] : cause.dest;
    deepEqual([src, dest, body.in_reply_to], [me, cause.src, cause.body.msg_id]);
    if (body.type === "read_ok") this.#judgeRead(body["messages"]);
    const { body: asked } = cause;
    if (asked.type === "get" && (body.type === "get_ok" || body["code"] === 20)) {
      this.#topics.asked(asked, body);
    }
    const isInTopic = [asked["topic"], asked["key"], asked["id"]].some((name) => typeof name === "string");
    if (isInTopic && /^(broadcast|delete)_ok$/.test(body.type)) this.#topics.acknowledged(asked);
    else if (body.type === "broadcast_ok") {
      const key = keyOf(jsonOf(cause.body["message"]));
      ok(this.#values.has(key), "a value is persisted before it is acknowledged");
    }
  }

  /** Every value that was delivered, each once, and no other [I1] [I2]. */
  #judgeRead(messages: unknown): void {
    ok(Array.isArray(messages));
    const keys = messages.map((value) => keyOf(jsonOf(value)));
    ok(
      new Set(keys).size === keys.length,
      `a read has each value once: ${JSON.stringify(messages).slice(0, 300)}`,
    );
    deepEqual(new Set(keys), this.#values, "a read has exactly what was delivered");
  }
}

function nameOf({ origin, seq }: Pick<Entry, "origin" | "seq">): string {
  return JSON.stringify([origin, seq]);
}

/** What a value is on the wire. */
function jsonOf(value: unknown): Json {
  const json: Json = JSON.parse(JSON.stringify(value));
  return json;
}

function keyOf(value: Json): string | number {
  return canonical(jsonOf(value)) ?? "too deep";
}

function entriesOf(body: PeerMessage): Entry[] {
  return body.type === "members" ? [] : entriesIn(body.runs?.runs ?? []);
}
