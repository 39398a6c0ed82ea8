/** `hearsay heal`: ends every cut of a real network. */
import { PartitionController } from "../../workbench/faults/partition_controller.ts";
import { parseHeal } from "../config/cut.ts";
import { fail, type Io, OK, refuse } from "../terminal/io.ts";

export async function heal(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseHeal(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  try {
    // To remove all rules, nobody's address need be known.
    const { sidecars, secret } = parsed.config;
    await new PartitionController(sidecars, new Map(), { secret }).heal();
    io.err("Healed.\n");
    return OK;
  } catch (error) {
    return fail(io, error);
  }
}
