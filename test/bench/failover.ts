/** `bun test/bench/failover.ts`: nodes are killed one after the other while the client library tells and watches there. */
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Client, connect, type Position } from "../../lib/client/mod.ts";
import type { Address } from "../../transports/address.ts";
import { type Serving, withCluster } from "../e2e/fixtures/serving.ts";
import { isMistakes, parsedOr, runTool } from "../shared/tool.ts";
import { wholeMistakes } from "./long/flags.ts";
import { namesOf } from "./long/nodes.ts";

const USAGE = `bun test/bench/failover.ts [flags]
  --seconds N   how long (300)
  --rate N      values a second (1000)
  --kill N      seconds between one kill and the next (5)
  --nodes N     nodes, each with a log on disk (5)
`;

const flags = {
  seconds: { type: "string", default: "300" },
  rate: { type: "string", default: "1000" },
  kill: { type: "string", default: "5" },
  nodes: { type: "string", default: "5" },
} as const;

type Options = Readonly<Record<keyof typeof flags, number>>;

const EVERY_MS = 10;
/** The watch that goes on from positions is made anew after so many entries. */
const RENEWED_AFTER = 1_000;
/** After the end so much time may pass until all came, ms. */
const PATIENCE_MS = 60_000;

function readOptions(args: readonly string[]): Options | readonly string[] {
  const read = parsedOr(() => parseArgs({ args: [...args], options: flags }).values);
  if (isMistakes(read)) return read;
  const mistakes = wholeMistakes(read);
  if (mistakes.length > 0) return mistakes;
  const { seconds, rate, kill, nodes } = read;
  return { seconds: Number(seconds), rate: Number(rate), kill: Number(kill), nodes: Number(nodes) };
}

/** How often each number came, and the longest time in which none did, ms. */
class Tally {
  readonly #times = new Map<number, number>();
  #lastAt = performance.now();
  longestMs = 0;
  doubled = 0;

  add(n: number): void {
    const now = performance.now();
    this.longestMs = Math.max(this.longestMs, now - this.#lastAt);
    this.#lastAt = now;
    const times = (this.#times.get(n) ?? 0) + 1;
    if (times > 1) this.doubled++;
    this.#times.set(n, times);
  }

  get size(): number {
    return this.#times.size;
  }
}

/** Resolves to how many were told, and the longest time that one took, ms. */
async function tell(
  client: Client,
  { seconds, rate }: Options,
): Promise<{ count: number; longestMs: number }> {
  let longestMs = 0;
  const told: Promise<void>[] = [];
  const begunAt = performance.now();
  while (told.length < seconds * rate) {
    const due = Math.min(seconds * rate, (performance.now() - begunAt) / 1_000 * rate);
    while (told.length < due) {
      const toldAt = performance.now();
      const telling = client.broadcast(told.length, { topic: "t" });
      told.push(telling.then(() => void (longestMs = Math.max(longestMs, performance.now() - toldAt))));
    }
    await pause(EVERY_MS);
  }
  await Promise.all(told);
  return { count: told.length, longestMs };
}

async function watchOnce(client: Client, tally: Tally, signal: AbortSignal): Promise<void> {
  for await (const { value } of client.watch({ topics: ["t"], signal })) tally.add(Number(value));
}

/**
 * Each watch of it knows nothing of the one before but its position, and begins at another node. What was told to two nodes,
 * as the first was killed before it answered, may come twice then.
 */
async function watchAnew(at: readonly Address[], tally: Tally, signal: AbortSignal): Promise<void> {
  let from: Position = "";
  for (let turn = 0;; turn++) {
    await using client = await connect({
      at: [...at.slice(turn % at.length), ...at.slice(0, turn % at.length)],
    });
    let taken = 0;
    for await (const { value, position } of client.watch({ topics: ["t"], from, signal })) {
      tally.add(Number(value));
      from = position;
      if (++taken === RENEWED_AFTER) break;
    }
  }
}

async function killInTurns(nodes: readonly Serving[], everyMs: number, signal: AbortSignal): Promise<number> {
  let kills = 0;
  for (;;) {
    await pause(everyMs, undefined, { signal }).catch(() => {});
    const node = nodes[kills % nodes.length];
    if (signal.aborted || node === undefined) return kills;
    await node.end("SIGKILL");
    await node.start();
    kills++;
  }
}

async function measure(options: Options): Promise<number> {
  const problems: number[] = [];
  await withCluster({ ids: namesOf(options.nodes), durable: true }, async (nodes) => {
    const at = nodes.map(({ address }) => address);
    await using client = await connect({ at });
    const [killing, watching] = [new AbortController(), new AbortController()];
    const [once, anew] = [new Tally(), new Tally()];
    const ended = Promise.allSettled([
      watchOnce(client, once, watching.signal),
      watchAnew(at, anew, watching.signal),
    ]);
    const killed = killInTurns(nodes, options.kill * 1_000, killing.signal);
    const { count, longestMs } = await tell(client, options);
    killing.abort();
    const kills = await killed;
    const patientUntil = performance.now() + PATIENCE_MS;
    while (Math.min(once.size, anew.size) < count && performance.now() < patientUntil) await pause(EVERY_MS);
    watching.abort();
    await ended;
    process.stdout.write(
      `${count} values told while ${kills} nodes were killed, the slowest in ${Math.round(longestMs)} ms\n`,
    );
    for (const [what, tally] of [["one watch", once], ["watches from positions", anew]] as const) {
      const pauseMs = Math.round(tally.longestMs);
      const [missed, { doubled }] = [count - tally.size, tally];
      process.stdout.write(
        `${what}: ${missed} missed, ${doubled} doubled, the longest pause ${pauseMs} ms\n`,
      );
      problems.push(missed);
    }
    problems.push(once.doubled);
  });
  return problems.some((count) => count > 0) ? 1 : 0;
}

await runTool({ usage: USAGE, read: readOptions, run: measure });
