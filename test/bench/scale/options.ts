/** The flags of the scale bench, read all at once. */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { isMistakes, mustBe, parsedOr } from "../../shared/tool.ts";
import { type Rates, type Scenario, scenarios } from "./plan.ts";
import type { Limits } from "./row.ts";

export const USAGE = `npm run scale -- [flags]
  --nodes LIST        how many nodes, with commas between (5,25,100,1000)
  --total-rate HZ     values a second over all nodes, where that is what is fixed (10)
  --rate-per-node HZ  values a second at each node, where that is what is fixed (0.05)
  --seconds S         virtual seconds of load, more where values are rare (20)
  --latency MS        one way between two nodes (20)
  --only KEYS         of ${scenarios.map(({ key }) => key).join(", ")}; all by default
  --limit S           a row that takes longer is given up (300)
  --memory MB         a row that takes more is given up (16000)
  --with FILE         what an earlier run measured in the same way, and printed with --json, is not run again
  --svg FILE          draws the figures, too
  --json              prints JSON in place of tables
`;

/** The simulator's own limit. */
export const NODES_MAX = 10_000;

export interface Options extends Rates {
  readonly nodes: readonly number[];
  readonly scenarios: readonly Scenario[];
  readonly limits: Limits;
  readonly with: string | undefined;
  readonly svg: string | undefined;
  readonly json: boolean;
}

const flags = {
  nodes: { type: "string", default: "5,25,100,1000" },
  "total-rate": { type: "string", default: "10" },
  "rate-per-node": { type: "string", default: "0.05" },
  seconds: { type: "string", default: "20" },
  latency: { type: "string", default: "20" },
  only: { type: "string", default: scenarios.map(({ key }) => key).join(",") },
  limit: { type: "string", default: "300" },
  memory: { type: "string", default: "16000" },
  with: { type: "string" },
  svg: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** The options, or all that is wrong with the flags. */
export function readOptions(args: readonly string[]): Options | readonly string[] {
  const values = parsedOr(() => parseArgs({ args: [...args], options: flags }).values);
  if (isMistakes(values)) return values;
  const { nodes, only, "total-rate": totalRate, "rate-per-node": ratePerNode } = values;
  const { seconds, latency, limit, memory } = values;
  const counts = nodes.split(",").map(Number);
  const keys = only.split(",");
  const positive = { "total-rate": totalRate, "rate-per-node": ratePerNode, seconds, limit, memory };
  const mistakes = [
    ...counts.every(isNodeCount) ? [] : [mustBe("nodes", `whole numbers from 2 to ${NODES_MAX}`, nodes)],
    ...Object.entries(positive).filter(([, text]) => !(Number(text) > 0))
      .map(([flag, text]) => mustBe(flag, "a number above 0", text)),
    ...Number(latency) >= 0 ? [] : [mustBe("latency", "a number, 0 or more", latency)],
    ...keys.every((key) => scenarios.some((scenario) => scenario.key === key)) ? [] : [
      mustBe("only", `of ${scenarios.map(({ key }) => key).join(", ")}`, only),
    ],
    ...values.with === undefined || existsSync(values.with)
      ? []
      : [mustBe("with", "a file that is there", values.with)],
  ];
  if (mistakes.length > 0) return mistakes;
  return {
    nodes: counts.toSorted((a, b) => a - b),
    scenarios: scenarios.filter(({ key }) => keys.includes(key)),
    totalRate: Number(totalRate),
    ratePerNode: Number(ratePerNode),
    seconds: Number(seconds),
    latencyMs: Number(latency),
    limits: { seconds: Number(limit), memoryMb: Number(memory) },
    with: values.with,
    svg: values.svg,
    json: values.json,
  };
}

function isNodeCount(n: number): boolean {
  return Number.isInteger(n) && n >= 2 && n <= NODES_MAX;
}
