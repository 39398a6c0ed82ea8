/** hearsay: picks a command by its arguments and ends the process with the command's exit status. */
import { writeSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { dispatch } from "./lib/commands/dispatch.ts";
import { FAILED, type Io, OK, refuse, textOfCrash } from "./lib/commands/terminal/io.ts";
import { runtimeFault } from "./lib/commands/terminal/runtime.ts";
import { Output, terminalColumns } from "./lib/commands/terminal/output.ts";

/** What is held of standard error for a reader that has stalled, in bytes. */
const ERR_HELD_BYTES_MAX = 1_048_576;
/** At the end, what is said on standard error may take so long to leave, ms. */
const ERR_END_MS_MAX = 2_000;

const out = new Output(1);
const err = new Output(2, ERR_HELD_BYTES_MAX);

const io: Io = {
  out: (text) => out.write(text),
  outDrained: () => out.drained().then(() => out.isRead),
  outGivenUp: () => out.giveUp(),
  err: (text) => err.write(text),
  errDrained: () => drained(err, ERR_END_MS_MAX),
  onErrDropped: (say) => err.onDropped(say),
  env: process.env,
  input: () => process.stdin,
  inputIsTerminal: isatty(0),
  outIsTerminal: isatty(1),
  errIsTerminal: isatty(2),
  get outColumns() {
    return terminalColumns(1);
  },
  get errColumns() {
    return terminalColumns(2);
  },
};

process.on("uncaughtException", crashAtOnce);

// No top-level await: bytecode cannot have it.
begin().then(end, crash);

async function begin(): Promise<number> {
  const mistake = runtimeFault(process.versions);
  return mistake === undefined ? await dispatch(process.argv.slice(2), io) : refuse(io, [mistake]);
}

/** A reader of the output that takes its time, as `less` does, is waited for, until a signal comes. */
async function end(status: number): Promise<void> {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => process.exit(128 + constants.signals[name]));
  }
  if (!out.isGivenUp) await out.drained();
  if (out.fault !== undefined) err.write(`${out.fault}\n`);
  await drained(err, ERR_END_MS_MAX);
  const isLost = out.fault !== undefined || out.isGivenUp;
  process.exit(isLost && status === OK ? FAILED : status);
}

async function drained(output: Output, msMax: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, msMax));
  await Promise.race([output.drained(), late]);
  clearTimeout(timer);
}

function crash(error: unknown): void {
  io.err(textOfCrash(error));
  end(FAILED);
}

/** At once: what was interrupted half-way is not gone on with. */
function crashAtOnce(error: unknown): never {
  try {
    writeSync(2, textOfCrash(error));
  } finally {
    process.exit(FAILED);
  }
}
