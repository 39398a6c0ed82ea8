/** `hearsay delete TOPIC/KEY`: nothing stands under the key any more, whether anything did or not. */
import { eventId, unguessable } from "../../client/event_ids.ts";
import { parseKey } from "../config/keyed.ts";
import { type Io, refuse } from "../terminal/io.ts";
import { tell } from "./tell.ts";

export async function deleteKey(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseKey("delete", args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const { topic, key } = config;
  return await tell(config, { type: "delete", topic, key, id: eventId(unguessable(), 1) }, io);
}
