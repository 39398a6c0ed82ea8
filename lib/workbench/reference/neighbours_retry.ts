/** A good solution of 3c: the given neighbours, each told again every half second until it answers. */
import { neighboursBut, PAUSE_MS, tellInTurn } from "./in_turn.ts";
import type { Protocol } from "./protocol.ts";

export const neighboursRetry: Protocol = (node) => (broadcast) => {
  // The sender asks until it hears this, so a repeated value is answered, too.
  broadcast.answer();
  const { value } = broadcast;
  if (node.keep(value)) tellInTurn(node, value, neighboursBut(node, broadcast), () => PAUSE_MS);
};
