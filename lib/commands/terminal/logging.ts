/** Structured logs on standard error. */
import { configure, getJsonLinesFormatter, getLogger, getTextFormatter } from "@logtape/logtape";
import type { Logger } from "../../service/logger.ts";
import type { logFormats, logLevels } from "../config/serve.ts";
import { printable } from "../../../transports/shortened.ts";
import type { Io } from "./io.ts";

type Facts = Record<string, unknown>;

export async function logTo(
  io: Pick<Io, "err" | "onErrDropped">,
  lowestLevel: typeof logLevels[number],
  format: typeof logFormats[number],
): Promise<Logger> {
  const line = format === "json" ? getJsonLinesFormatter() : textLine();
  // A later logger of the process takes the place of an earlier one.
  await configure({
    reset: true,
    sinks: { stderr: (record) => io.err(line(record)) },
    loggers: [
      { category: "hearsay", sinks: ["stderr"], lowestLevel },
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "warning" },
    ],
  });
  const logger = getLogger("hearsay");
  io.onErrDropped((dropped) => logger.warn("log lines were dropped, as nobody read them", { dropped }));
  return {
    debug: (text, facts) => logger.debug(plain(text), facts ?? {}),
    info: (text, facts) => logger.info(plain(text), facts ?? {}),
    warn: (text, facts) => logger.warn(plain(text), facts ?? {}),
    error: (text, facts) => logger.error(plain(text), facts ?? {}),
  };
}

/** `2026-11-20T07:00:00.000Z INF linked to n2 {"peer":"n2"}` */
function textLine() {
  return getTextFormatter({
    timestamp: "rfc3339",
    format: ({ timestamp, level, message, record }) =>
      `${timestamp} ${level} ${message}${factsOf(record.properties)}`,
  });
}

function factsOf(facts: Facts): string {
  return Object.keys(facts).length === 0 ? "" : ` ${printable(JSON.stringify(facts))}`;
}

/** Strangers have a say in some texts. Braces would be taken for the names of facts. */
function plain(text: string): string {
  return printable(text).replaceAll("{", "{{").replaceAll("}", "}}");
}
