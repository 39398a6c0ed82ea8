/** The settings of a node on standard input and output, from flags and environment variables. */
import { z } from "zod";
import type { Rule } from "../../core/retention/rules.ts";
import type { WorkloadName } from "../../runtime/workloads/names.ts";
import type { ProtocolName } from "../../workbench/settings.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";
import { budget } from "./exam/exam.ts";
import { protocolFlag, protocolMistakes } from "./exam/protocol.ts";
import { retainFlag } from "./retain.ts";
import { servedFlag } from "./exam/workload.ts";

export interface MaelstromConfig {
  readonly deliveryBudgetMs?: number;
  readonly protocol?: ProtocolName;
  readonly retain?: readonly Rule[];
  readonly workload?: WorkloadName;
}

export const shapes = {
  maelstrom: z.object({
    "delivery-budget": budget(),
    "protocol": protocolFlag(),
    "retain": retainFlag("how long, and how much of it, entries are kept (forever)"),
    "workload": servedFlag("what the node serves, where requests do not tell (broadcast until one does)"),
  }),
};

export function parseMaelstrom(args: readonly string[], env: Env): Parsed<MaelstromConfig> {
  const { flags, mistakes, given } = readFlags("maelstrom", shapes.maelstrom, args, env);
  const { protocol, retain, workload, "delivery-budget": deliveryBudgetMs } = flags;
  return outcome([...mistakes, ...protocolMistakes("maelstrom", flags, given)], {
    ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
    ...protocol !== undefined && { protocol },
    ...retain !== undefined && { retain },
    ...workload !== undefined && { workload },
  });
}
