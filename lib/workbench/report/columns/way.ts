/** The way of one value: which node had it when, and by which message it came. */
import { type Columns, sums, TICKS_PER_MS } from "./columns.ts";
import type { Messages } from "./messages.ts";

export interface Step {
  readonly node: number;
  /** When the node first had it, ms since the load began. */
  readonly at: number;
  /** A client told it; a message brought it; or nobody saw how it came. */
  readonly how: "told" | "message" | "unseen";
  /** The message that brought it first. */
  readonly message?: number;
  /** It is only likely that the message brought it: nobody knows its protocol. */
  readonly inferred: boolean;
  /** When the node lost it again, ms. */
  readonly lostAt?: number;
  readonly hasAgain?: boolean;
}

export interface Way {
  readonly steps: readonly Step[];
  /** Nodes that never had it. */
  readonly never: readonly number[];
}

/** ms */
export function toldAtOf({ values }: Pick<Columns, "values">): Float64Array {
  return Float64Array.from(sums(values.told), (tick) => tick / TICKS_PER_MS);
}

export function wayOf(columns: Columns, messages: Messages, toldAt: Float64Array, value: number): Way {
  const { nodes, values, inferred } = columns;
  const told = toldAt[value] ?? 0;
  const firstBringing = firstsOf(messages, value);
  const steps: Step[] = [];
  const never: number[] = [];
  nodes.forEach((_, node) => {
    const ticks = values.had[value * nodes.length + node] ?? -1;
    const message = firstBringing.get(node);
    const lost = values.lost.find(([lostValue, lostNode]) => lostValue === value && lostNode === node);
    const loss = lost === undefined ? {} : { lostAt: lost[2] / TICKS_PER_MS, hasAgain: lost[3] === 1 };
    if (ticks < 0 && message === undefined) return never.push(node);
    const had = ticks < 0 ? Infinity : told + ticks / TICKS_PER_MS;
    if (node === values.node[value]) {
      return steps.push({ node, at: Math.min(had, told), how: "told", inferred: false, ...loss });
    }
    if (message === undefined) return steps.push({ node, at: had, how: "unseen", inferred: false, ...loss });
    const isGuess = inferred[messages.type[message] ?? 0] === true;
    const at = Math.min(had, messages.endedAt[message] ?? had);
    return steps.push({ node, at, how: "message", message, inferred: isGuess, ...loss });
  });
  return { steps: steps.toSorted((a, b) => a.at - b.at || a.node - b.node), never };
}

/** By node: the first message that arrived with the value. */
function firstsOf(messages: Messages, value: number): ReadonlyMap<number, number> {
  const firsts = new Map<number, number>();
  const endOf = (message: number) => messages.endedAt[message] ?? Infinity;
  for (const message of messages.bringing(value)) {
    if (messages.drop[message] !== 0) continue;
    const node = messages.dest[message] ?? 0;
    const best = firsts.get(node);
    if (best === undefined || endOf(message) < endOf(best)) firsts.set(node, message);
  }
  return firsts;
}
