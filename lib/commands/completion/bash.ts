/** How bash completes: one function, with a case for each flag of each command. */
import type { Completed, Word } from "./completed.ts";

/** `source <(hearsay completion bash)` */
export function bashScript(commands: readonly Completed[]): string {
  return `# bash completion for hearsay: source <(hearsay completion bash)
_hearsay() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev= command=\${COMP_WORDS[1]} flags= kind=text names= word
  local commands='${commands.map(({ name }) => name).join(" ")}'
  COMPREPLY=()
  (( COMP_CWORD > 0 )) && prev=\${COMP_WORDS[COMP_CWORD-1]}
  # A flag and its value are three words where = stands between them.
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W "$commands" -- "$cur"))
    return
  fi
  # What runs in the lab is a command of its own.
  if [[ $command == lab && COMP_CWORD -gt 2 && " $commands " == *" \${COMP_WORDS[2]} "* ]]; then
    command=\${COMP_WORDS[2]}
  fi
  for word in "\${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
    # What follows is for another program.
    if [[ $word == -- ]]; then compopt -o default; return; fi
  done
  case $command$prev in
${valueCases(commands)}
  *)
    case $command in
${commandCases(commands)}
    esac
    if [[ $cur == -* || $kind == text ]]; then kind=names names=$flags; fi
    ;;
  esac
  case $kind in
  names) COMPREPLY=($(compgen -W "$names" -- "$cur")) ;;
  list)
    local head=
    [[ $cur == *,* ]] && head=\${cur%,*},
    COMPREPLY=($(compgen -W "$names" -P "$head" -- "\${cur##*,}"))
    compopt -o nospace
    ;;
  file)
    compopt -o filenames
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$cur"))
    ;;
  esac
}
complete -F _hearsay hearsay
`;
}

/** Flags that take a value; those that take the same stand together. */
function valueCases(commands: readonly Completed[]): string {
  const cases = commands.flatMap(({ name, flags }) =>
    flags.filter(({ value }) => value !== undefined).flatMap(({ spellings, word }) =>
      spellings.map((spelling) => [name + spelling, settings(word)] as const)
    )
  );
  return [...Map.groupBy(cases, ([, set]) => set)].map(([set, found]) =>
    `  ${found.map(([pattern]) => pattern).join("|")}) ${set === "" ? "return" : set} ;;`
  ).join("\n");
}

function commandCases(commands: readonly Completed[]): string {
  return commands.map(({ name, flags, operand }) => {
    const all = flags.flatMap(({ spellings }) => spellings).concat("--help");
    return `    ${name}) flags='${all.join(" ")}' ${settings(operand)} ;;`;
  }).join("\n");
}

/** Names hold nothing that a shell would take for more than itself. */
function settings({ kind, names }: Word): string {
  if (kind === "text") return "";
  return names.length === 0 ? `kind=${kind}` : `kind=${kind} names='${names.join(" ")}'`;
}
