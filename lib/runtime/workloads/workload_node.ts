/** A node for Maelstrom's other workloads: their requests become broadcasts and reads of the core, which knows of none of them [O1]. */
import { type Effect, type Event, MALFORMED_REQUEST, type Node, NOT_SUPPORTED } from "../../core/node.ts";
import { originOf } from "../../core/incarnation.ts";
import type { Body, Envelope } from "../../core/message.ts";
import { readRequest } from "../../core/requests.ts";
import type { Random } from "../../core/random.ts";
import type { WorkloadName } from "./names.ts";
import { type Addition, deltaOf, readAdd, toldBy, workloadsWith } from "./requests.ts";
import { RawJson } from "../../core/raw.ts";

export interface WorkloadNodeOptions {
  readonly node: Pick<Node, "step" | "deadline">;
  /** Undefined: the requests tell [O2]. Until one does, the node serves broadcast, and `echo` and `generate` in any case. */
  readonly workload: WorkloadName | undefined;
  readonly incarnation: number;
  readonly random: Random;
}

/** Two lives that got the same number from a clock that was set back differ in this many ways. */
const LIVES = 2 ** 32;

export class WorkloadNode implements Pick<Node, "step" | "deadline"> {
  readonly #options: WorkloadNodeOptions;
  #workload: WorkloadName | undefined;
  #me: string | undefined;
  #life: string | undefined;
  /** Ids and additions of this life. */
  #count = 0;
  /** The first so many values of the core are in the sum. */
  /** Exact beyond 2^53, so that the order of additions does not matter. */

  constructor(options: WorkloadNodeOptions) {
    this.#options = options;
    this.#workload = options.workload;
  }

  step(event: Event, now: number): Effect[] {
    const workloads = event.kind === "receive" ? workloadsWith(event.envelope.body.type) : undefined;
    if (event.kind !== "receive" || workloads === undefined) return this.#pass(event, now);
    const { envelope } = event;
    // Before init, what is for another node, and answers, which are never answered: the core knows what to do.
    if (envelope.dest !== this.#me || envelope.body.in_reply_to !== undefined) return this.#pass(event, now);
    const told = this.#workload ?? toldWorkload(envelope.body);
    if (!this.#serves(workloads, told)) {
      const why = `this node serves ${told}: ${envelope.body.type} is no request of it`;
      return refusal(envelope, NOT_SUPPORTED, why);
    }
    return this.#serve(envelope, told ?? "broadcast", now);
  }

  get deadline(): number {
    return this.#options.node.deadline;
  }

  #pass(event: Event, now: number): Effect[] {
    if (this.#me === undefined && event.kind === "receive") {
      const request = readRequest(event.envelope.body);
      if (request.type === "init") this.#me = request.node_id;
    }
    return this.#options.node.step(event, now);
  }

  #serves(workloads: readonly WorkloadName[], told: WorkloadName | undefined): boolean {
    if (told !== undefined && workloads.includes(told)) return true;
    // These change nothing, and so tell nothing.
    const isOf = (workload: WorkloadName) => workloads.includes(workload);
    return this.#options.workload === undefined && (told === undefined || isOf("echo") || isOf("unique-ids"));
  }

  #serve(envelope: Envelope, workload: WorkloadName, now: number): Effect[] {
    const { body } = envelope;
    if (body.type === "generate") return reply(envelope, { type: "generate_ok", id: this.#generate() });
    if (body.type === "add") return this.#add(envelope, workload, now);
    if (body.type === "topology" || body.type === "broadcast") this.#workload = workload;
    if (body.type !== "read" || workload === "broadcast") {
      return this.#pass({ kind: "receive", envelope }, now);
    }
    return this.#ask(envelope, body, now, ({ messages, ...read }) => {
      if (!(messages instanceof RawJson)) return read;
      return { ...read, value: workload === "g-set" ? messages : sumOf(messages) };
    });
  }

  #add(envelope: Envelope, workload: WorkloadName, now: number): Effect[] {
    if (workload !== "g-set" && workload !== "g-counter" && workload !== "pn-counter") {
      return refusal(envelope, MALFORMED_REQUEST, "add has neither an element nor a delta");
    }
    const add = readAdd(workload, envelope.body);
    if (add.type === "malformed") return refusal(envelope, MALFORMED_REQUEST, add.reason);
    this.#workload = workload;
    const message = add.type === "element" ? add.element : this.#addition(add.delta);
    return this.#ask(envelope, { type: "broadcast", message }, now, (answer) => ({
      ...answer,
      ...answer.type === "broadcast_ok" && { type: "add_ok" },
      ...typeof answer["text"] === "string" &&
        { text: answer["text"].replace("broadcast /message", "add /element") },
    }));
  }

  /** Hands the core another body in the place of this envelope's, and the client another answer in the place of the core's. */
  #ask(
    { src, dest, body: { msg_id } }: Envelope,
    body: Body,
    now: number,
    answer: (answer: Body) => Body,
  ): Effect[] {
    const asked = { src, dest, body: msg_id === undefined ? body : { ...body, msg_id } };
    return this.#options.node.step({ kind: "receive", envelope: asked }, now).map((effect) =>
      effect.kind === "send" && effect.envelope.dest === src && effect.envelope.body.in_reply_to === msg_id
        ? { kind: "send", envelope: { ...effect.envelope, body: answer(effect.envelope.body) } }
        : effect
    );
  }

  /** No other node, and no other life of this one, makes the same [O4]. */
  #generate(): string {
    return `${this.#lifeName()}.${++this.#count}`;
  }

  #addition(delta: number): Addition {
    return [this.#lifeName(), ++this.#count, delta];
  }

  #lifeName(): string {
    const { incarnation, random } = this.#options;
    const chance = () => Math.floor(random.next() * LIVES).toString(36);
    return this.#life ??= `${originOf(this.#me ?? "", incarnation)}.${chance()}`;
  }
}

/** Each addition is in a read once [O3]. */
function sumOf(messages: RawJson): number {
  let sum = 0n;
  const values = messages.toJSON();
  for (const value of Array.isArray(values) ? values : []) sum += BigInt(deltaOf(value));
  return Number(sum);
}

/** What a request tells of the workload where nobody said which it is. */
function toldWorkload(body: Body): WorkloadName | undefined {
  if (body.type === "add") return toldBy(body);
  return body.type === "topology" || body.type === "broadcast" ? "broadcast" : undefined;
}

function refusal(envelope: Envelope, code: number, text: string): Effect[] {
  if (envelope.body.msg_id === undefined) return [{ kind: "drop", reason: `from ${envelope.src}: ${text}` }];
  return reply(envelope, { type: "error", code, text });
}

function reply({ src, dest, body: { msg_id } }: Envelope, body: Body): Effect[] {
  if (msg_id === undefined) return [];
  return [{ kind: "send", envelope: { src: dest, dest: src, body: { ...body, in_reply_to: msg_id } } }];
}
