/** Two other first solutions of 3c: a value is sent again every half second, for ever, as no node answers another. */
import type { Json } from "../../core/message.ts";
import type { Node } from "../../runtime/handlers/node.ts";
import { type Protocol, telling } from "./protocol.ts";

/** ms */
const RETRY_MS = 500;

/** Only the node that a client told a value sends it to all. */
export const firstForwarderRetry: Protocol = (node) => ({ value, isFromClient, answer }) => {
  node.keep(value);
  if (!isFromClient) return;
  repeatToAll(node, value);
  answer();
};

/** Every node sends it to all, so that there is a way round a link that is cut. */
export const reforwardRetry: Protocol = (node) => ({ value, isFromClient, answer }) => {
  if (node.keep(value)) repeatToAll(node, value);
  if (isFromClient) answer();
};

// The program means to stop at the first answer. But it looks for one right after it has sent, when none can have come,
// and a node answers only clients.
function repeatToAll(node: Node, value: Json): void {
  for (const peer of node.peers) node.send(peer, telling(value));
  node.after(RETRY_MS, () => repeatToAll(node, value));
}
