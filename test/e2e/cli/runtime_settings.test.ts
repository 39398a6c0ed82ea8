/** A node that is compiled has settings of its own for its runtime, which reads them as the process begins. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { runtimeSettings } from "../../../lib/commands/terminal/runtime_settings.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { needsFile, testNeeding } from "../../shared/needing.ts";
import { fromSource, withExecutable } from "../fixtures/hearsay.ts";
import { withCluster } from "../fixtures/serving.ts";

const needsProc = needsFile("/proc/self/environ");
const [inMemory, onDisk] = [runtimeSettings(false), runtimeSettings(true)];
const names = [...new Set([...Object.keys(inMemory), ...Object.keys(onDisk)])];
const [kept = assert.fail()] = names;
/** Another value of each, with which a node still works. */
const said = Object.fromEntries(Object.entries(inMemory).map(([name, value]) => [name, another(value)]));

testNeeding(
  "serve: the executable takes its settings under its own process id, and what is set stays",
  needsProc,
  () =>
    withExecutable(async ({ bin }) => {
      assert.deepEqual(await settingsOf({ bin, args: [] }), inMemory);
      assert.deepEqual(await settingsOf({ bin, args: [] }, true), onDisk);
      const told = { bin: "env", args: [`${kept}=${said[kept]}`, bin] };
      assert.deepEqual(await settingsOf(told), { ...inMemory, [kept]: said[kept] });
      const settled = { bin: "env", args: [...Object.entries(said).map((pair) => pair.join("=")), bin] };
      assert.deepEqual(await settingsOf(settled), said);
    }),
);

testNeeding("serve: source takes no settings, as another runtime may not know them", needsProc, async () => {
  assert.deepEqual(await settingsOf(fromSource()), {});
});

/** Of the process that was started, once it listens; the node stops when it is told to. */
async function settingsOf(program: Program, durable = false): Promise<Record<string, string>> {
  let found: Record<string, string> = {};
  await withCluster(
    { ids: ["n1"], durable, programs: new Map([["n1", program]]) },
    async ([node = assert.fail()]) => {
      const pairs = readFileSync(`/proc/${node.pid}/environ`, "utf8").split("\0").map((pair) =>
        pair.split("=")
      );
      found = Object.fromEntries(pairs.filter(([name = ""]) => names.includes(name)));
      assert.equal(await node.end("SIGTERM"), 0);
    },
  );
  return found;
}

function another(value: string): string {
  return value === "0" ? "1" : value === "1" ? "0" : String(2 * Number(value));
}
