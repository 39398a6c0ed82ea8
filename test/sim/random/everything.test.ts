/** Each workload under any faults, in clusters of any kind: what a run is judged by holds, whatever comes together. */
import { deepEqual } from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { below, pick, seeded } from "../../../lib/core/random.ts";
import { defaults, faults, latencyDists, type Settings } from "../../../lib/workbench/settings.ts";
import { examinedWorkloads } from "../../../lib/workbench/workloads/names.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";
import { wrongIn } from "./wrong.ts";

const SEEDS = Number(process.env["HEARSAY_EVERYTHING_SEEDS"] ?? 30);
const FIRST = Number(process.env["HEARSAY_EVERYTHING_FIRST"] ?? 1);

test(`${SEEDS} seeds: every workload is valid, whatever faults come together`, () => {
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) holds(seed);
});

test("seed 2075: a node that was given one other, who has left, comes back to two that joined since", () => {
  holds(2075);
});

function holds(seed: number): void {
  const settings = settingsOf(seed);
  deepEqual(wrongIn(simulate(settings)), [], `seed ${seed}: ${JSON.stringify(settings)}`);
}

/** Members that come and go must agree within two seconds, which slow lines do not allow. */
function settingsOf(seed: number): Settings {
  const random = seeded(seed);
  const durable = random.next() < 0.6;
  const changes = random.next() < 0.4;
  const nemesis = faults.filter((fault) =>
    random.next() < 0.4 && (fault !== "membership" || changes) &&
    (durable || (fault !== "rollback" && fault !== "disk"))
  );
  const isOpen = nemesis.includes("membership");
  const isThin = random.next() < 0.2 && !isOpen;
  return {
    ...defaults,
    ...{ seed, durable, nemesis },
    workload: pick(random, examinedWorkloads) ?? "broadcast",
    nodeCount: 1 + below(random, random.next() < 0.2 ? 25 : 8),
    rate: 5 + below(random, 60),
    timeLimitS: 3 + below(random, 6),
    latencyMs: pick(random, isOpen ? [0, 5, 20, 100] : [0, 5, 20, 100, 300]) ?? 0,
    latencyDist: pick(random, latencyDists) ?? "constant",
    nemesisIntervalS: 0.3 + 2 * random.next(),
    recoveryS: 8,
    ...isThin && { bandwidthBps: 1_000_000 },
  };
}
