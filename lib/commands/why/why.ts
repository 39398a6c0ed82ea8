/** `hearsay why`: where the time went that a value took to the last node, of a run that was recorded or is simulated now. */
import { Recorder } from "../../workbench/report/recording.ts";
import { Facts } from "../../workbench/report/why/facts.ts";
import { jsonOf, linesOf } from "../../workbench/report/why/tell.ts";
import { slowest, type Why, whyOf } from "../../workbench/report/why/why.ts";
import type { Run } from "../../workbench/report/run.ts";
import { visible } from "../../workbench/report/text.ts";
import { aboutOf } from "../exam/recorded.ts";
import { runIn } from "../exam/events_file.ts";
import { simulated } from "../sim.ts";
import { fail, FAILED, type Io, OK, printLines, refuse } from "../terminal/io.ts";
import { parseWhy, type Source, type WhyConfig } from "../config/exam/why.ts";
import { chosen } from "./values.ts";

export async function why(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseWhy(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  try {
    return explain(parsed.config, await runOf(parsed.config.source, io), io);
  } catch (error) {
    return fail(io, error);
  }
}

async function runOf(source: Source, io: Io): Promise<Run> {
  if ("file" in source) return await runIn(source.file, io);
  const { exam, without } = source;
  const recorder = new Recorder();
  const run = simulated(exam, exam.settings.seed, { without }, { recorder });
  return { about: aboutOf({ run, world: "sim" }), recording: recorder.recording, results: run.results };
}

/** Every value that is known is explained, whatever becomes of the others. */
function explain({ values, slowest: most, json }: WhyConfig, run: Run, io: Io): number {
  const facts = new Facts(run);
  const found = values.length === 0
    ? slowest(facts, most).map((value) => ({ ok: true as const, value }))
    : chosen(values, facts.values);
  const whys: Why[] = [];
  let status = OK;
  for (const each of found) {
    const explained = each.ok ? whyOf(facts, each.value) : undefined;
    if (explained !== undefined) whys.push(explained);
    else status = FAILED;
    if (!each.ok) io.err(`${each.reason}\n`);
  }
  if (found.length === 0) io.err("Nobody broadcast a value in this run.\n");
  const { about: { headline }, results: { seed } } = run;
  if (json) io.out(`${JSON.stringify({ run: headline, seed, nodes: facts.nodes, why: whys.map(jsonOf) })}\n`);
  else if (whys.length > 0) {
    const lines = [headline, ...whys.flatMap((each) => ["", ...linesOf(each, facts.nodes.length)])];
    // Whoever wrote the file named the run and its nodes.
    printLines(io, lines.map(visible));
  }
  return status;
}
