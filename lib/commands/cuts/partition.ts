/** `hearsay partition`: cuts a real network apart through the sidecars, or shows which packets each node drops. */
import process from "node:process";
import {
  droppedAt,
  PartitionController,
  resolveAll,
  sourcesOf,
} from "../../workbench/faults/partition_controller.ts";
import type { Cut } from "../../workbench/faults/grudge.ts";
import { dropFrom, show } from "../../workbench/faults/iptables.ts";
import { LEASE_MS } from "../../workbench/faults/sidecar.ts";
import { parsePartition, type PartitionConfig, type RunningCluster } from "../config/cut.ts";
import { endingSignals } from "../../workbench/ending_signals.ts";
import { fail, FAILED, type Io, OK, printLines, refuse } from "../terminal/io.ts";

export async function partition(args: readonly string[], io: Io): Promise<number> {
  const parsed = parsePartition(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  try {
    return await run(parsed.config, io);
  } catch (error) {
    return fail(io, error);
  }
}

async function run(config: PartitionConfig, io: Io): Promise<number> {
  const addresses = await resolveAll(config.cluster);
  if (config.cut === undefined) return await showAll(config, addresses, io);
  printLines(io, [config.cut.detail, ...ruleLines(config.cut, addresses)]);
  if (config.dryRun) return OK;
  return config.hold
    ? await hold(config, config.cut, addresses, io)
    : await cutOnce(config, config.cut, addresses, io);
}

/** Per node the command that its sidecar runs. */
function ruleLines({ grudge }: Cut, addresses: ReadonlyMap<string, string>): string[] {
  const sources = sourcesOf(grudge, addresses);
  const width = Math.max(...[...addresses.keys()].map((id) => id.length));
  return [...addresses.keys()].map((id) => {
    const from = sources.get(id);
    return `  ${id.padEnd(width)}  ${from === undefined ? "hears everyone" : show(dropFrom(from))}`;
  });
}

async function cutOnce(
  { sidecars, secret }: RunningCluster,
  { grudge }: Cut,
  addresses: ReadonlyMap<string, string>,
  io: Io,
): Promise<number> {
  const controller = new PartitionController(sidecars, addresses, { secret });
  await controller.partition(grudge);
  controller.release();
  io.err(
    `Cut. It ends by itself in ${LEASE_MS / 1000} s, and with 'hearsay heal' at once; --hold keeps it.\n`,
  );
  return OK;
}

/** Until a signal comes, or the cut is on no longer; heals in either case. */
async function hold(
  { sidecars, secret }: RunningCluster,
  { grudge }: Cut,
  addresses: ReadonlyMap<string, string>,
  io: Io,
): Promise<number> {
  const ended = Promise.withResolvers<void>();
  for (const name of endingSignals) process.on(name, () => ended.resolve());
  const controller = new PartitionController(sidecars, addresses, {
    secret,
    onFailure: () => ended.resolve(),
  });
  await controller.partition(grudge);
  io.err("Cut. It ends with Ctrl-C.\n");
  await ended.promise;
  await controller.heal();
  io.err("Healed.\n");
  return OK;
}

async function showAll(
  { sidecars, secret }: RunningCluster,
  addresses: ReadonlyMap<string, string>,
  io: Io,
): Promise<number> {
  const ids = new Map([...addresses].map(([id, address]) => [address, id]));
  const found = await Promise.all([...sidecars].map(async ([id, sidecar]) => {
    const dropped = await droppedAt(sidecar, secret);
    if (typeof dropped === "string") return { ok: false, line: `The sidecar of ${id}: ${dropped}` };
    const from = dropped.from.map((address) => ids.get(address) ?? address);
    const left = `for ${Math.ceil((dropped.leaseMs ?? 0) / 1000)} s more, unless somebody holds it`;
    return {
      ok: true,
      line: from.length === 0 ? `${id} hears everyone` : `${id} drops ${from.join(",")} ${left}`,
    };
  }));
  printLines(io, found.filter(({ ok }) => ok).map(({ line }) => line));
  const failed = found.filter(({ ok }) => !ok);
  for (const { line } of failed) io.err(`${line}\n`);
  return failed.length > 0 ? FAILED : OK;
}
