/** `hearsay read`: every value that a node holds, once, as lines or as one array, however many there are. */
import { Digest } from "../../core/log/digest.ts";
import { seeded } from "../../core/random.ts";
import { parseRead } from "../config/client.ts";
import { printing } from "./gaps.ts";
import { FAILED, type Io, OK, refuse } from "../terminal/io.ts";
import { elsewhere, nobodyDoes } from "./asking.ts";
import { Nodes } from "../../client/nodes.ts";
import { arrayPrinter, linePrinter } from "../terminal/value_printer.ts";
import { Recent } from "../../client/watching/recent.ts";
import { Stream } from "../../client/watching/stream.ts";

export async function read(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseRead(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const nodes = new Nodes(config, io.err);
  const { spell } = config;
  const printer = config.json ? arrayPrinter(io, spell) : linePrinter(io, spell);
  const stream = new Stream({
    nodes,
    random: seeded(0),
    position: new Digest(),
    recent: new Recent(),
    wanted: config.wanted,
    follow: false,
    take: printing(printer, io),
  });
  const ending = await stream.run();
  if (ending === "failed") {
    io.err(`${nobodyDoes(nodes)}\n${nodes.failureLines}${elsewhere(config, nodes.isRefused)}`);
    return FAILED;
  }
  if (ending === "end") printer.end();
  return OK;
}
