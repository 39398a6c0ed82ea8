/** `hearsay delete TOPIC/KEY`: nothing stands under the key any more, whether anything did or not. */
import { parseKey } from "../config/keyed.ts";
import { type Io, refuse } from "../terminal/io.ts";
import { tell } from "./tell.ts";

export async function deleteKey(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseKey("delete", args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { topic, key } = parsed.config;
  return await tell(parsed.config, io, (client) => client.delete(topic, key));
}
