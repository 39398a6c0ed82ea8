/** Prometheus and its promtool, for tests that need them. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import type { Needs } from "./needing.ts";

const promtoolBin = process.env["PROMTOOL"] ?? "promtool";
export const prometheusBin = process.env["PROMETHEUS"] ?? "prometheus";

/** Options of tests that need them. With CI=true these are not skipped, and fail where there is none. */
export const needsPromtool: Needs = needing(promtoolBin, "PROMTOOL");
export const needsPrometheus: Needs = needing(prometheusBin, "PROMETHEUS");

/** Runs it to its end; `out` is all that it printed. */
export function promtool(args: readonly string[], input = ""): { status: number | null; out: string } {
  const { status, stdout, stderr, error } = spawnSync(promtoolBin, args, { encoding: "utf8", input });
  if (error !== undefined) throw error;
  return { status, out: `${stdout}${stderr}` };
}

function needing(bin: string, variable: string): Needs {
  const { status } = spawnSync(bin, ["--version"]);
  if (status === 0 || process.env["CI"] === "true") return {};
  return {
    skip: `there is no ${bin}, which Debian has in its package prometheus (${variable} says where it is)`,
  };
}
