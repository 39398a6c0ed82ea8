/** `hearsay leave`: one node hands over what it alone holds, and is no member any longer. */
import { refusal } from "../../client/connection.ts";
import { Nodes } from "../../client/nodes.ts";
import { request } from "../../client/request.ts";
import { parseLeave } from "../config/members/members.ts";
import { fail, FAILED, type Io, OK, refuse } from "../terminal/io.ts";

export async function leave(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseLeave(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const nodes = new Nodes(parsed.config, io.err);
  const answer = await request(nodes, { type: "leave" });
  if (!answer.ok) {
    const still = answer.mayBeDone && !nodes.isRefused ? " It may be about to leave all the same." : "";
    io.err(`The node has not left.${still}\n${nodes.failureLines}`);
    return FAILED;
  }
  if (answer.body.type === "error") return fail(io, `${answer.by} ${refusal(answer.body)}`);
  io.err(`${answer.by} has left: others hold all that it held.\n`);
  return OK;
}
