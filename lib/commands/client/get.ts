/** `hearsay get TOPIC/KEY`: prints the value under a key, as the first node that answers knows it. */
import { parseKey } from "../config/keyed.ts";
import { fail, type Io, OK, refuse, shownJson } from "../terminal/io.ts";
import { asking } from "./asking.ts";

export async function get(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseKey("get", args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const { topic, key } = config;
  return await asking(config, io, async (client) => {
    const value = await client.get(topic, key);
    if (value === undefined) {
      return fail(io, `There is nothing under ${topic}/${key}, as far as ${client.node} knows`);
    }
    if (config.verbose) io.err(`Answered by ${client.node}.\n`);
    io.out(`${shownJson(io, JSON.stringify(value))}\n`);
    return OK;
  });
}
