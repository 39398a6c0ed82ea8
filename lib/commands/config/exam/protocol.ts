/** The flag that chooses what nodes run, and what goes with it. */
import type { Fault, ProtocolName } from "../../../workbench/settings.ts";
import { protocolNames } from "../../../workbench/settings.ts";
import { complain, type Given } from "../../flags/flags.ts";
import { choice } from "../../flags/schemas.ts";

export const protocolFlag = () =>
  choice(protocolNames, "NAME", "what the nodes run: `hearsay help compare` describes each (hearsay)");

/** Flags that only hearsay's own protocol knows what to do with. */
const ofHearsay = ["delivery-budget", "without", "data", "workload", "retain"];
/** What they are where they ask for nothing. */
const idle: readonly (string | undefined)[] = ["false", "broadcast"];

/** Whether the fault means something only to nodes with logs. */
export function needsLog(fault: Fault): boolean {
  return fault === "rollback" || fault === "disk";
}

/** Mistakes where the nodes run another protocol than hearsay's. */
export function protocolMistakes(
  command: string,
  { protocol = "hearsay", nemesis = [] }: {
    readonly protocol?: ProtocolName | undefined;
    readonly nemesis?: readonly Fault[] | undefined;
  },
  given: ReadonlyMap<string, Given>,
): string[] {
  if (protocol === "hearsay") return [];
  const leftOut = `left out with --protocol ${protocol}, as only hearsay knows what to do with it`;
  const noLog = `without rollback and disk with --protocol ${protocol}, which keeps no log`;
  const fixed = `without membership with --protocol ${protocol}, whose members are given once`;
  return [
    ...ofHearsay.filter((flag) => !idle.includes(given.get(flag)?.value))
      .flatMap((flag) => complain(command, given, flag, leftOut)),
    ...complain(
      command,
      given,
      "nemesis",
      nemesis.some(needsLog) ? noLog : nemesis.includes("membership") ? fixed : undefined,
    ),
  ];
}
