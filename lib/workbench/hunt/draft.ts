/** A script that is being written: a cursor in time, nodes drawn by chance, values of which each is new. */
import { below, pick, type Random, shuffle } from "../../core/random.ts";
import type { Action, Deed, Script } from "../script/script.ts";

export interface DraftOptions {
  readonly random: Random;
  readonly nodes: readonly string[];
  /** The node that sent and received most in an earlier run: others may relay by it. */
  readonly busiest: string | undefined;
  readonly latencyMs: number;
  /** How long a fault is to last, ms. */
  readonly spanMs: number;
}

/** Values count on from one of these: mistakes sit where numbers get longer, or are round. */
const FIRST_VALUES = [0, 1, 7, 95, 197, 995, 1_000, 1_021, 9_995, 99_997];

export class Draft {
  readonly nodes: readonly string[];
  readonly spanMs: number;
  readonly random: Random;
  readonly #options: DraftOptions;
  readonly #actions: Action[] = [];
  #now = 20;
  #value: number;
  readonly #told = new Set<number>();

  constructor(options: DraftOptions) {
    this.#options = options;
    this.nodes = options.nodes;
    this.spanMs = options.spanMs;
    this.random = options.random;
    this.#value = pick(options.random, FIRST_VALUES) ?? 0;
  }

  get script(): Script {
    return this.#actions;
  }

  /** Any node, but none of these, where there are others. */
  node(...except: readonly string[]): string {
    const others = this.nodes.filter((node) => !except.includes(node));
    return pick(this.random, others.length > 0 ? others : this.nodes) ?? "";
  }

  /** The busiest node, mostly; or any. */
  relay(): string {
    const { busiest } = this.#options;
    return busiest !== undefined && below(this.random, 3) > 0 ? busiest : this.node();
  }

  /** From 0 to that many ms pass. */
  wait(msMax: number): this {
    return this.pass(below(this.random, msMax + 1));
  }

  pass(ms: number): this {
    this.#now += ms;
    return this;
  }

  /** About as long as a message takes. */
  waitOnTheWay(): this {
    return this.wait(this.#options.latencyMs + 4);
  }

  do(deed: Deed): this {
    this.#actions.push({ at: this.#now, ...deed });
    return this;
  }

  /** A value that was told already is passed over: a client tells each once. */
  tell(node = this.node(), value = this.#newValue()): this {
    if (this.#told.has(value)) return this;
    this.#told.add(value);
    return this.do({ kind: "broadcast", node, value });
  }

  /** So many values at nodes of chance, up to `gapMs` apart. */
  tellSome(count: number, gapMs = 15, among: readonly string[] = this.nodes): this {
    for (let i = 0; i < count; i++) this.tell(pick(this.random, among)).wait(gapMs);
    return this;
  }

  read(node = this.node()): this {
    return this.do({ kind: "read", node });
  }

  /** Cuts a few nodes, of which `node` is one, off from the rest, now and then one way only; returns these few. */
  cut(node = this.node()): readonly string[] {
    const others = shuffle(this.random, this.nodes.filter((other) => other !== node));
    const side = [node, ...others.slice(0, below(this.random, Math.max(1, this.nodes.length - 1)))];
    const rest = others.filter((id) => !side.includes(id));
    const mark = below(this.random, 6) === 0 ? ">" : "|";
    this.do({ kind: "cut", grudge: `${side.join(",")}${mark}${rest.join(",")}` });
    return side;
  }

  heal(): this {
    return this.do({ kind: "heal" });
  }

  #newValue(): number {
    while (this.#told.has(this.#value)) this.#value++;
    return this.#value;
  }
}
