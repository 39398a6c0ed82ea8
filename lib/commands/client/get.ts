/** `hearsay get TOPIC/KEY`: prints the value under a key, as the first node that answers knows it. */
import { refusal } from "../../client/connection.ts";
import { Nodes } from "../../client/nodes.ts";
import { request } from "../../client/request.ts";
import { KEY_DOES_NOT_EXIST } from "../../core/message.ts";
import { parseKey } from "../config/keyed.ts";
import { fail, FAILED, type Io, OK, refuse } from "../terminal/io.ts";

export async function get(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseKey("get", args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const { topic, key } = config;
  const nodes = new Nodes(config, io.err);
  const outcome = await request(nodes, { type: "get", topic, key });
  if (!outcome.ok) {
    io.err(`No node answers.\n${nodes.failureLines}`);
    return FAILED;
  }
  const { body, by } = outcome;
  if (body.type === "error" && body["code"] === KEY_DOES_NOT_EXIST) {
    return fail(io, `There is nothing under ${topic}/${key}, as far as ${by} knows`);
  }
  if (body.type === "error") return fail(io, `${by} ${refusal(body)}`);
  if (config.verbose) io.err(`Answered by ${by}.\n`);
  io.out(`${JSON.stringify(body["value"])}\n`);
  return OK;
}
