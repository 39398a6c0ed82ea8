/** Tells one thing to a cluster until a node has acknowledged it. */
import type { Client } from "../../client/client.ts";
import type { KeyConfig } from "../config/keyed.ts";
import { type Io, OK } from "../terminal/io.ts";
import { asking, nobodyDoes } from "./asking.ts";

export function tell(config: KeyConfig, io: Io, ask: (client: Client) => Promise<void>): Promise<number> {
  return asking(config, io, async (client) => {
    await ask(client);
    if (io.errIsTerminal || config.verbose) io.err(`Acknowledged by ${client.node}.\n`);
    return OK;
  }, ({ code, mayBeDone }) => {
    const why = code === "refused" ? "No node takes it now." : nobodyDoes({ code });
    return mayBeDone ? `${why} It may have been taken all the same.` : why;
  });
}
