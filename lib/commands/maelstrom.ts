/** `hearsay maelstrom`: one node on standard input and output. */
import { hasVariables } from "./flags/command_names.ts";
import { type Io, refuse } from "./terminal/io.ts";
import { runMaelstrom } from "../service/maelstrom.ts";

/** Settings are only parsed where there are some: a plain start need not load the parser. */
export async function maelstrom(args: readonly string[], io: Io): Promise<number> {
  if (args.length === 0 && !hasVariables(io.env)) return await runMaelstrom({});
  const { parseMaelstrom } = await import("./config/maelstrom.ts");
  const parsed = parseMaelstrom(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { protocol = "hearsay", ...config } = parsed.config;
  if (protocol === "hearsay") return await runMaelstrom(config);
  const { protocols } = await import("../workbench/reference/protocols.ts");
  return await runMaelstrom({ ...config, makeNode: protocols[protocol].make });
}
