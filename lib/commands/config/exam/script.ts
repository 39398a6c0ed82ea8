/** The settings that a script brings along, and the mistakes in it, from the flag that gives its text or names its file. */
import { fileFault } from "../../../../transports/errno.ts";
import { readText } from "../../../../transports/read_text.ts";
import { parseScript } from "../../../workbench/script/parse_script.ts";
import { endOf, printAction, printScript, type Script } from "../../../workbench/script/script.ts";
import { defaults, nodeIds, type Settings } from "../../../workbench/settings.ts";
import type { Challenge } from "../../exam/targets.ts";
import { type Given, mustBe } from "../../flags/flags.ts";
import { parsedText } from "../../flags/schemas.ts";

/** A file of a script may be so long: as many actions as there may be, each with a value of some size. */
export const SCRIPT_FILE_BYTES_MAX = 16 * 1_048_576;

/** The text, or why it cannot be had. */
export type ScriptText = { readonly text: string } | { readonly given: string; readonly why: string };

const RULE =
  "actions, as '500 broadcast n0 17; 1000 cut n0|rest; 2000 heal', or @ and the name of a file of them";

export function scriptFlag() {
  return parsedText(textOf, {
    value: "TEXT|@FILE",
    about: "what happens when, in ms; by default nothing else does, and the load ends with the last action",
    rule: RULE,
  });
}

/** Undefined where there is none, or none that is right. */
export function scriptIn(given: ScriptText | undefined, nodeCount: number): Script | undefined {
  if (given === undefined || "why" in given) return undefined;
  const parsed = parseScript(given.text, nodeIds(nodeCount));
  return parsed.ok ? parsed.script : undefined;
}

/** What settings are unless they are given: a challenge's where there is one, and those of a script. */
export function baseOf(challenge: Challenge | undefined, script: Script | undefined): Settings {
  const scripted = script && { rate: 0, timeLimitS: endOf(script) / 1000, script: printScript(script) };
  return { ...defaults, ...scripted, ...challenge?.settings };
}

/** The first mistake in the script, if there is one. */
export function scriptMistakes(
  command: string,
  script: ScriptText | undefined,
  settings: readonly Settings[],
  given: ReadonlyMap<string, Given>,
): string[] {
  const source = given.get("script")?.source ?? "--script";
  const found = script === undefined
    ? undefined
    : settings.map((each) => mistakeIn(script, each)).find((it) => it);
  return found === undefined ? [] : [mustBe(command, source, found.rule, found.text)];
}

function mistakeIn(
  script: ScriptText,
  { nodeCount, timeLimitS }: Settings,
): { readonly rule: string; readonly text: string } | undefined {
  if ("why" in script) {
    return { rule: `a script in a file that can be read (${script.why})`, text: script.given };
  }
  const parsed = parseScript(script.text, nodeIds(nodeCount));
  if (!parsed.ok) {
    const { action, text, rule } = parsed.mistake;
    return { rule: `right in its action ${action}, and ${rule}`, text };
  }
  const last = parsed.script.at(-1);
  if (last === undefined) return { rule: RULE, text: script.text };
  if (last.at <= timeLimitS * 1000) return undefined;
  return { rule: `over within --time-limit ${timeLimitS}`, text: printAction(last) };
}

function textOf(given: string): ScriptText | undefined {
  if (!given.startsWith("@")) return given === "" ? undefined : { text: given };
  try {
    return { text: readText(given.slice(1), SCRIPT_FILE_BYTES_MAX) };
  } catch (error) {
    return { given, why: fileFault(error) };
  }
}
