/** A node of one's own in the simulator: a seed with which it loses values, and with which it always does. */
import type { NodeMaker } from "../../lib/package/maelstrom.ts";
import { simulate } from "../../lib/package/sim.ts";

/** It sends each value to all, once, and hopes. */
export const hopeful: NodeMaker = (node) => ({
  broadcast({ isFromClient, body: { message } }) {
    node.keep(message);
    const peers = isFromClient ? node.peers : [];
    for (const peer of peers) node.send(peer, { type: "broadcast", message });
    return {};
  },
  read: () => ({ messages: node.values }),
});

export function lossesOf(node: NodeMaker, seed: number): readonly string[] {
  return simulate({ node, nodeCount: 5, latencyMs: 10, nemesis: ["partition"], seed }).results.failures;
}
