/** `hearsay play`: writes one self-contained page in which the simulator runs. */
import { writeFileSync } from "node:fs";
import { playHtml } from "../pages/play/document/frame.ts";
import { pageScript } from "../pages/scripts.ts";
import { parsePlay, STANDARD_OUTPUT } from "./config/play.ts";
import { fail, type Io, OK, refuse } from "./terminal/io.ts";

export async function play(args: readonly string[], io: Io): Promise<number> {
  const parsed = parsePlay(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { out } = parsed.config;
  try {
    const html = playHtml(await pageScript("play"));
    if (out === STANDARD_OUTPUT) io.out(html);
    else {
      writeFileSync(out, html);
      io.err(`Wrote ${out}: open it in a browser.\n`);
    }
    return OK;
  } catch (error) {
    return fail(io, error);
  }
}
