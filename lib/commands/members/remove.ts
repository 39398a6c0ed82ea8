/** `hearsay remove ID`: a member that is gone for good is one no longer. */
import { refusal } from "../../client/connection.ts";
import { Nodes } from "../../client/nodes.ts";
import { request } from "../../client/request.ts";
import { KEY_DOES_NOT_EXIST } from "../../core/message.ts";
import { parseRemove } from "../config/members/members.ts";
import { fail, FAILED, type Io, OK, refuse } from "../terminal/io.ts";

export async function remove(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseRemove(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { id } = parsed.config;
  const nodes = new Nodes(parsed.config, io.err);
  const answer = await request(nodes, { type: "remove", id });
  if (!answer.ok) {
    io.err(`No node has removed ${id}.\n${nodes.failureLines}`);
    return FAILED;
  }
  const { body, by } = answer;
  if (body.type === "error" && body["code"] === KEY_DOES_NOT_EXIST) {
    return fail(io, `${id} is no member, as far as ${by} knows`);
  }
  if (body.type === "error") return fail(io, `${by} ${refusal(body)}`);
  io.err(`${id} is removed; ${by} tells the others.\n`);
  return OK;
}
