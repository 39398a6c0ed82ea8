/** The examples of nodes for Maelstrom pass as processes, each in its workload. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hearsay } from "../fixtures/hearsay.ts";
import { script } from "../../shared/script.ts";

async function passes(example: string, ...flags: string[]): Promise<void> {
  const { bin, args } = script(new URL(`../../examples/${example}.ts`, import.meta.url));
  const exam = ["--node-count", "3", "--time-limit", "1", "--recovery", "2", ...flags];
  const { status, out, err } = await hearsay("test", "--bin", bin, ...exam, "--", ...args);
  assert.match(out, /^PASS /m, out + err);
  assert.equal(status, 0);
}

test("a node that echoes, in a few lines", () => passes("echo_node", "--workload", "echo"));

test("a node that tells its neighbours until they answer, in a few lines", () =>
  passes("broadcast_node", "--nemesis", "loss", "--loss", "0.3"));
