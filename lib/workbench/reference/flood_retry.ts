/** A first solution of 3c: a flood, in which every message is sent again until it is answered. */
import { below } from "../../core/random.ts";
import type { Json } from "../../core/message.ts";
import type { Node } from "../../runtime/handlers/node.ts";
import { type Protocol, telling } from "./protocol.ts";

/** How long an answer is waited for, ms. */
const TIMEOUT_MS = 1_000;
/** After a timeout a sender sleeps for less than this before it tries again, whole ms. */
const SLEEP_MS = 50;

export const floodRetry: Protocol = (node) => ({ value, answer }) => {
  if (node.keep(value)) {
    for (const peer of node.peers) tellUntilAnswered(node, peer, value);
  }
  answer();
};

function tellUntilAnswered(node: Node, peer: string, value: Json): void {
  const question = node.ask(peer, telling(value));
  node.after(TIMEOUT_MS, () => {
    if (!question.isOpen) return;
    // Where a round trip takes longer than the timeout, this never ends.
    question.giveUp();
    node.after(below(node.random, SLEEP_MS), () => tellUntilAnswered(node, peer, value));
  });
}
