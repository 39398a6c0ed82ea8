/** Challenge 3a: a node keeps what it is told, and tells nobody. */
import type { Protocol } from "./protocol.ts";

export const single: Protocol = (node) => ({ value, answer }) => {
  node.keep(value);
  answer();
};
