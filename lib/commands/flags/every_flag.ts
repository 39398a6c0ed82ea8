/** Every command that takes flags, and which: for help. */
import { shapes as caShapes } from "../config/ca.ts";
import { shapes as clientShapes } from "../config/client.ts";
import { shapes as cutShapes } from "../config/cut.ts";
import { shapes as challengesShapes } from "../config/exam/challenges.ts";
import { shapes as compareShapes } from "../config/exam/compare.ts";
import { shapes as examShapes } from "../config/exam/exam.ts";
import { shapes as huntShapes } from "../config/exam/hunt.ts";
import { shapes as realShapes } from "../config/exam/real.ts";
import { shapes as whyShapes } from "../config/exam/why.ts";
import { shapes as labShapes } from "../config/lab.ts";
import { shapes as maelstromShapes } from "../config/maelstrom.ts";
import { shapes as manifestShapes } from "../config/manifest.ts";
import { shapes as membersShapes } from "../config/members/members.ts";
import { shapes as playShapes } from "../config/play.ts";
import { shapes as reportShapes } from "../config/report.ts";
import { shapes as serveShapes } from "../config/serve.ts";
import { shapes as rightsShapes } from "../config/trust/rights.ts";
import { type FlagLine, linesOf } from "./read_flags.ts";

const shapes = {
  ...{ ...caShapes, ...clientShapes, ...cutShapes, ...challengesShapes, ...compareShapes },
  ...{ ...examShapes, ...huntShapes, ...realShapes, ...whyShapes, ...labShapes },
  ...{ ...maelstromShapes, ...manifestShapes, ...membersShapes, ...playShapes, ...reportShapes },
  ...{ ...serveShapes, ...rightsShapes },
};

/** In the order of help; none for a command that takes none. */
export function flagsOf(command: string): readonly FlagLine[] {
  const shape = Object.entries(shapes).find(([name]) => name === command)?.[1];
  return shape === undefined ? [] : linesOf(shape);
}
