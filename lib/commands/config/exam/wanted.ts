/** The flags for what an examination writes beside its report on standard output. */
import type { Wanted } from "../../exam/wanted.ts";
import { complain, type Given } from "../../flags/flags.ts";
import { text } from "../../flags/schemas.ts";
import { isSameFile } from "../../terminal/output_file.ts";

export const FILE_RULE = "a file to write";

interface WantedFlags {
  readonly report?: string | undefined;
  readonly events?: string | undefined;
  readonly junit?: string | undefined;
  readonly "log-net-send"?: boolean | undefined;
  readonly "log-net-recv"?: boolean | undefined;
}

export const junitFlag = () =>
  text("FILE", FILE_RULE, "write each run that decides as a test case, in JUnit's XML");

export function wantedOf(flags: WantedFlags): Wanted {
  const { report, events, junit, "log-net-send": send, "log-net-recv": recv } = flags;
  return {
    ...report !== undefined && { report },
    ...events !== undefined && { events },
    ...junit !== undefined && { junit },
    ...send && { logNetSend: true },
    ...recv && { logNetRecv: true },
  };
}

/** One file would be written over the other. */
export function wantedMistakes(
  command: string,
  { report, events, junit }: WantedFlags,
  given: ReadonlyMap<string, Given>,
): string[] {
  return [
    ...complain(command, given, "events", takenBy(events, { report })),
    ...complain(command, given, "junit", takenBy(junit, { report, events })),
  ];
}

function takenBy(
  file: string | undefined,
  others: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (file === undefined) return undefined;
  const taken = Object.entries(others).find(([, path]) => path !== undefined && isSameFile(path, file));
  return taken && `another file than --${taken[0]}`;
}
