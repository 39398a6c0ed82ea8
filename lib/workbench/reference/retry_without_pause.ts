/** A mistake: a message is sent again as fast as the machine can, until it is answered. */
import { neighboursBut, tellInTurn } from "./in_turn.ts";
import type { Protocol } from "./protocol.ts";

/**
 * How long a node takes to send a message once more, ms. All that it repeats takes turns, so it repeats up to 1,000
 * messages a second. The program that this follows came to message 1,328,143 within one run of half a minute, some forty
 * times as fast, and Maelstrom could not carry that; a simulated network carries anything, so here the count alone tells.
 */
export const TURN_MS = 1;

export const retryWithoutPause: Protocol = (node) => {
  let freeAt = 0;
  const untilTurnMs = () => {
    freeAt = Math.max(freeAt, node.now) + TURN_MS;
    return freeAt - node.now;
  };
  return (broadcast) => {
    broadcast.answer();
    const { value } = broadcast;
    if (node.keep(value)) tellInTurn(node, value, neighboursBut(node, broadcast), untilTurnMs);
  };
};
