/** What shells complete by `hearsay completion`: real ones where they are here, bash always. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { completion } from "../../../lib/commands/completion/completion.ts";
import { completed, type Shell, shells } from "../../../lib/commands/completion/completed.ts";
import { commands } from "../../../lib/commands/flags/command_names.ts";
import { type Needs, testNeeding } from "../../shared/needing.ts";
import { listen } from "../../shared/io.ts";

const examinedFaults = ["partition", "kill", "pause", "loss", "duplicate"];
const root = new URL("../../../", import.meta.url).pathname;

function scriptFor(...args: string[]): string {
  const { io, out } = listen();
  completion(args, io);
  return out.join("");
}

function needsShell(shell: Shell): Needs {
  return spawnSync(shell, ["-c", ":"]).error === undefined ? {} : { skip: `there is no ${shell}` };
}

/** What a shell says. */
function said(shell: Shell, args: readonly string[], input = ""): string {
  const { error, stdout, stderr, status } = spawnSync(shell, args, {
    ...{ input, cwd: root, encoding: "utf8", timeout: 20_000 },
    env: { PATH: process.env["PATH"], HOME: "/nonexistent" },
  });
  equal(error, undefined);
  equal(stderr, "");
  equal(status, 0);
  return stdout;
}

/** What bash offers for the last of these words, which it has split at = as it does by itself. */
function inBash(...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${
    words.length - 1
  }; _hearsay 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = said("bash", ["--norc", "-c", `${scriptFor("bash")}\n${ask}`]);
  return text.split("\n").filter((word) => word !== "");
}

/** What fish offers for a line. */
function inFish(line: string): string[] {
  const text = said("fish", ["--no-config", "-c", `${scriptFor("fish")}\ncomplete -C '${line}'`]);
  return text.split("\n").filter((word) => word !== "").map((word) => word.split("\t")[0] ?? "");
}

for (const shell of shells) {
  testNeeding(`${shell} finds nothing wrong with its script`, needsShell(shell), () => {
    equal(said(shell, ["-n"], scriptFor(shell)), "");
  });
}

test("bash completes commands, flags, values, lists and files", () => {
  deepEqual(inBash("hearsay", "te"), ["test"]);
  deepEqual(inBash("hearsay", ""), commands.map(({ name }) => name));
  deepEqual(inBash("hearsay", "test", "--nem"), ["--nemesis", "--nemesis-interval"]);
  deepEqual(inBash("hearsay", "test", "--nemesis", ""), examinedFaults);
  deepEqual(inBash("hearsay", "test", "--nemesis", "=", "pa"), ["partition", "pause"]);
  deepEqual(inBash("hearsay", "test", "--nemesis", "="), examinedFaults);
  deepEqual(inBash("hearsay", "test", "--nemesis", "kill,pau"), ["kill,pause"]);
  deepEqual(inBash("hearsay", "sim", "--challenge", "3"), ["3a", "3b", "3c", "3d", "3e"]);
  deepEqual(inBash("hearsay", "test", "-w", "g-"), ["g-set", "g-counter"]);
  deepEqual(inBash("hearsay", "sim", "--rate", ""), []);
  deepEqual(inBash("hearsay", "sim", "--report", "LICEN"), ["LICENSE"]);
  deepEqual(inBash("hearsay", "report", "LICEN"), ["LICENSE"]);
  deepEqual(inBash("hearsay", "completion", ""), shells);
  deepEqual(inBash("hearsay", "help", "wat"), ["watch"]);
  deepEqual(inBash("hearsay", "lab", "partition", "bis"), ["bisect"]);
  deepEqual(inBash("hearsay", "test", "--", "--nem"), []);
  ok(inBash("hearsay", "status", "").includes("--json"));
});

testNeeding("fish completes commands, flags, values, lists and files", needsShell("fish"), () => {
  deepEqual(inFish("hearsay te"), ["test"]);
  deepEqual(inFish("hearsay test --nem"), ["--nemesis", "--nemesis-interval"]);
  deepEqual(inFish("hearsay test --nemesis ").toSorted(), [...examinedFaults].sort());
  deepEqual(inFish("hearsay test --nemesis kill,pau").at(0), "kill,pause");
  deepEqual(inFish("hearsay sim --rate "), []);
  deepEqual(inFish("hearsay report LICEN"), ["LICENSE"]);
  deepEqual(inFish("hearsay help wat"), ["watch"]);
});

test("every command and every flag is in every script", () => {
  for (const shell of shells) {
    const script = scriptFor(shell);
    for (const { name, flags } of completed()) {
      ok(script.includes(name));
      for (const { spellings: [spelling = ""] } of flags) {
        ok(
          script.includes(shell === "fish" ? ` -l ${spelling.slice(2)} ` : spelling),
          `${shell}: ${name} ${spelling}`,
        );
      }
    }
  }
});

test("what is offered holds nothing that a shell takes for more than itself", () => {
  const words = completed().flatMap(({ flags, operand }) => [operand, ...flags.map(({ word }) => word)]);
  for (const { names } of words) for (const name of names) match(name, /^[a-z0-9-]+$/);
});

test("a shell that is none is bad usage", () => {
  for (
    const [args, why] of [
      [[], "must be given, as one of bash, zsh, fish: it is missing"],
      [["bsh"], "must be one of bash, zsh, fish: did you mean 'bash'?"],
      [["powershell"], 'must be one of bash, zsh, fish: current value is "powershell"'],
    ] as const
  ) {
    const { io, out, err } = listen();
    completion(args, io);
    deepEqual([out, err], [[], [`Cannot run 'completion' as 'SHELL' ${why}\n`]]);
  }
});
