/** A node that is compiled has settings of its own for its runtime, which reads them as the process begins. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { RUNTIME_SETTINGS } from "../../../lib/commands/terminal/runtime_settings.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { needsFile, testNeeding } from "../../shared/needing.ts";
import { fromSource, withExecutable } from "../fixtures/hearsay.ts";
import { withCluster } from "../fixtures/serving.ts";

const needsProc = needsFile("/proc/self/environ");
const names = Object.keys(RUNTIME_SETTINGS);
const [kept = assert.fail()] = names;
const SAID = "1";

testNeeding(
  "serve: the executable takes its settings under its own process id, and what is set stays",
  needsProc,
  () =>
    withExecutable(async ({ bin }) => {
      assert.deepEqual(await settingsOf({ bin, args: [] }), RUNTIME_SETTINGS);
      const told = { bin: "env", args: [`${kept}=${SAID}`, bin] };
      assert.deepEqual(await settingsOf(told), { ...RUNTIME_SETTINGS, [kept]: SAID });
      const settled = { bin: "env", args: [...names.map((name) => `${name}=${SAID}`), bin] };
      assert.deepEqual(await settingsOf(settled), Object.fromEntries(names.map((name) => [name, SAID])));
    }),
);

testNeeding("serve: source takes no settings, as another runtime may not know them", needsProc, async () => {
  assert.deepEqual(await settingsOf(fromSource()), {});
});

/** Of the process that was started, once it listens; the node stops when it is told to. */
async function settingsOf(program: Program): Promise<Record<string, string>> {
  let found: Record<string, string> = {};
  await withCluster({ ids: ["n1"], programs: new Map([["n1", program]]) }, async ([node = assert.fail()]) => {
    const pairs = readFileSync(`/proc/${node.pid}/environ`, "utf8").split("\0").map((pair) =>
      pair.split("=")
    );
    found = Object.fromEntries(pairs.filter(([name = ""]) => names.includes(name)));
    assert.equal(await node.end("SIGTERM"), 0);
  });
  return found;
}
