/** An adapter as Socket.IO has them: what is emitted at one server reaches the sockets of all servers. */
import type { Client } from "../../lib/client/mod.ts";

type Emit = (packet: unknown, options: { readonly rooms: ReadonlySet<string> }) => void;

/** `local` emits to the sockets of this server. */
export function clusterAdapter(client: Client, local: Emit): { broadcast: Emit; follow(): Promise<void> } {
  const by = crypto.randomUUID();
  return {
    broadcast(packet, { rooms }) {
      local(packet, { rooms });
      client.broadcast({ by, packet, rooms: [...rooms] }, { topic: "_sockets" }).catch(console.error);
    },
    async follow() {
      for await (const { value } of client.watch({ topics: ["_sockets"], from: "now" })) {
        const { by: server, packet, rooms } = Object(value);
        if (server !== by) local(packet, { rooms: new Set(rooms) });
      }
    },
  };
}
