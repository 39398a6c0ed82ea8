/** How it is said that values are gone, which is no failure: nobody can bring them back. */
import type { Range } from "../../core/log/runs.ts";
import type { StreamOptions } from "../../client/watching/stream.ts";
import type { Io } from "../terminal/io.ts";
import type { ValuePrinter } from "../terminal/value_printer.ts";
import { printable } from "../../../transports/shortened.ts";

/** Prints what a stream brings, and then says what is gone. */
export function printing(printer: ValuePrinter, io: Io): StreamOptions["take"] {
  return async ({ items, gaps }) => {
    if (items.length > 0 && !(await printer.print(items))) return false;
    for (const gap of gaps) sayGap(io, gap);
    return true;
  };
}

function sayGap(io: Io, { origin, seq, count }: Range): void {
  const name = printable(origin);
  const what = count === 1 ? `1 value of ${name} is` : `${count} values of ${name} are`;
  io.err(`gap: ${what} gone, from ${seq} on\n`);
}
