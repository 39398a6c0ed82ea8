/** A mistake: a node that has a value already does not answer, and whoever told it asks for ever. */
import { neighboursBut, PAUSE_MS, tellInTurn } from "./in_turn.ts";
import type { Protocol } from "./protocol.ts";

export const noAckForDuplicates: Protocol = (node) => (broadcast) => {
  const { value, answer } = broadcast;
  if (!node.keep(value)) return;
  // A node answers when all its neighbours have: on a circle of them, nobody ever does.
  tellInTurn(node, value, neighboursBut(node, broadcast), () => PAUSE_MS, answer);
};
