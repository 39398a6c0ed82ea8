/** Reads a run from a file of events, or from standard input. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { fileFault } from "../../../transports/errno.ts";
import { LineReader } from "../../../transports/lines/reader.ts";
import { EventsReader } from "../../workbench/report/events/read.ts";
import type { Run } from "../../workbench/report/run.ts";
import { STANDARD_INPUT } from "../config/report.ts";
import type { Io } from "../terminal/io.ts";

/** The longest line that is read, in bytes. The results of a run are one, and may list every value. */
export const EVENT_BYTES_MAX = 64 * 1_048_576;

/** Says on standard error what the file lacks; rejects with a sentence where it cannot be read. */
export async function runIn(path: string, io: Io): Promise<Run> {
  const reader = new EventsReader();
  const input = path === STANDARD_INPUT ? io.input() : createReadStream(path);
  const outcome = await readAll(input, reader).then(() => reader.end(), (error: unknown) => {
    throw new Error(`Cannot read ${JSON.stringify(path)}: ${fileFault(error)}`, { cause: error });
  });
  if (!outcome.ok) throw new Error(`Cannot read ${JSON.stringify(path)}: ${outcome.reason}`);
  for (const warning of outcome.warnings) io.err(`${path}: ${warning}\n`);
  return outcome.run;
}

async function readAll(input: Readable, reader: EventsReader): Promise<void> {
  const lines = new LineReader({
    onLine: (line) => reader.take(line),
    onEmpty: () => reader.skip(),
    onOverlong: (bytesMax) => {
      reader.skip();
      reader.refuse(`it is longer than ${bytesMax} bytes`);
    },
  }, EVENT_BYTES_MAX);
  for await (const chunk of input) {
    lines.push(chunk);
    // Whatever follows would not be read.
    if (reader.fault !== undefined) return;
  }
  lines.end();
}
