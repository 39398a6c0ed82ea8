/** `hearsay put TOPIC/KEY VALUE`: a value takes the place of the one before it under its key. */
import { valueOf } from "../../client/values.ts";
import { shortened } from "../../../transports/shortened.ts";
import { parsePut } from "../config/keyed.ts";
import { fail, type Io, refuse } from "../terminal/io.ts";
import { tell } from "./tell.ts";

export async function put(args: readonly string[], io: Io): Promise<number> {
  const parsed = parsePut(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const value = valueOf(config.value, config.asString);
  if (!value.ok) return fail(io, `Cannot put ${shortened(value.text)}: ${value.reason}`);
  const { topic, key } = config;
  return await tell(config, io, (client) => client.put(topic, key, JSON.parse(value.json)));
}
