/** A good solution of 3c: the given neighbours, each told again every half second until it answers. */
import { neighboursBut, PAUSE_MS, tellInTurn } from "./in_turn.ts";
import type { Protocol } from "./reference_node.ts";

export const neighboursRetry: Protocol = (node) => (broadcast) => {
  // Whether it is new or not: the sender asks until it hears this.
  broadcast.answer();
  const { value } = broadcast;
  if (node.keep(value)) tellInTurn(node, value, neighboursBut(node, broadcast), () => PAUSE_MS);
};
