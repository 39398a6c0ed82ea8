/** How one value went through the nodes: who held it when, and every message that carried it. */
import type { Json } from "../../../core/message.ts";
import type { Passage } from "../../world/network.ts";
import { Timeline } from "./timeline.ts";

/** From then on these nodes hold the value. */
export interface Holders {
  readonly at: number;
  readonly nodes: ReadonlySet<string>;
  /** The one that came to hold it or lost it. */
  readonly changed: string;
}

export interface Change {
  readonly node: string;
  readonly at: number;
  readonly isGain: boolean;
}

/** A message that carried it, with what is asked of it again and again. */
export interface Carrier extends Omit<Passage, "envelope"> {
  readonly src: string;
  readonly dest: string;
}

export interface Course {
  readonly value: Json;
  /** When a client began to broadcast it; undefined where none did. */
  readonly broadcastAt: number | undefined;
  /** The nodes that clients told it, and when the message was there. */
  readonly told: readonly { readonly node: string; readonly at: number }[];
  readonly holders: Timeline<Holders>;
  /** By node; those that were lost, too, in the order in which they were sent. */
  readonly to: ReadonlyMap<string, readonly Carrier[]>;
  /** Moments at which one of these left or ended. */
  readonly moments: Timeline<{ readonly at: number }>;
}

/** From the changes in their order. */
export function holdersOf(changes: readonly Change[]): Timeline<Holders> {
  const states: Holders[] = [];
  let nodes: ReadonlySet<string> = new Set();
  for (const { node, at, isGain } of changes) {
    if (nodes.has(node) === isGain) continue;
    const one = new Set([node]);
    nodes = isGain ? nodes.union(one) : nodes.difference(one);
    states.push({ at, nodes, changed: node });
  }
  return new Timeline(states);
}

/** Since when the node has held it that holds it at that moment. */
export function heldSince({ holders }: Course, node: string, at: number): number | undefined {
  let since: number | undefined;
  for (const state of holders.back(at)) {
    if (!state.nodes.has(node)) break;
    since = state.at;
  }
  return since;
}

/** When the node lost it last, at that moment or before; -Infinity where it never did. */
export function lostAt({ holders }: Course, node: string, at: number): number {
  for (const state of holders.back(at)) if (state.changed === node && !state.nodes.has(node)) return state.at;
  return -Infinity;
}

/** When the last node came to hold it; where some never did or lost it, the last that did. */
export function endOf({ holders }: Course, nodes: readonly string[]): Holders | undefined {
  const whole = holders.items.find((state) => nodes.every((node) => state.nodes.has(node)));
  return whole ?? holders.items.findLast((state) => state.nodes.has(state.changed));
}
