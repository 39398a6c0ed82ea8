/** The settings of a hunt, from flags and environment variables. */
import { z } from "zod";
import { mechanisms } from "../../../core/mechanisms.ts";
import type { Mechanism } from "../../../core/node.ts";
import { huntFaults } from "../../../workbench/hunt/aims.ts";
import { defaults, type ProtocolName } from "../../../workbench/settings.ts";
import type { Wanted } from "../../exam/wanted.ts";
import { decimal, list, parsedText, text, tied, toggle, whole } from "../../flags/schemas.ts";
import { type Env, outcome, type Parsed, readFlags } from "../../flags/read_flags.ts";
import { DELIVERY_BUDGET_MS_MAX, RECOVERY_S_MAX, TIME_LIMIT_S_MAX } from "./limits.ts";
import { protocolFlag, protocolMistakes } from "./protocol.ts";
import { FILE_RULE, junitFlag, wantedMistakes, wantedOf } from "./wanted.ts";
import { SEED_MAX } from "./seeds.ts";
import { binMistakes, PROGRAM_RULE } from "./real.ts";

export const HUNT_NODES_MAX = 25;
const BUDGET_S = 60;

export interface HuntConfig {
  /** Absent: hearsay itself, simulated. */
  readonly bin?: string;
  readonly args: readonly string[];
  readonly faults: readonly (typeof huntFaults)[number][];
  readonly nodeCount?: number;
  readonly budgetS: number;
  readonly recoveryS: number;
  readonly seed: number;
  readonly deliveryBudgetMs?: number;
  readonly durable: boolean;
  readonly without: readonly Mechanism[];
  readonly json: boolean;
  readonly wanted: Wanted;
  /** Absent: hearsay's own. */
  readonly protocol?: ProtocolName;
}

export const shapes = {
  hunt: z.object({
    "bin": tied(text("PROGRAM", PROGRAM_RULE, "the node to hunt faults in (hearsay itself, simulated)"), {
      excludes: {
        flags: ["delivery-budget", "data", "without", "protocol"],
        why: "whose own flags stand after --",
      },
    }),
    "protocol": protocolFlag(),
    "nemesis": list(
      huntFaults,
      "FAULTS",
      "the faults to aim with (all; but kill for other nodes than hearsay's)",
    ),
    "node-count": whole(2, HUNT_NODES_MAX, "N", "how many nodes there are (2 to 5, by chance)"),
    "budget": parsedText(seconds, {
      value: "S",
      about: `seconds to look for a failure, and at most twice as many to make it smaller (${BUDGET_S})`,
      rule: `seconds from 1 to ${TIME_LIMIT_S_MAX}, as 60 or 60s`,
    }),
    "recovery": decimal(
      0,
      RECOVERY_S_MAX,
      "S",
      `seconds that nodes may take to come to the same once all is healed (${defaults.recoveryS})`,
    ),
    "seed": whole(0, SEED_MAX, "N", `the seed of all random choices (${defaults.seed})`),
    "delivery-budget": whole(
      1,
      DELIVERY_BUDGET_MS_MAX,
      "MS",
      "how long a value may take to reach every node (three round trips)",
    ),
    "data": toggle("nodes keep a log that outlives kills, as with sim --data; no variable sets it", {
      variable: false,
    }),
    "without": list(mechanisms, "NAMES", "switch mechanisms off, to see that they matter"),
    "json": toggle("print one JSON object and nothing else"),
    "report": text("FILE", FILE_RULE, "write a page that shows what is found"),
    "events": text("FILE", FILE_RULE, "write what happens in it, an event a line, for hearsay report"),
    "junit": junitFlag(),
  }),
};

export function parseHunt(args: readonly string[], env: Env): Parsed<HuntConfig> {
  const { flags, mistakes, given, rest } = readFlags("hunt", shapes.hunt, args, env, { takesRest: true });
  const { bin, protocol = "hearsay", "node-count": nodeCount, "delivery-budget": deliveryBudgetMs } = flags;
  // Killed nodes of others need not get back what the rest hold.
  const isOwn = bin === undefined && protocol === "hearsay";
  const more = bin === undefined ? protocolMistakes("hunt", { protocol }, given) : [];
  const stray = rest.length > 0 && !given.has("bin")
    ? [
      `Cannot run 'hunt' as '--' must be left out without --bin: current value is ${
        JSON.stringify(rest.join(" "))
      }`,
    ]
    : [];
  return outcome([
    ...mistakes,
    ...binMistakes("hunt", given, env),
    ...stray,
    ...more,
    ...wantedMistakes("hunt", flags, given),
  ], {
    ...bin !== undefined && { bin },
    args: rest,
    faults: flags.nemesis ?? huntFaults.filter((fault) => isOwn || fault !== "kill"),
    ...protocol !== "hearsay" && { protocol },
    ...nodeCount !== undefined && { nodeCount },
    budgetS: flags.budget ?? BUDGET_S,
    recoveryS: flags.recovery ?? defaults.recoveryS,
    seed: flags.seed ?? defaults.seed,
    ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
    durable: flags.data ?? false,
    without: flags.without ?? [],
    json: flags.json ?? false,
    wanted: wantedOf(flags),
  });
}

function seconds(given: string): number | undefined {
  const s = /^\d+(\.\d+)?s?$/.test(given) ? parseFloat(given) : NaN;
  return s >= 1 && s <= TIME_LIMIT_S_MAX ? s : undefined;
}
