/** Tells neighbours a value one after the other, each again and again until it has answered. */
import type { Json } from "../../core/message.ts";
import type { Node } from "../../runtime/handlers/node.ts";
import { type Broadcast, telling } from "./protocol.ts";

/** Between two tries, ms. */
export const PAUSE_MS = 500;

/** The given neighbours, but for the one that the value came from. */
export function neighboursBut(node: Node, { src }: Broadcast): readonly string[] {
  return node.neighbours.filter((neighbour) => neighbour !== src);
}

/**
 * A neighbour's turn comes once the one before it has answered: one that is cut off is in the way of all that follow. The
 * answer is looked for after the pause, `pauseMs(tries before)`, and so the second neighbour hears of a value one pause later.
 */
export function tellInTurn(
  node: Node,
  value: Json,
  [neighbour, ...others]: readonly string[],
  pauseMs: (attempt: number) => number,
  done: () => void = () => {},
): void {
  if (neighbour === undefined) return done();
  const question = node.ask(neighbour, telling(value));
  const lookAfter = (attempt: number): void =>
    node.after(pauseMs(attempt), () => {
      if (!question.isOpen) return tellInTurn(node, value, others, pauseMs, done);
      question.again();
      lookAfter(attempt + 1);
    });
  lookAfter(0);
}
