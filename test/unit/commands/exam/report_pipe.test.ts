/** A report longer than a pipe holds arrives whole: the process ends only when everything has left. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { itself } from "../../../../lib/workbench/world/process.ts";

const PIPE_BYTES = 65_536;

/** Everything that a command prints, and its exit status. */
function run(...args: string[]): Promise<{ readonly out: string; readonly status: number | null }> {
  const { bin, args: first } = itself();
  const child = spawn(bin, [...first.slice(0, -1), ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  return new Promise((resolve) => child.on("close", (status) => resolve({ out: chunks.join(""), status })));
}

test("json longer than a pipe holds is not cut at the end", async () => {
  const { out, status } = await run("sim", "--challenge", "3a", "--seeds", "600", "--json");
  assert.equal(status, 0);
  assert.ok(out.length > 4 * PIPE_BYTES, `${out.length} bytes`);
  const parsed: { readonly valid: boolean; readonly runs: readonly unknown[] } = JSON.parse(out);
  assert.deepEqual([parsed.valid, parsed.runs.length], [true, 600]);
});
