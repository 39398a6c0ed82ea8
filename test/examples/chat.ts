/** A chat room: its history first, then what is said; whoever comes back goes on from where it was left. */
import type { Client, Json, Position } from "../../lib/client/mod.ts";

export function say(client: Client, room: string, by: string, text: string): Promise<void> {
  return client.broadcast({ by, text }, { topic: `chat-${room}` });
}

/** `show` returns false to leave. Resolves to where to come back to. */
export async function join(
  client: Client,
  room: string,
  show: (said: Json | undefined) => boolean,
  from: Position = "",
): Promise<Position> {
  for await (const { value, position } of client.watch({ topics: [`chat-${room}`], from })) {
    from = position;
    if (!show(value)) break;
  }
  return from;
}
