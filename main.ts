/** hearsay: picks a command by its arguments and ends the process with the command's exit status. */
import { fstatSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { isatty } from "node:tty";
import { dispatch } from "./lib/commands/dispatch.ts";
import type { Io } from "./lib/commands/io.ts";

/** What was written and has not left yet: an exit would cut it off at 64 KiB of a pipe. */
const leaving = new Set<Promise<void>>();
let output: Writable | undefined;
let outIsRead = true;

const io: Io = {
  out: (text) => write(output ??= openOutput(), text),
  outDrained: drained,
  outGivenUp: () => leaving.clear(),
  err: (text) => write(process.stderr, text),
  env: process.env,
  input: () => process.stdin,
  inputIsTerminal: isatty(0),
  outIsTerminal: isatty(1),
  errIsTerminal: isatty(2),
};

// A reader that left, as `head` does, is no reason to crash.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

// No top-level await: bytecode cannot have it.
dispatch(process.argv.slice(2), io).then(end, crash);

/** Deno's own writes hold up the whole process, signals too, while nobody reads; a socket on the same pipe does not. */
function openOutput(): Writable {
  const isPipe = () => fstatSync(1).isFIFO() || fstatSync(1).isSocket();
  if (process.versions["deno"] === undefined || !isPipe()) return process.stdout;
  return new Socket({ fd: 1, readable: false, writable: true }).on("error", () => {});
}

/** An empty write is no sign that earlier ones have left, so each one is waited for. */
function write(stream: Writable, text: string): void {
  const left = new Promise<void>((resolve) =>
    stream.write(text, (error) => {
      if (error && stream === output) outIsRead = false;
      resolve();
    })
  );
  leaving.add(left);
  left.then(() => leaving.delete(left));
}

async function drained(): Promise<boolean> {
  // What is written meanwhile is waited for, too.
  while (leaving.size > 0) await Promise.all(leaving);
  return outIsRead;
}

function end(status: number): void {
  Promise.all(leaving).then(() => process.exit(status));
}

function crash(error: unknown): void {
  io.err(`hearsay: a bug: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  end(1);
}
