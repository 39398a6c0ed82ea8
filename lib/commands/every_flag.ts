/** Every command that takes flags, and which: for help. */
import { shapes as examShapes } from "./config.ts";
import { type FlagLine, linesOf } from "./read_flags.ts";

const shapes = { ...examShapes };

/** In the order of help; none for a command that takes none. */
export function flagsOf(command: string): readonly FlagLine[] {
  const shape = Object.entries(shapes).find(([name]) => name === command)?.[1];
  return shape === undefined ? [] : linesOf(shape);
}
