/** `hearsay report`: a run from its events, as a page or a log for other tools. */
import { parseReport, type ReportConfig } from "./config/report.ts";
import { runIn } from "./exam/events_file.ts";
import { writerOf } from "./exam/formats.ts";
import { fail, type Io, OK, refuse } from "./terminal/io.ts";
import { OutputFile, pieces } from "./terminal/output_file.ts";

export async function report(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseReport(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  try {
    return await draw(parsed.config, io);
  } catch (error) {
    return fail(io, error);
  }
}

async function draw({ file, out, format }: ReportConfig, io: Io): Promise<number> {
  const write = await writerOf(format);
  const run = await runIn(file, io);
  if (out === undefined) return await print(write(run), io);
  const output = await OutputFile.open(out);
  try {
    await output.write(write(run));
  } finally {
    await output.close();
  }
  io.err(`Wrote ${out}.\n`);
  return OK;
}

async function print(texts: Iterable<string>, io: Io): Promise<number> {
  for (const piece of pieces(texts)) {
    io.out(piece);
    // Whoever reads it may have enough.
    if (!await io.outDrained()) break;
  }
  return OK;
}
