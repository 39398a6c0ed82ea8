/** Reads a script: actions as `500 broadcast n0 17`, apart by ';' or on lines of their own, with comments from '#' on. */
import { canonical, VALUE_DEPTH_MAX } from "../../core/log/canonical.ts";
import type { Json } from "../../core/message.ts";
import { linkIn, parseGrudge } from "../faults/grudge.ts";
import {
  type Action,
  type Deed,
  type Script,
  SCRIPT_ACTIONS_MAX,
  SCRIPT_AT_MS_MAX,
  SCRIPT_RATE_MAX,
  SLOW_MS_MAX,
  toDecimals,
} from "./script.ts";

export type ParsedScript =
  | { readonly ok: true; readonly script: Script }
  | { readonly ok: false; readonly mistake: ScriptMistake };

export interface ScriptMistake {
  /** Which action it is, counted from 1, and its text. */
  readonly action: number;
  readonly text: string;
  /** A clause that says what is expected: "'kill' takes NODE, one of n0, n1 (there is no node "n2")". */
  readonly rule: string;
}

/** Either what was read, or a clause that says what is expected. */
type Read<T> = { readonly value: T } | { readonly rule: string };

/** `nodes` are those that the script may name. Actions may stand in any order; the script has them in order of time. */
export function parseScript(text: string, nodes: readonly string[]): ParsedScript {
  const texts = actionTexts(text);
  const script: Action[] = [];
  for (const [i, text] of texts.entries()) {
    const read: Read<Action> = i < SCRIPT_ACTIONS_MAX
      ? readAction(text, nodes)
      : { rule: `a script has at most ${SCRIPT_ACTIONS_MAX} actions` };
    if ("rule" in read) return { ok: false, mistake: { action: i + 1, text, rule: read.rule } };
    script.push(read.value);
  }
  return { ok: true, script: script.sort((a, b) => a.at - b.at) };
}

/** A script that is known to be right; none is an empty one. */
export function scriptOf(text: string | undefined, nodes: readonly string[]): Script {
  const parsed = parseScript(text ?? "", nodes);
  if (!parsed.ok) throw new Error(`Action ${parsed.mistake.action} is wrong: ${parsed.mistake.rule}`);
  return parsed.script;
}

/** A string in a value may hold what parts actions elsewhere. */
function actionTexts(text: string): string[] {
  const pieces = text.match(/"(?:[^"\\\n]|\\[^\n])*"|#[^\n]*|[;\n]|[^"#;\n]+|"/g) ?? [];
  let current = "";
  const texts: string[] = [];
  for (const piece of [...pieces, ";"]) {
    if (piece === ";" || piece === "\n") {
      texts.push(current.trim());
      current = "";
    } else if (!piece.startsWith("#")) current += piece;
  }
  return texts.filter((text) => text !== "");
}

function readAction(text: string, nodes: readonly string[]): Read<Action> {
  const [, time = "", kind = "", rest = ""] = /^(\S+)\s*(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  const at = number(time, SCRIPT_AT_MS_MAX, 3);
  if (at === undefined) {
    return { rule: `an action begins with its time, in ms from 0 to ${SCRIPT_AT_MS_MAX}` };
  }
  const read = readDeed(kind, rest, nodes);
  return "rule" in read ? read : { value: { at, ...read.value } };
}

function readDeed(kind: string, rest: string, nodes: readonly string[]): Read<Deed> {
  const words = rest.split(/\s+/).filter((word) => word !== "");
  const [word = "", second = ""] = words;
  switch (kind) {
    case "broadcast":
      return readBroadcast(word, rest.slice(word.length).trim(), nodes);
    case "read":
    case "pause":
    case "resume":
    case "kill":
    case "start": {
      const why = words.length === 1 ? whyNoNode(word, nodes) : "";
      return why === undefined
        ? { value: { kind, node: word } }
        : { rule: takes(kind, nodeRule(nodes), why) };
    }
    case "cut": {
      const grudge = words.join("");
      const parsed = parseGrudge(grudge, nodes);
      const rule = "the sides by name, as n0|rest, a link, as n0-n1, or a name that --grudge knows";
      return parsed.ok ? { value: { kind, grudge } } : { rule: takes(kind, rule, parsed.reason) };
    }
    case "heal":
      return words.length === 0 ? { value: { kind } } : { rule: "'heal' takes nothing: it ends the cut" };
    case "slow": {
      const link = linkIn(word, nodes)?.join("-");
      const why = link === undefined ? whyNoNode(word, nodes) : undefined;
      const ms = words.length === 2 ? number(second, SLOW_MS_MAX, 0) : undefined;
      if (why === undefined && ms !== undefined) {
        return { value: link === undefined ? { kind, node: word, ms } : { kind, link, ms } };
      }
      const msRule = `MS, a whole number from 0 to ${SLOW_MS_MAX}`;
      return { rule: takes(kind, `${nodeRule(nodes)}, or a link, as n0-n1, and ${msRule}`, why) };
    }
    case "loss":
    case "duplicate": {
      const share = words.length === 1 ? number(word, 1, 6) : undefined;
      return share === undefined
        ? { rule: takes(kind, "SHARE, a number from 0 to 1") }
        : { value: { kind, share } };
    }
    case "rate": {
      const rate = words.length === 1 ? number(word, SCRIPT_RATE_MAX, 3) : undefined;
      return rate === undefined
        ? { rule: takes(kind, `HZ, a number from 0 to ${SCRIPT_RATE_MAX}`) }
        : { value: { kind, rate } };
    }
    default:
      return { rule: `after its time an action names one of ${kinds.join(", ")}` };
  }
}

const kinds: readonly Deed["kind"][] = [
  ...["broadcast", "read", "cut", "heal", "pause", "resume", "kill", "start"] as const,
  ...["slow", "loss", "duplicate", "rate"] as const,
];

function readBroadcast(node: string, text: string, nodes: readonly string[]): Read<Deed> {
  const why = whyNoNode(node, nodes);
  const value = json(text);
  if (why === undefined && value !== undefined) return { value: { kind: "broadcast", node, value } };
  const valueRule = `VALUE, which is JSON and nested at most ${VALUE_DEPTH_MAX} deep`;
  return { rule: takes("broadcast", `${nodeRule(nodes)}, and ${valueRule}`, why) };
}

/** "'kill' takes NODE, one of n0, n1 (there is no node "n2")" */
function takes(kind: string, what: string, why = ""): string {
  return `'${kind}' takes ${what}${why === "" ? "" : ` (${why})`}`;
}

function nodeRule(nodes: readonly string[]): string {
  const [first = "", last = ""] = [nodes[0], nodes.at(-1)];
  return `NODE, one of ${nodes.length > 3 ? `${first} to ${last}` : nodes.join(", ")}`;
}

/** Empty where nothing is named. */
function whyNoNode(word: string, nodes: readonly string[]): string | undefined {
  if (word === "") return "";
  return nodes.includes(word) ? undefined : `there is no node ${JSON.stringify(word)}`;
}

function number(text: string, most: number, places: number): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(text) ? toDecimals(Number(text), places) : NaN;
  return value <= most ? value : undefined;
}

function json(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    // As nodes will get it: -0 is 0, and 1e999 is null.
    return canonical(value) === undefined ? undefined : JSON.parse(JSON.stringify(value));
  } catch {
    return undefined;
  }
}
