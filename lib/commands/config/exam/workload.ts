/** The flag that says what nodes are to do, as Maelstrom's -w does, and what goes with it. */
import { isWorkload, whyUnserved, workloadNames } from "../../../runtime/workloads/names.ts";
import { type ExaminedWorkload, examinedWorkloads, isExamined } from "../../../workbench/workloads/names.ts";
import { complain, type Given } from "../../flags/flags.ts";
import { parsedText } from "../../flags/schemas.ts";

export const servedFlag = (about: string) =>
  parsedText((name) => isWorkload(name) ? name : undefined, said(about, workloadNames));

export const examinedFlag = (about: string) =>
  parsedText((name) => isExamined(name) ? name : undefined, said(about, examinedWorkloads));

function said(about: string, names: readonly string[]) {
  const rule = `one of ${names.join(", ")}`;
  return { ...{ value: "NAME", short: "w", about, rule, names }, why: whyUnserved };
}

/** Mistakes where nodes are to do something else than broadcast, and cannot. */
export function workloadMistakes(
  command: string,
  { workload = "broadcast", challenge }: {
    readonly workload?: ExaminedWorkload | undefined;
    readonly challenge?: string | undefined;
  },
  given: ReadonlyMap<string, Given>,
): string[] {
  if (workload === "broadcast") return [];
  const why = given.has("cluster")
    ? "broadcast with --cluster, as nodes of 'hearsay serve' do nothing else"
    : challenge === undefined
    ? undefined
    : "broadcast with --challenge, as each challenge is about that";
  return complain(command, given, "workload", why);
}
