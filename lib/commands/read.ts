/** `hearsay read`: every value that a node holds, once, as lines or as one array, however many there are. */
import type { Json } from "../core/message.ts";
import { seeded } from "../core/random.ts";
import { parseRead } from "./config/client.ts";
import { FAILED, type Io, OK, refuse } from "./terminal/io.ts";
import { Nodes } from "../client/nodes.ts";
import { Position } from "../client/position.ts";
import { Seen } from "../client/seen.ts";
import { Stream } from "../client/stream.ts";

export async function read(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseRead(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const nodes = new Nodes(config, io.err);
  const printer = config.json ? arrayPrinter(io) : linePrinter(io);
  const stream = new Stream({
    nodes,
    random: seeded(0),
    position: new Position(),
    seen: new Seen(),
    follow: false,
    take: (values) => printer.print(values),
  });
  const ending = await stream.run();
  if (ending === "failed") {
    io.err(`No node answers.\n${nodes.failures.map((failure) => `${failure}\n`).join("")}`);
    return FAILED;
  }
  if (ending === "end") printer.end();
  return OK;
}

export interface Printer {
  /** Resolves once the values have left, to false where nobody reads them. */
  print(values: readonly Json[]): Promise<boolean>;
  end(): void;
}

export function linePrinter(io: Io): Printer {
  return {
    print(values) {
      io.out(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
      return io.outDrained();
    },
    end() {},
  };
}

/** An array that is not whole is never closed, so that nobody takes it for whole. */
function arrayPrinter(io: Io): Printer {
  let before = "[";
  return {
    print(values) {
      io.out(before + values.map((value) => JSON.stringify(value)).join(","));
      before = ",";
      return io.outDrained();
    },
    end: () => io.out(before === "[" ? "[]\n" : "]\n"),
  };
}
