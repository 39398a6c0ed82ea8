/** Clusters whose members come and go beside other faults, at random. */
import { below, pick, type Random, seeded } from "../../../lib/core/random.ts";
import { defaults, type Fault, latencyDists, type Settings } from "../../../lib/workbench/settings.ts";

const BESIDE: readonly Fault[] = ["partition", "kill", "pause", "loss", "duplicate", "stall"];

/** As many nodes again may join as there are at first: up to 30 in all. */
export function settingsOf(seed: number): Settings {
  const random = seeded(seed);
  const durable = random.next() < 0.6;
  return {
    ...defaults,
    ...{ seed, durable, nemesis: ["membership", ...besideOf(random, durable)] },
    nodeCount: 2 + below(random, random.next() < 0.2 ? 14 : 5),
    rate: 5 + below(random, 30),
    timeLimitS: 3 + below(random, 3),
    latencyMs: pick(random, [0, 5, 20, 100]) ?? 0,
    latencyDist: pick(random, latencyDists) ?? "constant",
    nemesisIntervalS: 0.3 + random.next(),
    recoveryS: 4,
  };
}

function besideOf(random: Random, durable: boolean): readonly Fault[] {
  const beside = BESIDE.filter(() => random.next() < 0.4);
  if (durable && random.next() < 0.3) beside.push("rollback");
  if (durable && random.next() < 0.2) beside.push("disk");
  return beside;
}
