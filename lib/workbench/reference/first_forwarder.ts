/** Another first solution of 3b: only the node that a client told a value sends it to all, once, and hopes. */
import type { Protocol } from "./reference_node.ts";

export const firstForwarder: Protocol = (node) => ({ value, isFromClient, answer }) => {
  node.keep(value);
  if (!isFromClient) return;
  // It goes through the whole list of nodes, and so sends the value to itself, too.
  for (const dest of [node.me, ...node.peers]) node.tell(dest, value);
  answer();
};
