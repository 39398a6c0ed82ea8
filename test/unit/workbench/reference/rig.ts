/** A node, n0 of three, told things by hand; what it says is a line each. */
import type { Body } from "../../../../lib/core/message.ts";
import type { Event } from "../../../../lib/core/node.ts";
import type { Steps } from "../../../../lib/runtime/drive.ts";
import { type Told, told } from "../../../shared/entries.ts";

export class Rig<N extends Steps> {
  readonly node: N;
  #now = 0;

  constructor(node: N) {
    this.node = node;
  }

  /** n0 is told of n1 and n2, of which n1 is its neighbour, unless others are named. */
  init(neighbours: readonly string[] = ["n1"]): string[] {
    return [
      ...this.ask("c0", { type: "init", msg_id: 1, node_id: "n0", node_ids: ["n0", "n1", "n2"] }),
      ...this.ask("c0", { type: "topology", msg_id: 2, topology: { n0: neighbours, n1: ["n0"] } }),
    ];
  }

  ask(src: string, body: Body): string[] {
    return this.#step({ kind: "receive", envelope: { src, dest: "n0", body } });
  }

  wake(now: number): string[] {
    this.#now = now;
    return this.#step({ kind: "wake" });
  }

  /** Wakes the node whenever it wants to be woken, up to and including a moment: "MS what it says". */
  until(now: number): string[] {
    const said: string[] = [];
    while (this.node.deadline <= now) {
      const at = Math.max(this.#now, this.node.deadline);
      said.push(...this.wake(at).map((line) => `${at} ${line}`));
    }
    this.#now = now;
    return said;
  }

  #step(event: Event): string[] {
    return this.node.step(event, this.#now).map(told).map(lineOf);
  }
}

function lineOf(effect: Told): string {
  if (effect.kind === "deliver") {
    return `deliver ${effect.entries.map(({ value }) => JSON.stringify(value)).join(" ")}`;
  }
  if (effect.kind !== "send") return effect.kind;
  const { src, dest, body } = effect.envelope;
  const { type, msg_id, in_reply_to, message, messages, text } = body;
  const said = message ?? messages;
  return [
    `${src} → ${dest} ${type}${in_reply_to === undefined ? "" : ` ${in_reply_to}`}`,
    ...msg_id === undefined ? [] : [` #${msg_id}`],
    ...said === undefined ? [] : [` ${JSON.stringify(said)}`],
    ...text === undefined ? [] : [`: ${text}`],
  ].join("");
}
