/** `hearsay play`: writes one self-contained page in which the simulator runs. */
import { playHtml } from "../pages/play/document/frame.ts";
import { pageScript } from "../pages/scripts.ts";
import { parsePlay, STANDARD_OUTPUT } from "./config/play.ts";
import { fail, type Io, OK, refuse } from "./terminal/io.ts";
import { OutputFile } from "./terminal/output_file.ts";

export async function play(args: readonly string[], io: Io): Promise<number> {
  const parsed = parsePlay(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { out } = parsed.config;
  try {
    const html = playHtml(await pageScript("play"));
    if (out === STANDARD_OUTPUT) io.out(html);
    else {
      const file = await OutputFile.open(out);
      try {
        await file.write([html]);
      } finally {
        await file.close();
      }
      io.err(`Wrote ${out}: open it in a browser.\n`);
    }
    return OK;
  } catch (error) {
    return fail(io, error);
  }
}
