/** A first solution of 3b: whoever hears of a new value sends it to all others, once, and hopes. */
import { type Protocol, telling } from "./protocol.ts";

export const flood: Protocol = (node) => ({ value, answer }) => {
  if (node.keep(value)) {
    // The sender is told as well: it is one of the peers.
    for (const peer of node.peers) node.send(peer, telling(value));
  }
  // Nobody asked for this answer, and it is counted all the same.
  answer();
};
