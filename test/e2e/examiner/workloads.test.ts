/** The other workloads over real processes: right nodes pass, hearsay's under every fault, and each wrong one is caught. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ExaminedWorkload, examinedWorkloads } from "../../../lib/workbench/workloads/names.ts";
import { hearsay } from "../fixtures/hearsay.ts";
import { script } from "../../shared/script.ts";

const few = ["--json", "--node-count", "3", "--rate", "30", "--time-limit", "2"];
/** Recovery is what a busy machine may take to pass on the last values, and longer where nodes have to start again. */
const short = ["--recovery", "2"];
const long = ["--recovery", "5"];

interface Judged {
  readonly status: number | null;
  /** What each failure begins with. */
  readonly kinds: readonly string[];
  readonly results: {
    readonly failures: readonly string[];
    readonly settings: { readonly workload?: string };
    readonly stats: { readonly "by-f": Readonly<Record<string, unknown>> };
  };
}

async function examine(workload: ExaminedWorkload, ...args: string[]): Promise<Judged> {
  const { status, out, err } = await hearsay("test", "--workload", workload, ...few, ...args);
  assert.notEqual(out, "", err);
  const results: Judged["results"] = JSON.parse(out);
  return { status, results, kinds: results.failures.map((failure) => failure.split(":")[0] ?? "") };
}

function nodeThat(flaw: string, workload: ExaminedWorkload): string[] {
  const { bin, args } = script(new URL("../fixtures/nodes/workloads.js", import.meta.url));
  return ["--bin", bin, "--", ...args, flaw, workload];
}

test("hearsay test -w: a right node passes in each workload, and what each asked is counted", async () => {
  const asked = {
    "echo": ["echo"],
    "unique-ids": ["generate"],
    "g-set": ["add", "read"],
    "g-counter": ["add", "read"],
    "pn-counter": ["add", "read"],
  } as const;
  const names = ["echo", "unique-ids", "g-set", "g-counter", "pn-counter"] as const;
  const found = await Promise.all(names.map(async (name) => {
    const { status, results } = await examine(name, ...short, ...nodeThat("is right", name));
    return [name, status, results.failures, results.settings.workload, Object.keys(results.stats["by-f"])];
  }));
  assert.deepEqual(found, names.map((name) => [name, 0, [], name, asked[name]]));
});

test("hearsay test -w: each wrong node is caught", async () => {
  const duplicates = [...short, "--nemesis", "duplicate", "--duplicate", "0.5"];
  const kills = [...short, "--nemesis", "kill", "--nemesis-interval", "0.5"];
  const [trims, repeats, twice, sound] = await Promise.all([
    examine("echo", ...short, ...nodeThat("trims", "echo")),
    examine("unique-ids", ...kills, ...nodeThat("repeats after a restart", "unique-ids")),
    examine("g-counter", ...duplicates, ...nodeThat("counts twice", "g-counter")),
    examine("g-counter", ...duplicates, ...nodeThat("is right", "g-counter")),
  ]);
  assert.deepEqual([trims.status, trims.kinds], [1, ["Wrong echo"]]);
  assert.deepEqual([repeats.status, repeats.kinds], [1, ["Repeated"]]);
  assert.equal(twice.status, 1);
  assert.ok(twice.kinds.includes("Wrong sum"), twice.results.failures.join("\n"));
  assert.deepEqual([sound.status, sound.results.failures], [0, []]);
});

test("hearsay test -w: itself is valid in each workload, under every fault at once", async () => {
  const faults = [...long, "--nemesis", "partition,kill,pause,loss,duplicate", "--nemesis-interval", "1"];
  const names = examinedWorkloads.filter((name) => name !== "broadcast");
  const found = await Promise.all(names.map(async (name) => {
    const { status, results } = await examine(name, ...faults);
    return [name, status, results.failures];
  }));
  assert.deepEqual(found, names.map((name) => [name, 0, []]));
});
