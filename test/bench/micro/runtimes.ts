/** Starts benches in processes of their own: under Bun or Deno, on this tree or another. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Report } from "./measure.ts";
import { runIn } from "./worktree.ts";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export const RUNTIMES = ["bun", "deno"] as const;
export type Runtime = typeof RUNTIMES[number];

export function isRuntime(name: string): name is Runtime {
  return RUNTIMES.some((each) => each === name);
}

/** Garbage is collected on demand where memory is weighed. */
const flags: Readonly<Record<Runtime, readonly string[]>> = {
  bun: ["--expose-gc"],
  deno: ["run", "--quiet", "--allow-all", "--no-check", "--v8-flags=--expose-gc"],
};

/** The one that runs this. */
export function ownRuntime(): Runtime {
  return process.versions["deno"] === undefined ? "bun" : "deno";
}

export interface Place {
  readonly runtime: Runtime;
  /** The tree whose benches run. */
  readonly root: string;
}

/** One group of one tree under one runtime, measured whenever it is told to. */
export class Runner {
  readonly #place: Place;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  /** Undefined while it could be started. */
  #fault: Error | undefined;

  constructor(place: Place, title: string, quick: boolean) {
    const { runtime, root } = place;
    const args = [...flags[runtime], runIn(root), "--group", title];
    this.#place = place;
    this.#child = spawn(executable(runtime), quick ? [...args, "--quick"] : args, {
      cwd: root,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.on("error", (error) => this.#fault = error);
    // It has ended: its last words say why, and its silence tells.
    this.#child.stdin?.on("error", () => {});
    this.#lines = linesOf(this.#child);
  }

  /** `again`: it is to be ready for another turn. */
  async turn(again: boolean): Promise<Report> {
    this.#child.stdin?.write(again ? "again\n" : "last\n");
    const { value, done } = await this.#lines.next();
    if (done !== true) return JSON.parse(value);
    const { runtime, root } = this.#place;
    throw new Error(
      `The benches of ${root} do not run under ${runtime}: ${this.#fault?.message ?? "see above"}`,
    );
  }

  close(): void {
    this.#child.kill();
  }
}

async function* linesOf({ stdout }: ChildProcess): AsyncGenerator<string> {
  if (stdout !== null) yield* createInterface({ input: stdout });
}

/** npm has both; a tree without them uses what is installed. */
function executable(runtime: Runtime): string {
  const local = join(ROOT, "node_modules/.bin", runtime);
  return existsSync(local) ? local : runtime;
}
