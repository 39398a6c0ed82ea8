/** `hearsay remove ID`: a member that is gone for good is one no longer. */
import { HearsayError } from "../../client/errors.ts";
import { asking } from "../client/asking.ts";
import { parseRemove } from "../config/members/members.ts";
import { fail, type Io, OK, refuse } from "../terminal/io.ts";

export async function remove(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseRemove(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { id } = parsed.config;
  return await asking(parsed.config, io, async (client) => {
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
