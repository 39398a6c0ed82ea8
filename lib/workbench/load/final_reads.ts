/** The last read at each node, or what its workload asks last: which node has which value once everything is healed and rested. */
import type { Json } from "../../core/message.ts";
import { digestOf } from "./digest_of.ts";
import type { Op } from "../verdict/history.ts";
import { type Key, keyOf } from "../verdict/values.ts";

/** The nodes that read a value. */
interface Readers {
  /** A bit for each node: thousands of nodes read thousands of values each. */
  readonly bits: Uint8Array;
  count: number;
}

export class FinalReads {
  #nodes: readonly string[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #read = new Set<string>();
  /** Nodes that did not answer all that they were asked last. */
  readonly #failed = new Set<string>();
  readonly #readers = new Map<Key, Readers>();
  /** The values of the first final read. */
  #first: readonly Json[] | undefined;
  #refusal: string | undefined;

  /** In the order in which they have bits. */
  readonly #places: readonly string[];

  constructor(nodes: readonly string[]) {
    this.#nodes = this.#places = nodes;
    this.#indexes = new Map(nodes.map((node, i) => [node, i]));
  }

  /** Only these are read, the others are no members any longer. */
  expect(nodes: readonly string[]): void {
    this.#nodes = nodes;
  }

  /** Each node's read counts once. */
  see(op: Op): void {
    if (!op.final || op.type === "invoke") return;
    if (op.type !== "ok") return void this.#failed.add(op.node);
    const index = this.#indexes.get(op.node);
    if (index === undefined || this.#read.has(op.node)) return;
    this.#read.add(op.node);
    if (op.f !== "read" || !Array.isArray(op.value)) return;
    this.#first ??= op.value;
    for (const value of op.value) this.#note(keyOf(value), index);
  }

  /** A node refused its final read with this text; the first such text is kept. */
  refused(node: string, text: string): void {
    this.#refusal ??= `${node} answered ${text}`;
  }

  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Nodes whose final read failed. */
  get missing(): readonly string[] {
    return this.#nodes.filter((node) => !this.#read.has(node) || this.#failed.has(node));
  }

  /** Of the nodes whose final read succeeded, those that lack a value. */
  lacking(value: Json): readonly string[] {
    const readers = this.#readers.get(keyOf(value));
    if (readers?.count === this.count) return [];
    return this.#places.filter((node, i) => this.#read.has(node) && !hasBit(readers?.bits, i));
  }

  /** Nodes whose digests are not that of the first final read. */
  disagreeing(digests: ReadonlyMap<string, string>): readonly string[] {
    if (this.#first === undefined || digests.size === 0) return [];
    const digest = digestOf(this.#first);
    return this.#nodes.filter((node) => this.#read.has(node) && (digests.get(node) ?? digest) !== digest);
  }

  /** How many nodes' final read succeeded. */
  get count(): number {
    return this.#read.size;
  }

  #note(key: Key, index: number): void {
    const readers = this.#readers.get(key) ?? this.#begin(key);
    if (hasBit(readers.bits, index)) return;
    const at = index >> 3;
    readers.bits[at] = (readers.bits[at] ?? 0) | 1 << (index & 7);
    readers.count++;
  }

  #begin(key: Key): Readers {
    const readers = { bits: new Uint8Array((this.#nodes.length + 7) >> 3), count: 0 };
    this.#readers.set(key, readers);
    return readers;
  }
}

function hasBit(bits: Uint8Array | undefined, index: number): boolean {
  return ((bits?.[index >> 3] ?? 0) >> (index & 7) & 1) === 1;
}
