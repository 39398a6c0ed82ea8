/** Another first solution of 3b: only the node that a client told a value sends it to all, once, and hopes. */
import { type Protocol, telling } from "./protocol.ts";

export const firstForwarder: Protocol = (node) => ({ value, isFromClient, answer }) => {
  node.keep(value);
  if (!isFromClient) return;
  // It goes through the whole list of nodes, and so sends the value to itself, too.
  for (const dest of [node.id, ...node.peers]) node.send(dest, telling(value));
  answer();
};
