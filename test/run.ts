/**
 * Every test, under Bun and then under Deno, whatever came of the first half. What failed, what was skipped and why, and
 * both verdicts are said at the very end.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Half, lastWords, read } from "./verdict.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
}

const { scripts }: Manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** Runs one script of package.json, and passes on what it prints. */
async function half(name: string, script: string): Promise<Half> {
  const PATH = `${root}node_modules/.bin:${process.env["PATH"] ?? ""}`;
  const child = spawn("sh", ["-c", scripts[script] ?? "false"], {
    cwd: root,
    env: { ...process.env, PATH, ...process.stdout.isTTY && { FORCE_COLOR: "1" } },
    stdio: ["inherit", "pipe", "pipe"],
  });
  const printed: string[] = [];
  passOn(child.stdout, process.stdout, printed);
  passOn(child.stderr, process.stderr, printed);
  const status = await new Promise<string>((resolve) => {
    child.on("close", (code, signal) => resolve(signal ?? `status ${code}`));
  });
  return { name, status, ...read(printed.join("")) };
}

function passOn(from: Readable, to: Writable, printed: string[]): void {
  from.setEncoding("utf8");
  from.on("data", (text: string) => {
    printed.push(text);
    to.write(text);
  });
}

const halves = [await half("Bun", "test:bun"), await half("Deno", "test:deno")];
const { lines, failed } = lastWords(halves);
process.stdout.write(`\n${lines.join("\n")}\n`);
process.exitCode = failed ? 1 : 0;
