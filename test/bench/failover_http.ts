/** `bun test/bench/failover_http.ts`: nodes are killed one after the other under load, and a watcher over HTTP goes on at the next. */
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { httpUrl, type Serving, withCluster } from "../e2e/fixtures/serving.ts";
import { wholeMistakes } from "./long/flags.ts";
import { namesOf, programsOf } from "./long/nodes.ts";
import { eventsIn, Reading, type SseEvent } from "../shared/events.ts";
import { isMistakes, parsedOr, runTool } from "../shared/tool.ts";
import type { Program } from "../../lib/workbench/world/process.ts";

const USAGE = `bun test/bench/failover_http.ts [flags]
  --seconds N   how long (300)
  --rate N      values a second (1000)
  --every N     seconds from one kill to the next (5)
  --nodes N     nodes, each with a log on disk (5)
`;

const flags = {
  seconds: { type: "string", default: "300" },
  rate: { type: "string", default: "1000" },
  every: { type: "string", default: "5" },
  nodes: { type: "string", default: "5" },
} as const;

type Options = Readonly<Record<keyof typeof flags, number>>;

/** Requests a second, each with its part of the values. */
const REQUESTS_HZ = 20;
/** A killed node is started again after this, ms. */
const AWAY_MS = 1_000;
/** What is on its way at the end has so long, ms. */
const REST_MS = 30_000;

const program: Program = { bin: fileURLToPath(new URL("../../dist/hearsay", import.meta.url)), args: [] };

function readOptions(args: readonly string[]): Options | readonly string[] {
  const read = parsedOr(() => parseArgs({ args: [...args], options: flags }).values);
  if (isMistakes(read)) return read;
  const mistakes = wholeMistakes(read);
  if (mistakes.length > 0) return mistakes;
  const { seconds, rate, every, nodes } = read;
  return { seconds: Number(seconds), rate: Number(rate), every: Number(every), nodes: Number(nodes) };
}

async function measure({ seconds, rate, every, nodes: count }: Options): Promise<void> {
  const ids = namesOf(count);
  const options = {
    ids,
    durable: true,
    programs: programsOf(ids, program),
    flags: ["--http", "127.0.0.1:0"],
  };
  await withCluster(options, async (nodes) => {
    const endsAt = performance.now() + seconds * 1000;
    const watcher = new Watcher(nodes);
    const watching = watcher.run();
    const killing = killOneByOne(nodes, every * 1000, endsAt);
    const { told, repeated } = await tell(nodes, rate, endsAt);
    const kills = await killing;
    for (const restAt = performance.now() + REST_MS; watcher.distinct < told && performance.now() < restAt;) {
      await pause(100);
    }
    watcher.stop();
    await watching;
    const { distinct, doubled, moves } = watcher;
    process.stdout.write(
      `${told} values told, ${repeated} requests repeated, ${kills} kills; the watcher changed nodes ${moves} times, ` +
        `has ${distinct}, misses ${told - distinct}, has ${doubled} twice\n`,
    );
  });
}

/** Returns how many nodes were killed. */
async function killOneByOne(nodes: readonly Serving[], everyMs: number, endsAt: number): Promise<number> {
  let kills = 0;
  while (performance.now() + everyMs < endsAt) {
    await pause(everyMs - AWAY_MS);
    const node = nodes[kills++ % nodes.length];
    await node?.end("SIGKILL");
    await pause(AWAY_MS);
    await node?.start();
  }
  return kills;
}

/** Tells each value until it is safe, at whichever node. */
async function tell(nodes: readonly Serving[], rate: number, endsAt: number) {
  const size = Math.max(1, Math.round(rate / REQUESTS_HZ));
  let [told, repeated, at] = [0, 0, 0];
  for (let dueAt = performance.now(); performance.now() < endsAt; dueAt += 1000 * size / rate) {
    await pause(Math.max(0, dueAt - performance.now()));
    const body = JSON.stringify(Array.from({ length: size }, (_, i) => told + i));
    const headers = { "content-type": "application/json", "idempotency-key": `at ${told}` };
    while (!await isTold(nodes[at % nodes.length], { method: "POST", headers, body })) {
      at += 1;
      repeated += 1;
      await pause(20);
    }
    told += size;
  }
  return { told, repeated };
}

async function isTold(node: Serving | undefined, request: RequestInit): Promise<boolean> {
  try {
    const response = await fetch(`${node && httpUrl(node)}/v1/values`, request);
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

/** Watches at one node until that is gone, and then at the next. */
class Watcher {
  moves = -1;
  distinct = 0;
  doubled = 0;
  readonly #nodes: readonly Serving[];
  readonly #seen = new Set<number>();
  #position = "";
  #reading: Reading | undefined;
  #isStopped = false;

  constructor(nodes: readonly Serving[]) {
    this.#nodes = nodes;
  }

  async run(): Promise<void> {
    for (let at = 0; !this.#isStopped; at++) {
      const node = this.#nodes[at % this.#nodes.length];
      try {
        const headers = { "last-event-id": this.#position };
        const reading = this.#reading = await Reading.open(`${node && httpUrl(node)}/v1/watch`, headers);
        this.moves += 1;
        while (!reading.ended) {
          await pause(20);
          this.#take(eventsIn(reading.take()));
        }
        this.#take(eventsIn(reading.take()));
      } catch {
        await pause(50);
      }
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#reading?.close();
  }

  #take(events: readonly SseEvent[]): void {
    for (const { id, data } of events) {
      const value = Number(data["value"]);
      if (this.#seen.has(value)) this.doubled += 1;
      this.#seen.add(value);
      this.#position = id;
    }
    this.distinct = this.#seen.size;
  }
}

await runTool({ usage: USAGE, read: readOptions, run: measure });
