/** A node for the workload `broadcast`: each neighbour is told each value every half second, until it answers. */
import { serve } from "../../lib/package/maelstrom.ts";

await serve((node) => ({
  broadcast({ src, body: { message } }) {
    const others = node.neighbours.filter((id) => id !== src);
    if (node.keep(message)) {
      for (const id of others) node.ask(id, { type: "broadcast", message }, { retryMs: 500 });
    }
    return {};
  },
  read: () => ({ messages: node.values }),
}));
