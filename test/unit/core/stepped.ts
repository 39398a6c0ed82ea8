/** A node in a turn of its own: it takes in an event, and is woken at once where something is due then; and what it says. */
import { type Body, type Exchange, readPeerMessage } from "../../../lib/core/message.ts";
import { type Told, told } from "../../shared/entries.ts";
import type { Event, Node } from "../../../lib/core/node.ts";

/** The effects of both, in order. */
export function stepped(node: Pick<Node, "step" | "deadline">, event: Event, now: number): Told[] {
  const effects = node.step(event, now).map(told);
  if (event.kind === "wake" || node.deadline > now) return effects;
  return [...effects, ...node.step({ kind: "wake" }, now).map(told)];
}

/** What one node tells another, pushes apart; undefined where the body is none of that, or malformed. */
export function exchangeIn(body: Body): Exchange | undefined {
  const message = readPeerMessage(body);
  if (message?.type === "malformed" || message?.type === "push" || message?.type === "members") {
    return undefined;
  }
  return message;
}
