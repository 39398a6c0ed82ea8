/** hearsay: picks a command by its arguments and ends the process with the command's exit status. */
import { isatty } from "node:tty";
import { dispatch } from "./lib/commands/dispatch.ts";
import type { Io } from "./lib/commands/io.ts";

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
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

/** What was written must have left before the process does: an exit cuts a pipe at 64 KiB. */
function end(status: number): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(status)));
}

function crash(error: unknown): void {
  io.err(`hearsay: a bug: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  end(1);
}
