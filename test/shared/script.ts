/** A file of this tree as a program, run by the runtime that runs the test or the bench. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Program } from "../../lib/workbench/world/process.ts";

export function script(file: URL): Program {
  const run = process.versions["deno"] === undefined ? ["run"] : ["run", "--allow-all", "--quiet"];
  return { bin: process.execPath, args: [...run, fileURLToPath(file)] };
}
