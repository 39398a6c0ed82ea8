/** Every command that takes flags, and which: for help. */
import { shapes as examShapes } from "../config/exam.ts";
import { shapes as challengesShapes } from "../config/challenges.ts";
import { shapes as clientShapes } from "../config/client.ts";
import { shapes as compareShapes } from "../config/compare.ts";
import { shapes as cutShapes } from "../config/cut.ts";
import { shapes as labShapes } from "../config/lab.ts";
import { shapes as playShapes } from "../config/play.ts";
import { shapes as serveShapes } from "../config/serve.ts";
import { shapes as realShapes } from "../config/real.ts";
import { type FlagLine, linesOf } from "./read_flags.ts";

const shapes = {
  ...{ ...examShapes, ...realShapes, ...compareShapes, ...challengesShapes },
  ...{ ...serveShapes, ...clientShapes, ...cutShapes, ...labShapes, ...playShapes },
};

/** In the order of help; none for a command that takes none. */
export function flagsOf(command: string): readonly FlagLine[] {
  const shape = Object.entries(shapes).find(([name]) => name === command)?.[1];
  return shape === undefined ? [] : linesOf(shape);
}
