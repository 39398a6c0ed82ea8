/** Where values are kept for a while only, the checker still fails: what goes too early and what comes back is caught. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryStore } from "../../../lib/core/log/entry_store.ts";
import { MemoryEntries } from "../../../lib/core/log/memory_entries.ts";
import { Node } from "../../../lib/core/node.ts";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { type SimHosts, simHosts, simulate } from "../../../lib/workbench/world/sim.ts";
import { AGE_MS, retainers } from "./retaining_nodes.ts";
import { kinds } from "./kinds.ts";

/** Short enough that the last values are not gone in the final reads, even if some operations have no answer. */
const calm: Partial<Settings> = { rate: 20, timeLimitS: 20, recoveryS: 1, nemesisIntervalS: 2 };

function examine(hosts: SimHosts | undefined, settings: Partial<Settings> = calm): Results {
  return simulate({ ...defaults, retain: [{ pattern: "*", ageMs: AGE_MS }], ...settings }, {}, hosts);
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

type Make = Parameters<typeof simHosts>[3];

/** n1 keeps everything, whatever the others do. */
const oneKeepsAll = (make?: Make): SimHosts => (seed, scheduler, options) => {
  const usual = simHosts(seed, scheduler, options, make);
  const forever = simHosts(seed, scheduler, { ...options, retain: [] }, make);
  return (id, events) => (id === "n1" ? forever : usual)(id, events);
};

/** Once started again, it knows nothing of what it dropped before. */
const forgetsWhatIsGone: Make = ({ entries = new MemoryEntries(), ...given }) => {
  const store: EntryStore = {
    put: (run, at) => entries.put(run, at),
    take: (origin, from, to) => entries.take(origin, from, to),
    block: (id) => entries.block(id),
    blocks: () => entries.blocks(),
    drop: (id) => entries.drop(id),
    note: (name, text) => entries.note(name, text),
    notes: () => [],
    get bytes() {
      return entries.bytes;
    },
  };
  return new Node({ ...given, entries: store });
};

const kept5s: Partial<Settings> = {
  ...{ ...calm, timeLimitS: 50, recoveryS: 4, nemesisIntervalS: 5 },
  retain: [{ pattern: "*", ageMs: 5_000 }],
};

test("retention: nothing comes back from nodes that were away for longer, or that keep more", () => {
  const away: Partial<Settings> = {
    ...{ ...kept5s, nemesis: ["partition", "kill"], cutsS: [1, 20], outagesS: [3, 25] },
  };
  const random: Partial<Settings> = { ...kept5s, nemesis: ["kill"] };
  for (const durable of [false, true]) {
    for (const hosts of [undefined, oneKeepsAll()]) {
      for (const settings of [away, random]) {
        const { failures, workload } = examine(hosts, { ...settings, durable });
        assert.deepEqual(failures, []);
        assert.ok((workload.retention?.["expired-count"] ?? 0) > 200);
      }
    }
  }
});

test("retention: a node with a log that forgets what it dropped takes it again from one that keeps more, and is caught", () => {
  const kills: Partial<Settings> = { ...kept5s, nemesis: ["kill"], durable: true };
  assert.deepEqual(kinds(examine(oneKeepsAll(forgetsWhatIsGone), kills)), ["Resurrected"]);
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
