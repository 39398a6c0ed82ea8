/** How it is said that values are gone, which is no failure: nobody can bring them back. */
import type { Range } from "../../core/log/runs.ts";
import type { Io } from "../terminal/io.ts";

export function sayGap(io: Io, { origin, seq, count }: Range): void {
  const what = count === 1 ? `1 value of ${origin} is` : `${count} values of ${origin} are`;
  io.err(`gap: ${what} gone, from ${seq} on\n`);
}
