/** The settings of `hearsay report`, from flags and variables: which events are drawn, as what, and where to. */
import { z } from "zod";
import { type Format, formats } from "../exam/formats.ts";
import { choice, text } from "../flags/schemas.ts";
import { mustBe, mustBeGiven } from "../flags/flags.ts";
import { isSameFile } from "../terminal/output_file.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";

export interface ReportConfig {
  /** STANDARD_INPUT, or a path. */
  readonly file: string;
  /** Absent: standard output. */
  readonly out?: string;
  readonly format: Format;
}

/** The names of files that stand for standard input and output. */
export const STANDARD_INPUT = "-";
const STANDARD_OUTPUT = "-";
const FILE_RULE = "a file of events, or - for standard input";

/** How a file is named by what it holds. */
const endings: Readonly<Record<Format, string>> = { html: "html", events: "ndjson", shiviz: "shiviz.log" };

export const shapes = {
  report: z.object({
    "out": text("FILE", "a file to write, or - for standard output", "where it is written (beside FILE)"),
    "format": choice(formats, "NAME", "a page, the same events again, or a log for ShiViz (html)"),
  }),
};

export function parseReport(args: readonly string[], env: Env): Parsed<ReportConfig> {
  const { flags, mistakes, operands, given } = readFlags("report", shapes.report, args, env, {
    takesOperands: true,
  });
  const [file = "", ...more] = operands;
  const format = flags.format ?? "html";
  const out = flags.out ?? outBeside(file, format);
  const source = given.get("out")?.source ?? "--out";
  return outcome([
    ...mistakes,
    ...file === "" ? [mustBeGiven("report", "FILE", `it is ${FILE_RULE}`)] : [],
    ...more.length > 0 ? [mustBe("report", "FILE", "one file", operands.join(" "))] : [],
    ...out !== STANDARD_OUTPUT && isSameFile(out, file)
      ? [mustBe("report", source, "another file than FILE", out)]
      : [],
  ], { file, ...out !== STANDARD_OUTPUT && { out }, format });
}

function outBeside(file: string, format: Format): string {
  return file === STANDARD_INPUT ? STANDARD_OUTPUT : `${file.replace(/\.ndjson$/, "")}.${endings[format]}`;
}
