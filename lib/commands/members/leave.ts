/** `hearsay leave`: one node hands over what it alone holds, and is no member any longer. */
import { asking } from "../client/asking.ts";
import { parseLeave } from "../config/members/members.ts";
import { type Io, OK, refuse } from "../terminal/io.ts";

export async function leave(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseLeave(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  return await asking(parsed.config, io, async (client) => {
    await client.ask({ type: "leave" });
    io.err(`${client.node} has left: others hold all that it held.\n`);
    return OK;
  }, ({ isRefused, mayBeDone }) => {
    const still = mayBeDone && !isRefused ? " It may be about to leave all the same." : "";
    return `The node has not left.${still}`;
  });
}
