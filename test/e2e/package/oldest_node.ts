/** The oldest Node that the package is for: the registry's copy, as the machine may have any, or none that is new enough. */
import { spawnSync } from "node:child_process";
import { arch, platform } from "node:process";
import type { Needs } from "../../shared/needing.ts";
import { NODE_MIN } from "../../../lib/commands/terminal/runtime.ts";

const FETCHED_WITHIN_MS = 120_000;

/** Fetched once, and then taken from npm's cache. Returns the path of its executable, or why there is none. */
export function oldestNode(): Needs & { readonly bin?: string } {
  const name = `node-${platform}-${arch}@${NODE_MIN}.0`;
  const print = ["--", "node", "-p", "process.execPath"];
  const args = ["exec", "--yes", "--prefer-offline", "--package", name, ...print];
  const { status, stdout, stderr } = spawnSync("npm", args, {
    encoding: "utf8",
    timeout: FETCHED_WITHIN_MS,
  });
  return status === 0 ? { bin: stdout.trim() } : { skip: `npm has no ${name}: ${stderr}` };
}
