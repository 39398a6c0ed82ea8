/** Five nodes of js-libp2p that gossip, each message signed, as is the default, or not. */
import { script } from "../../../shared/script.ts";
import { startRelays } from "./relay_system.ts";
import { missingPackages } from "./rivals.ts";
import type { System } from "./system.ts";

export const gossipUnsigned: System = gossip("gossipsub-unsigned", "js-libp2p gossipsub, unsigned", false);
export const gossipSigned: System = gossip("gossipsub", "js-libp2p gossipsub", true);

function gossip(key: string, name: string, signed: boolean): System {
  const missing = () => Promise.resolve(missingPackages());
  return {
    key,
    name,
    missing,
    start: () => startRelays(script(new URL("../rivals/gossip_node.ts", import.meta.url)), { signed }),
  };
}
