/** Two nodes on one line each way, so that one can see what they say to each other and how much at a time. */
import { decode, encode } from "../../../lib/core/codec.ts";
import type { Body, Envelope, Exchange, Json } from "../../../lib/core/message.ts";
import { Node } from "../../../lib/core/node.ts";
import { seeded } from "../../../lib/core/random.ts";
import { LINE_BYTES_MAX } from "../../../transports/lines/reader.ts";
import { exchangeIn, stepped } from "./stepped.ts";

/** One line between the two, as it left. */
export interface Sent {
  readonly at: number;
  readonly src: string;
  readonly bytes: number;
  readonly body: Exchange;
}

interface Due {
  readonly at: number;
  readonly dest: string;
  readonly line: string;
}

const bytesOf = new TextEncoder();

export class Pair {
  readonly sent: Sent[] = [];
  /** While true, nothing of what is said between the two arrives. */
  cut = false;
  /** One that stands still: nothing reaches it and it does nothing until it goes on. */
  still: string | undefined;
  readonly #latencyMs: number;
  readonly #nodes: ReadonlyMap<string, Node>;
  #now = 0;
  #wire: Due[] = [];

  constructor(latencyMs = 0) {
    this.#latencyMs = latencyMs;
    this.#nodes = new Map(
      ["n0", "n1"].map((id, i) => [id, new Node({ random: seeded(i), incarnation: 1 })]),
    );
    for (const id of this.#nodes.keys()) this.ask(id, { type: "init", node_id: id, node_ids: ["n0", "n1"] });
  }

  /** Hands a request to one of them; returns the bodies of its answers. */
  ask(id: string, body: Body): Body[] {
    const envelope: Envelope = { src: "c1", dest: id, body: { ...body, msg_id: 1 } };
    return this.step(id, envelope);
  }

  broadcast(id: string, values: readonly Json[]): void {
    for (const message of values) this.ask(id, { type: "broadcast", message });
  }

  read(id: string): unknown {
    return this.ask(id, { type: "read" })[0]?.["messages"];
  }

  /** Lets so much time pass. */
  run(ms: number): void {
    const end = this.#now + ms;
    for (let at = this.#nextAt(); at <= end; at = this.#nextAt()) {
      this.#now = Math.max(this.#now, at);
      const due = this.#wire.filter((each) => this.#isDue(each));
      this.#wire = this.#wire.filter((each) => !this.#isDue(each));
      for (const { line } of due) this.#arrive(line);
      for (const [id, node] of this.#awake()) if (node.deadline <= this.#now) this.step(id);
    }
    this.#now = end;
  }

  #awake(): [string, Node][] {
    return [...this.#nodes].filter(([id]) => id !== this.still);
  }

  #isDue({ at, dest }: Due): boolean {
    return at <= this.#now && dest !== this.still;
  }

  #nextAt(): number {
    const arrivals = this.#wire.filter(({ dest }) => dest !== this.still).map(({ at }) => at);
    return Math.min(...this.#awake().map(([, node]) => node.deadline), ...arrivals);
  }

  /** As carriers do: a line over the limit is dropped whole. */
  #arrive(line: string): void {
    const decoded = decode(line);
    if (decoded.ok && !this.cut && bytesOf.encode(line).length <= LINE_BYTES_MAX) {
      this.step(decoded.envelope.dest, decoded.envelope);
    }
  }

  step(id: string, envelope?: Envelope): Body[] {
    const node = this.#nodes.get(id);
    const event = envelope === undefined ? { kind: "wake" as const } : { kind: "receive" as const, envelope };
    const answers: Body[] = [];
    for (const effect of node === undefined ? [] : stepped(node, event, this.#now)) {
      if (effect.kind !== "send") continue;
      if (this.#nodes.has(effect.envelope.dest)) this.#leave(effect.envelope);
      else answers.push(effect.envelope.body);
    }
    return answers;
  }

  #leave(envelope: Envelope): void {
    const line = encode(envelope);
    const { src, body } = envelope;
    const said = exchangeIn(body);
    if (said) this.sent.push({ at: this.#now, src, bytes: bytesOf.encode(line).length, body: said });
    this.#wire.push({ at: this.#now + this.#latencyMs, dest: envelope.dest, line });
  }
}
