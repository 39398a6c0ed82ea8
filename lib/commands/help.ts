/** `hearsay help [COMMAND]`: what there is, each flag with its rule, and examples that work as they stand. */
import { commands, refuseUnknown } from "./dispatch.ts";
import { flagsOf } from "./every_flag.ts";
import { environmentName } from "./flags.ts";
import { type Io, OK, printLines, refuse } from "./io.ts";
import type { FlagLine } from "./read_flags.ts";

const examples: Readonly<Record<string, readonly string[]>> = {
  maelstrom: ["maelstrom test -w broadcast --bin hearsay --node-count 5 --time-limit 20 --rate 10"],
  sim: [
    "hearsay sim --challenge 3d",
    "hearsay sim --nemesis partition,kill --seeds 20",
    "hearsay sim --challenge 3c --grudge 'n0|rest' --json",
  ],
  test: [
    "hearsay test --challenge 3c",
    "hearsay test --bin ./my-node --node-count 5 --nemesis partition -- --my-flag",
    "hearsay test --challenge all",
  ],
  challenges: ["hearsay challenges", "hearsay challenges --real"],
};

const notes: Readonly<Record<string, readonly string[]>> = {
  sim: ["The nodes are hearsay's own. A run that fails says how to run it again."],
  test: [
    "A node is any program, in any language, that speaks Maelstrom's broadcast protocol on standard input and",
    "output. At the end everything is healed and each node is read: valid is a run after which every acknowledged",
    "value is in every read, once, and nothing else is; a killed node may take along what only it knew.",
  ],
  challenges: [
    "Each row is the worst of its seeds. `during cuts` is median · maximum, in ms, until a value that is broadcast",
    "during a cut is at every node in reach. Exit status: 0 when every row is valid and meets its target, else 1.",
  ],
};

const operands: Readonly<Record<string, string>> = {
  test: " [-- ARGS FOR THE NODE]",
  help: " [COMMAND]",
};

export function help(args: readonly string[], io: Io): Promise<number> {
  const [name, ...more] = args;
  if (more.length > 0) {
    return Promise.resolve(refuse(io, ["Cannot run 'help' as it takes one command at most"]));
  }
  const command = commands.find((command) => command.name === name);
  if (name !== undefined && command === undefined) return Promise.resolve(refuseUnknown(name, io));
  printLines(io, command === undefined ? overview() : helpFor(command.name, command.about));
  return Promise.resolve(OK);
}

function overview(): string[] {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    "hearsay: a fault-tolerant broadcast node, and the examiner that doubts it.",
    "",
    "  hearsay COMMAND [FLAGS]",
    "",
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.about}`),
    "",
    "Without a command and without a terminal it is a node for Maelstrom.",
    "`hearsay help COMMAND` says more. Exit status: 0 valid, 1 not valid, 2 bad usage.",
  ];
}

function helpFor(name: string, about: string): string[] {
  const flags = flagsOf(name);
  const usage = `hearsay ${name}${flags.length > 0 ? " [FLAGS]" : ""}${operands[name] ?? ""}`;
  const shown = (examples[name] ?? []).map((example) => `  ${example}`);
  return [
    `hearsay ${name}: ${about}.`,
    "",
    `  ${usage}`,
    ...notes[name] === undefined ? [] : ["", ...notes[name]],
    ...flags.length > 0 ? ["", ...flagLines(flags), "", environmentLine(flags)] : [],
    ...shown.length > 0 ? ["", "Examples:", ...shown] : [],
  ];
}

function flagLines(flags: readonly FlagLine[]): string[] {
  const head = (flag: FlagLine) => {
    const short = flag.short === undefined ? "" : `-${flag.short}, `;
    return `  ${short}--${flag.name}${flag.value === undefined ? "" : ` ${flag.value}`}`;
  };
  const width = Math.max(...flags.map((flag) => head(flag).length));
  return flags.map((flag) => {
    const rule = flag.value === undefined ? "" : `; ${flag.rule}`;
    return `${head(flag).padEnd(width)}  ${flag.about}${rule}`;
  });
}

function environmentLine(flags: readonly FlagLine[]): string {
  const example = environmentName(flags.find((flag) => flag.value !== undefined)?.name ?? "");
  return `Each flag is also an environment variable, as ${example}; the flag wins.`;
}
