/** Tells neighbours a value one after the other, each again and again until it has answered. */
import type { Json } from "../../core/message.ts";
import type { Broadcast, ReferenceNode } from "./reference_node.ts";

/** Between two tries, ms. */
export const PAUSE_MS = 500;

/** The given neighbours, but for the one that the value came from. */
export function neighboursBut(node: ReferenceNode, { src }: Broadcast): readonly string[] {
  return node.neighbours.filter((neighbour) => neighbour !== src);
}

/**
 * A neighbour's turn comes once the one before it has answered: one that is cut off is in the way of all that follow. The
 * answer is looked for after the pause, `pauseMs(tries before)`, and so the second neighbour hears of a value one pause later.
 */
export function tellInTurn(
  node: ReferenceNode,
  value: Json,
  [neighbour, ...others]: readonly string[],
  pauseMs: (attempt: number) => number,
  done: () => void = () => {},
): void {
  if (neighbour === undefined) return done();
  const request = node.request(neighbour, value);
  const tryOnce = (attempt: number): void => {
    if (request.isAnswered()) return tellInTurn(node, value, others, pauseMs, done);
    request.send();
    node.after(pauseMs(attempt), () => tryOnce(attempt + 1));
  };
  tryOnce(0);
}
