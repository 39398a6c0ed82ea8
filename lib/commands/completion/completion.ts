/** `hearsay completion SHELL`: prints a script by which a shell completes commands, flags, their values, and files. */
import { mustBe } from "../flags/flags.ts";
import { type Io, OK, refuse } from "../terminal/io.ts";
import { bashScript } from "./bash.ts";
import { completed, type Shell, shells } from "./completed.ts";
import { fishScript } from "./fish.ts";
import { zshScript } from "./zsh.ts";

const scripts: Readonly<Record<Shell, typeof bashScript>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export function completion(args: readonly string[], io: Io): Promise<number> {
  const [given, ...more] = args;
  const shell = shells.find((shell) => shell === given);
  if (shell === undefined || more.length > 0) return Promise.resolve(refuse(io, [mistake(args)]));
  io.out(scripts[shell](completed()));
  return Promise.resolve(OK);
}

function mistake([given, ...more]: readonly string[]): string {
  const rule = `one of ${shells.join(", ")}`;
  if (given === undefined) {
    return `Cannot run 'completion' as 'SHELL' must be given, as ${rule}: it is missing`;
  }
  if (more.length > 0) {
    return `Cannot run 'completion' as it takes one SHELL: more is ${JSON.stringify(more.join(" "))}`;
  }
  return mustBe("completion", "SHELL", rule, given);
}
