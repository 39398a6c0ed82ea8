/** Jepsen's partitions as iptables commands, and how they are run. */
import { execFile } from "node:child_process";

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

export type Outcome =
  | { readonly ok: true; readonly out: string }
  | { readonly ok: false; readonly reason: string };

/** Runs one command to its end. Never rejects. */
export type RunCommand = (command: Command, withinMs?: number) => Promise<Outcome>;

/** How long one command may take, ms; `-w` waits while another process changes rules. A guess. */
export const COMMAND_MS_MAX = 5_000;

/** Drops at the receiver whatever comes from these addresses. */
export function dropFrom(sources: readonly string[]): Command {
  return ["iptables", "-A", "INPUT", "-s", sources.join(","), "-j", "DROP", "-w"];
}

/** Back to no rules at all. */
export const flush: readonly Command[] = [["iptables", "-F", "-w"], ["iptables", "-X", "-w"]];

export const list: Command = ["iptables", "-S", "-w"];

export function show(command: Command): string {
  return command.join(" ");
}

/** The rules in the output of `list` that dropping from these addresses cannot have left behind. */
export function foreignRules(listed: string, within: ReadonlySet<string>): string[] {
  return listed.split("\n").filter((line) => {
    if (line === "" || line.startsWith("#") || /^-P \w+ ACCEPT$/.test(line)) return false;
    return !within.has(/^-A INPUT -s ([\d.]+)\/32 -j DROP$/.exec(line)?.[1] ?? "");
  });
}

export const runCommand: RunCommand = ([program, ...args], withinMs = COMMAND_MS_MAX) =>
  new Promise((resolve) => {
    const refuse = (error: unknown, err = "") =>
      resolve({ ok: false, reason: reasonOf(error, err, withinMs) });
    const options = { timeout: withinMs, killSignal: "SIGKILL", encoding: "utf8" } as const;
    try {
      execFile(program, args, options, (error, out, err) => {
        if (error === null) resolve({ ok: true, out });
        else refuse(error, err);
      });
    } catch (error) {
      // Bun throws what others hand over.
      refuse(error);
    }
  });

function reasonOf(error: unknown, err: string, withinMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "there is no such program here";
  if ("killed" in error && error.killed === true) return `it takes longer than ${withinMs} ms`;
  const said = err.trim().split("\n")[0] ?? "";
  return said === "" ? error.message : said;
}
