/** How fish completes: a line for each command, each flag, and the words of a command. */
import type { Completed, CompletedFlag, Word } from "./completed.ts";

/** `hearsay completion fish | source` */
export function fishScript(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, about, flags, operand }) => {
    const behind = `complete -c hearsay -n '__hearsay_runs ${name}'`;
    return [
      `complete -c hearsay -n __hearsay_begins -a ${name} -d ${quoted(about)}`,
      ...flags.map((flag) => `${behind} ${flagText(flag)}`),
      ...operand.kind === "text" ? [] : [`${behind} ${wordText(operand)}`],
    ];
  });
  return `# fish completion for hearsay: hearsay completion fish | source
function __hearsay_begins
  test (count (commandline -opc)) -eq 1
end
function __hearsay_runs
  set -l words (commandline -opc)
  test (count $words) -gt 1; and test $words[2] = $argv[1]
end
complete -c hearsay -f
${lines.join("\n")}
`;
}

function flagText({ spellings, about, value, word }: CompletedFlag): string {
  const names = spellings.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`
  );
  const taken = value === undefined ? "" : word.kind === "text" ? " -x" : ` ${wordText(word)}`;
  return `${names.join(" ")}${taken} -d ${quoted(about)}`;
}

function wordText({ kind, names }: Word): string {
  if (kind === "file") return "-r -F";
  const words = names.join(" ");
  return kind === "list"
    ? `-x -a '(__fish_complete_list , "string split \\\\  -- \\"${words}\\"")'`
    : `-x -a '${words}'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
