/** A mistake: that a message has been sent is taken to mean that it has arrived, and what a cut swallows is lost. */
import { neighboursBut } from "./in_turn.ts";
import { type Protocol, telling } from "./protocol.ts";

export const sendWithoutAck: Protocol = (node) => (broadcast) => {
  if (!node.keep(broadcast.value)) return;
  for (const neighbour of neighboursBut(node, broadcast)) node.send(neighbour, telling(broadcast.value));
  if (broadcast.isFromClient) broadcast.answer();
};
