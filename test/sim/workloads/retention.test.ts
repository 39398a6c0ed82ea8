/** Where values are kept for a while only, the checker still fails: what goes too early and what comes back is caught. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { type SimHosts, simulate } from "../../../lib/workbench/world/sim.ts";
import { AGE_MS, retainers } from "./retaining_nodes.ts";

/** Short enough that the last values are not gone in the final reads, even if some operations have no answer. */
const calm: Partial<Settings> = { rate: 20, timeLimitS: 20, recoveryS: 1, nemesisIntervalS: 2 };

function examine(hosts: SimHosts | undefined, settings: Partial<Settings> = calm): Results {
  return simulate({ ...defaults, retain: [{ pattern: "*", ageMs: AGE_MS }], ...settings }, {}, hosts);
}

/** What each failure begins with. */
function kinds({ failures }: Results): string[] {
  return failures.map((failure) => failure.split(":")[0] ?? "");
}

test("retention: a right node is valid though most of the values are gone in the end, whatever happens", () => {
  const nemesis: Settings["nemesis"] = ["partition", "kill", "pause", "loss", "duplicate"];
  for (const settings of [calm, { ...calm, nemesis }, { ...calm, nemesis, seed: 2 }]) {
    const { failures, workload } = examine(retainers.right, settings);
    assert.deepEqual(failures, []);
    assert.ok((workload.retention?.["expired-count"] ?? 0) > 30, `${workload.retention?.["expired-count"]}`);
  }
});

test("retention: hearsay is valid by age, count and bytes, whatever happens, with logs and without", () => {
  const shaken: Settings["nemesis"] = ["partition", "kill", "pause", "loss"];
  const logs: Settings["nemesis"] = ["kill", "rollback", "disk"];
  for (const limits of [{ ageMs: AGE_MS }, { count: 50 }, { bytes: 150 }, { ageMs: AGE_MS, count: 50 }]) {
    for (const nemesis of [shaken, logs]) {
      const found = examine(undefined, { ...calm, nemesis, retain: [{ pattern: "*", ...limits }] });
      assert.deepEqual(found.failures, [], JSON.stringify(limits));
      assert.ok((found.workload.retention?.["expired-count"] ?? 0) > 30);
    }
  }
});

test("retention: who keeps everything, or what another topic's rule says, is held to it", () => {
  const forever = examine(retainers.right, { ...calm, retain: [] });
  assert.deepEqual([kinds(forever)[0], forever.workload.retention], ["Lost", undefined]);
  const others = examine(retainers.right, { ...calm, retain: [{ pattern: "exam*", ageMs: AGE_MS }] });
  assert.deepEqual([kinds(others)[0], others.workload.retention], ["Lost", undefined]);
});

test("retention: what goes too early is caught, and so is what comes back", () => {
  assert.ok(kinds(examine(retainers["drops too early"])).includes("Dropped early"));
  const cuts: Partial<Settings> = { ...calm, nemesis: ["partition"], nemesisIntervalS: 8 };
  assert.deepEqual(kinds(examine(retainers.right, cuts)), []);
  assert.deepEqual(kinds(examine(retainers["takes again what it dropped"], cuts)), ["Resurrected"]);
  const { failures, workload } = examine(retainers["shows what it dropped"]);
  assert.match(failures[0] ?? "", /^Resurrected: \d+ values read again at a node from which it was gone: /);
  assert.equal(workload.retention?.["resurrected-count"], workload.retention?.resurrected.length);
});
