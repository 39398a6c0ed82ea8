/** The standard streams of a command, in memory. */
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import type { Io } from "../../lib/commands/terminal/io.ts";

export interface Heard {
  readonly io: Io;
  readonly out: string[];
  readonly err: string[];
}

/** What a command prints, in memory; and what it reads. */
export function listen(input = "", changes: Partial<Io> = {}): Heard {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => void out.push(text),
    outDrained: () => Promise.resolve(true),
    outGivenUp() {},
    err: (text) => void err.push(text),
    errDrained: () => Promise.resolve(),
    onErrDropped() {},
    env: {},
    input: () => Readable.from([Buffer.from(input)]),
    inputIsTerminal: false,
    outIsTerminal: false,
    errIsTerminal: false,
    ...changes,
  };
  return { io, out, err };
}
