/** Writes messages as they are sent and received, as Maelstrom does with the flags of these names. */
import type { Envelope } from "../../core/message.ts";
import type { NetLog } from "../../workbench/world/network.ts";
import { isObserving } from "../../workbench/world/traffic.ts";
import type { Io } from "../terminal/io.ts";
import type { Wanted } from "./wanted.ts";

/** `send 1043.5 {"src":"n0","dest":"n1","body":{…}}`: ms since the examination began. Undefined where nothing is logged. */
export function netLogTo(write: (line: string) => void, wanted: Wanted): NetLog | undefined {
  const { logNetSend, logNetRecv } = wanted;
  if (!logNetSend && !logNetRecv) return undefined;
  const writes = (what: string) => (envelope: Envelope, at: number) => {
    if (isObserving(envelope)) return;
    const { src, dest, body } = envelope;
    write(`${what} ${at.toFixed(1)} ${JSON.stringify({ src, dest, body })}\n`);
  };
  return { ...logNetSend && { sent: writes("send") }, ...logNetRecv && { received: writes("recv") } };
}

/** So many characters are handed over at a time, well below what is held for a reader. */
const PIECE_CHARS = 262_144;

/** What a run in virtual time has logged, which nobody could read while it ran. */
export async function printLog(lines: readonly string[], io: Io): Promise<void> {
  let piece = "";
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE_CHARS) continue;
    io.err(piece);
    piece = "";
    await io.errDrained();
  }
  if (piece !== "") io.err(piece);
}
