/** How zsh completes: one function, with the arguments of each command as _arguments is told them. */
import type { Completed, CompletedFlag, Word } from "./completed.ts";

/** `source <(hearsay completion zsh)`, or a file _hearsay in a directory of $fpath. */
export function zshScript(commands: readonly Completed[]): string {
  const described = commands.map(({ name, about }) =>
    `    ${quoted(`${name}:${about.replaceAll(":", "\\:")}`)}`
  );
  const cases = commands.map(({ name, flags, operand }) => {
    const specs = [...flags.flatMap(flagSpecs), ...operand.kind === "text" ? [] : [operandSpec(operand)]];
    return `  ${name}) _arguments -S ${specs.map(quoted).join(" ")} ;;`;
  });
  return `#compdef hearsay
# zsh completion for hearsay: source <(hearsay completion zsh)
_hearsay() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join("\n")}
  esac
}
if [[ $funcstack[1] == _hearsay ]]; then _hearsay "$@"; else compdef _hearsay hearsay; fi
`;
}

function flagSpecs({ spellings, about, value, word }: CompletedFlag): string[] {
  const said = `[${escaped(about)}]`;
  return spellings.map((name) => {
    if (value === undefined) return `*${name}${said}`;
    const sign = name.startsWith("--") ? "=" : "";
    return `*${name}${sign}${said}:${escaped(value)}:${action(word)}`;
  });
}

function operandSpec(word: Word): string {
  return word.kind === "file" ? "*:file:_files" : `1:word:${action(word)}`;
}

function action({ kind, names }: Word): string {
  if (kind === "file") return "_files";
  if (kind === "list") return `_sequence compadd - ${names.join(" ")}`;
  return kind === "names" ? `(${names.join(" ")})` : " ";
}

function escaped(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
