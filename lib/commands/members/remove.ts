/** `hearsay remove ID`: a member that is gone for good is one no longer. */
import type { Client } from "../../client/client.ts";
import { HearsayError } from "../../client/errors.ts";
import { asking } from "../client/asking.ts";
import { parseRemove } from "../config/members/members.ts";
import { fail, type Io, OK, refuse } from "../terminal/io.ts";

export async function remove(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseRemove(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { id, force } = parsed.config;
  return await asking(parsed.config, io, async (client) => {
    const alive = force ? undefined : await aliveAt(client, id);
    if (alive !== undefined) {
      return fail(
        io,
        `${id} is in reach of ${client.node}, and what it alone holds would be lost: let it leave, by ` +
          `'hearsay leave --at ${alive}', or remove it all the same, with --force`,
      );
    }
    try {
      await client.ask({ type: "remove", id });
    } catch (error) {
      if (!(error instanceof HearsayError) || error.code !== "missing") throw error;
      return fail(io, `${id} is no member, as far as ${client.node} knows`);
    }
    io.err(`${id} is removed; ${client.node} tells the others.\n`);
    return OK;
  }, () => `No node has removed ${id}.`);
}

/** Where a member that the node reaches listens; undefined where it is not reached. */
async function aliveAt(client: Client, id: string): Promise<string | undefined> {
  const { peers } = await client.status();
  const peer = peers.find((peer) => peer.id === id);
  if (!peer?.connected || peer.link?.hears === false) return undefined;
  return peer.link?.address || "HOST:PORT";
}
