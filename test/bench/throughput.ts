/** `npm run throughput`: hearsay beside the systems people use, by one harness, in one run, with real processes. */
import process from "node:process";
import { gossipSigned, gossipUnsigned } from "./throughput/gossip_system.ts";
import { hearsay, hearsayOfLarge } from "./throughput/hearsay_system.ts";
import { measure, type Measured } from "./throughput/measure.ts";
import { jetstreamFile, jetstreamMemory, natsCore } from "./throughput/nats_system.ts";
import { type Options, readOptions, USAGE } from "./throughput/options.ts";
import { redisPubsub, redisStream, redisStreamFsync } from "./throughput/redis_system.ts";
import { ceiling, ceilingOfLists } from "./throughput/relay_system.ts";
import { stand, type Standing } from "./throughput/standing.ts";
import type { System } from "./throughput/system.ts";
import { tableOf } from "./throughput/table.ts";

const STANDING = "standing";

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) return void process.stdout.write(USAGE);
  const options = readOptions(args);
  if ("length" in options) return refuse(options);
  const systems = systemsOf(options);
  const known = [...systems.map(({ key }) => key), STANDING];
  const unknown = options.only?.filter((key) => !known.includes(key)) ?? [];
  if (unknown.length > 0) {
    return refuse([
      `Cannot run as '--only' must name some of ${known.join(", ")}: current value is "${unknown}"`,
    ]);
  }
  const results = { ...await measureAll(systems, options), standing: await standingOf(options) };
  const text = options.json ? `${JSON.stringify(results, null, 2)}\n` : tableOf(results, options.perSecond);
  process.stdout.write(text);
}

function refuse(mistakes: readonly string[]): void {
  process.stderr.write(`${mistakes.join("\n")}\n`);
  process.exitCode = 2;
}

/** The program that is compared comes first, then what stands beside it; several are told apart by their place. */
function systemsOf({ programs }: Options): System[] {
  return [
    ...programs.flatMap((program, i) => {
      const label = i === 0 ? "" : `-${i + 1}`;
      return [hearsay(program, label, false), hearsay(program, label, true)];
    }),
    ...[ceiling, ceilingOfLists, redisPubsub, redisStream, redisStreamFsync],
    ...[natsCore, jetstreamMemory, jetstreamFile, gossipUnsigned, gossipSigned],
  ];
}

async function measureAll(
  systems: readonly System[],
  options: Options,
): Promise<{ measured: Measured[]; notes: string[] }> {
  const measured: Measured[] = [];
  const notes: string[] = [];
  for (const system of systems.filter(({ key }) => options.only?.includes(key) ?? true)) {
    const missing = await system.missing();
    if (missing !== undefined) notes.push(`${system.name} is left out: ${missing}.`);
    else {
      process.stderr.write(`${system.name} …\n`);
      try {
        measured.push(await measure(system, options));
      } catch (error) {
        notes.push(`${system.name} failed: ${error instanceof Error ? error.message : error}.`);
      }
    }
  }
  return { measured, notes };
}

async function standingOf(options: Options): Promise<Standing | undefined> {
  const [program] = options.programs;
  if (program === undefined || !(options.only?.includes(STANDING) ?? true)) return undefined;
  process.stderr.write("a watcher that stands still …\n");
  return await stand(hearsayOfLarge(program), options);
}

await main(process.argv.slice(2));
