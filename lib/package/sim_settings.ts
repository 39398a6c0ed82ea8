/** The settings of a simulation as the flags of `hearsay sim`, which has the limits, and its complaints in the words of settings. */
import type { ChallengeName } from "../commands/exam/targets.ts";
import type { Mechanism } from "../core/mechanisms.ts";
import type { NodeMaker } from "../runtime/handlers/node.ts";
import { isDurable, isOpen, type Settings } from "../workbench/settings.ts";
import type { NetLog } from "../workbench/world/network.ts";

/** As the flags of `hearsay sim`, with its defaults and limits, which `hearsay help sim` lists. */
export interface SimulationSettings extends Partial<Omit<Settings, "readShare" | "retain">> {
  /** The settings of one of fly.io's challenges, over which the others go; its rules judge, too. */
  readonly challenge?: ChallengeName;
  /** What the nodes are, instead of hearsay's: what `serve` of hearsay/maelstrom runs. */
  readonly node?: NodeMaker;
  /** How long a value may take to reach every node, ms; at least three round trips. */
  readonly deliveryBudgetMs?: number;
  /** Mechanisms that are switched off, to see that they matter. */
  readonly without?: readonly Mechanism[];
  /** For how long, and how much of it, nodes keep entries, as `--retain` is told: "orders=7d,1g". By default forever. */
  readonly retain?: string;
  /** Is told of all messages, with the virtual time, ms. */
  readonly log?: NetLog;
}

/** Those that are no flags are left out. */
const flags: Readonly<Record<Exclude<keyof SimulationSettings, "node" | "log">, string>> = {
  challenge: "challenge",
  protocol: "protocol",
  workload: "workload",
  nodeCount: "node-count",
  rate: "rate",
  timeLimitS: "time-limit",
  latencyMs: "latency",
  latencyDist: "latency-dist",
  bandwidthBps: "bandwidth",
  topology: "topology",
  nemesis: "nemesis",
  nemesisIntervalS: "nemesis-interval",
  grudge: "grudge",
  cutsS: "cuts",
  outagesS: "outages",
  spares: "spares",
  lossShare: "loss",
  duplicateShare: "duplicate",
  durable: "data",
  retain: "retain",
  recoveryS: "recovery",
  startUpMs: "start-up",
  script: "script",
  seed: "seed",
  deliveryBudgetMs: "delivery-budget",
  without: "without",
};
const names = new Map(Object.entries(flags).map(([name, flag]) => [flag, name]));
const others = ["node", "log"];

/** The arguments of `hearsay sim`, and a sentence for each setting that there is not. */
export function argumentsOf(
  settings: SimulationSettings,
): { readonly args: readonly string[]; readonly mistakes: readonly string[] } {
  const args: string[] = [];
  const mistakes: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
    const flag = Object.entries(flags).find(([known]) => known === name)?.[1];
    if (others.includes(name) || value === undefined) continue;
    else if (flag === undefined) mistakes.push(`Cannot simulate as there is no setting '${name}'`);
    else if (value === true) args.push(`--${flag}`);
    else if (value !== false && `${value}` !== "") args.push(`--${flag}=${value}`);
  }
  return { args, mistakes };
}

/** A complaint of `hearsay sim` as one about settings. */
export function inSettings(mistake: string): string {
  return mistake.replace("Cannot run 'sim'", "Cannot simulate")
    .replaceAll(/--([a-z]+(?:-[a-z]+)*)/g, (flag, name) => names.get(name) ?? flag);
}

/** What only hearsay's own nodes know what to do with. */
const ofHearsay = ["protocol", "deliveryBudgetMs", "without", "durable", "retain"] as const;

export function mistakesOfOwnNodes(given: SimulationSettings, settings: Settings): string[] {
  const found = ofHearsay.filter((name) => given[name] !== undefined);
  return [
    ...found.map((name) =>
      `Cannot simulate as '${name}' must be left out with node, as only hearsay knows what to do with it`
    ),
    ...found.length > 0 || !isDurable(settings)
      ? []
      : ["Cannot simulate as 'nemesis' must be without rollback and disk with node, which keeps no log"],
    ...isOpen(settings)
      ? ["Cannot simulate as 'nemesis' must be without membership with node, whose members are given once"]
      : [],
  ];
}
