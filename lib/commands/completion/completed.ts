/** What can be completed behind each command: its flags, the values of these, and the words beside them. */
import { commands } from "../flags/command_names.ts";
import { flagsOf } from "../flags/every_flag.ts";
import type { FlagLine } from "../flags/read_flags.ts";
import { verbs } from "../config/ca.ts";
import { kinds } from "../config/manifest.ts";
import { grudgeNames } from "../../workbench/faults/grudge.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = typeof shells[number];

/** What a word may be; `text` is anything. */
export interface Word {
  readonly kind: "names" | "list" | "file" | "text";
  /** Those that are known. */
  readonly names: readonly string[];
}

export interface CompletedFlag {
  /** `--rate`, and also `-r` where there is such a one. */
  readonly spellings: readonly string[];
  readonly about: string;
  /** As help names it; undefined for a switch. */
  readonly value: string | undefined;
  readonly word: Word;
}

export interface Completed {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly CompletedFlag[];
  /** The words that are no flags. */
  readonly operand: Word;
}

const text: Word = { kind: "text", names: [] };
const file: Word = { kind: "file", names: [] };
const names = (names: readonly string[]): Word => ({ kind: "names", names });
const commandNames = names(commands.map(({ name }) => name));

const operands: Readonly<Record<string, Word>> = {
  ...{ report: file, why: file, help: commandNames, lab: commandNames },
  ...{
    ca: names(Object.keys(verbs)),
    manifest: names(kinds),
    partition: names(grudgeNames),
    completion: names(shells),
  },
};

const FILES = ["FILE", "DIR", "PROGRAM"];

/** In the order of help. */
export function completed(): readonly Completed[] {
  return commands.map(({ name, about }) => ({
    ...{ name, about, operand: operands[name] ?? text },
    flags: flagsOf(name).map((flag): CompletedFlag => ({
      spellings: [`--${flag.name}`, ...flag.short === undefined ? [] : [`-${flag.short}`]],
      ...{ about: flag.about, value: flag.value, word: wordOf(flag) },
    })),
  }));
}

function wordOf({ value, names: known, isList }: FlagLine): Word {
  if (known !== undefined) return { kind: isList ? "list" : "names", names: known };
  return FILES.includes(value ?? "") ? file : text;
}
