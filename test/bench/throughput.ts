/** `npm run throughput`: hearsay beside the systems people use, by one harness, in one run, with real processes. */
import process from "node:process";
import { gossipSigned, gossipUnsigned } from "./throughput/systems/gossip_system.ts";
import { hearsay, hearsayOverTls } from "./throughput/systems/hearsay_system.ts";
import { measure, type Measured } from "./throughput/measure.ts";
import { jetstreamFile, jetstreamMemory, natsCore } from "./throughput/systems/nats_system.ts";
import { type Options, readOptions, USAGE } from "./throughput/options.ts";
import { redisPubsub, redisStream, redisStreamFsync } from "./throughput/systems/redis_system.ts";
import { ceiling, ceilingOfLists } from "./throughput/systems/relay_system.ts";
import { middleOf } from "./throughput/rounds.ts";
import { stand } from "./throughput/standing.ts";
import type { System } from "./throughput/systems/system.ts";
import { withPayload } from "./throughput/systems/with_payload.ts";
import { type Results, tableOf } from "./throughput/table.ts";
import { refuse, runTool } from "../shared/tool.ts";

const STANDING = "standing";
/** Texts of 4 KB of a phase at most: most systems keep all of them. */
const TEXTS_MAX = 50_000;

async function main(options: Options): Promise<void> {
  const systems = systemsOf(options);
  const known = [...systems.map(({ key }) => key), STANDING];
  const unknown = options.only?.filter((key) => !known.includes(key)) ?? [];
  if (unknown.length > 0) {
    return refuse([
      `Cannot run as '--only' must name some of ${known.join(", ")}: current value is "${unknown}"`,
    ]);
  }
  const results = await measureAll(systems, options);
  const text = options.json ? `${JSON.stringify(results, null, 2)}\n` : tableOf(results, options.perSecond);
  process.stdout.write(text);
}

/** The program that is compared comes first, then what stands beside it; several are told apart by their place. */
function systemsOf({ programs }: Options): System[] {
  const nodes = programs.flatMap((program, i) => {
    const label = i === 0 ? "" : `-${i + 1}`;
    return [hearsay(program, label, false), hearsay(program, label, true), hearsayOverTls(program, label)];
  });
  const rivals = [redisPubsub, redisStreamFsync, natsCore, jetstreamFile];
  return [
    ...nodes,
    ...[ceiling, ceilingOfLists, redisPubsub, redisStream, redisStreamFsync],
    ...[natsCore, jetstreamMemory, jetstreamFile, gossipUnsigned, gossipSigned],
    ...[...nodes, ...rivals].map((system) => withPayload(system, "objects", "100-byte objects")),
    ...[...nodes, ...rivals].map((system) => withPayload(system, "texts", "4 KB", TEXTS_MAX)),
  ];
}

async function measureAll(systems: readonly System[], options: Options): Promise<Results> {
  const measured: Measured[] = [];
  const notes: string[] = [];
  const present: System[] = [];
  for (const system of systems.filter(({ key }) => isWanted(key, options))) {
    const missing = await system.missing();
    if (missing !== undefined) notes.push(`${system.name} is left out: ${missing}.`);
    else present.push(system);
  }
  for (let round = 0; round < options.rounds; round++) {
    // The speed of a shared machine changes by the minute, and what comes first may have the worst of it.
    for (const system of round % 2 === 0 ? present : present.toReversed()) {
      measured.push(...await tried(system.name, notes, () => measure(system, options)));
    }
  }
  const [program] = options.programs;
  const rows = present.flatMap(({ key }) => middleOf(measured.filter((one) => one.key === key)));
  if (program === undefined || !isWanted(STANDING, options)) {
    return { measured: rows, notes, standing: undefined };
  }
  const check = () => stand(withPayload(hearsay(program, "", false), "kilobytes", "values of 1 KB"), options);
  const [standing] = await tried("hearsay, with a watcher that stands still,", notes, check);
  return { measured: rows, notes, standing };
}

function isWanted(key: string, { only }: Options): boolean {
  return only?.includes(key) ?? true;
}

/** What came of it, or nothing and a note. */
async function tried<T>(name: string, notes: string[], act: () => Promise<T>): Promise<T[]> {
  process.stderr.write(`${name} …\n`);
  try {
    return [await act()];
  } catch (error) {
    notes.push(`${name} failed: ${error instanceof Error ? error.message : error}`);
    return [];
  }
}

await runTool({ usage: USAGE, read: readOptions, run: main });
