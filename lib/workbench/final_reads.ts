/** The last read at each node: who has what once everything is healed and rested. */
import type { Json } from "../core/message.ts";
import type { Op } from "./history.ts";
import { type Key, keyOf } from "./values.ts";

export class FinalReads {
  readonly #nodes: readonly string[];
  readonly #reads = new Map<string, ReadonlySet<Key>>();
  #refusal: string | undefined;

  constructor(nodes: readonly string[]) {
    this.#nodes = nodes;
  }

  see(op: Op): void {
    if (!op.final || op.type !== "ok" || !Array.isArray(op.value)) return;
    this.#reads.set(op.node, new Set(op.value.map(keyOf)));
  }

  /** What a node said when it refused; the first such words are kept. */
  refused(node: string, text: string): void {
    this.#refusal ??= `${node} answered ${text}`;
  }

  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Nodes whose final read failed. */
  get missing(): readonly string[] {
    return this.#nodes.filter((node) => !this.#reads.has(node));
  }

  /** Of the nodes whose final read succeeded, those that lack a value. */
  lacking(value: Json): readonly string[] {
    const key = keyOf(value);
    return this.#nodes.filter((node) => this.#reads.get(node)?.has(key) === false);
  }

  /** How many nodes' final read succeeded. */
  get count(): number {
    return this.#reads.size;
  }
}
