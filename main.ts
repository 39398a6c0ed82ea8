/** hearsay: picks a command by its arguments and ends the process with the command's exit status. */
import { isatty } from "node:tty";
import { dispatch } from "./lib/commands/dispatch.ts";
import type { Io } from "./lib/commands/io.ts";

/** What was written and has not left yet: an exit would cut it off at 64 KiB of a pipe. */
const leaving = new Set<Promise<void>>();

const io: Io = {
  out: (text) => write(process.stdout, text),
  err: (text) => write(process.stderr, text),
  env: process.env,
  inputIsTerminal: isatty(0),
  outIsTerminal: isatty(1),
  errIsTerminal: isatty(2),
};

// A reader that left, as `head` does, is no reason to crash.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

// No top-level await: bytecode cannot have it.
dispatch(process.argv.slice(2), io).then(end, crash);

/** An empty write is no sign that earlier ones have left, so each one is waited for. */
function write(stream: NodeJS.WriteStream, text: string): void {
  const left = new Promise<void>((resolve) => stream.write(text, () => resolve()));
  leaving.add(left);
  left.then(() => leaving.delete(left));
}

function end(status: number): void {
  Promise.all(leaving).then(() => process.exit(status));
}

function crash(error: unknown): void {
  io.err(`hearsay: a bug: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  end(1);
}
