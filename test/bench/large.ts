/** `npm run large`: many values on disk. What nodes take, how long they start, a replacement is filled, a reader reads. */
import process from "node:process";
import { rmSync } from "node:fs";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { built, start } from "../e2e/fixtures/hearsay.ts";
import { memoryOf } from "./throughput/usage.ts";
import { firstOf, type Serving, withCluster } from "../e2e/fixtures/serving.ts";
import { bytesIn, complete, megabytes, namesOf, programsOf, takenBy } from "./long/nodes.ts";
import { runLong } from "./long/tool.ts";
import { objectOf, tell } from "./long/told.ts";
import { addressText } from "../../transports/address.ts";

const standard = { values: 10_000_000, nodes: 5 };
type Options = typeof standard;

/** A machine that is busy with other things is waited for, ms. */
const PATIENCE_MS = 30 * 60_000;
/** While a replacement is filled, so many values a second are told to another node. */
const RATE = 1_000;
const LOOK_EVERY_MS = 250;
const NEWLINE = 10;

function say(what: string, figures: string): void {
  process.stdout.write(`${what.padEnd(44)} ${figures}\n`);
}

async function measure({ values, nodes: count }: Options): Promise<void> {
  const ids = namesOf(count);
  await withCluster({ ids, durable: true, programs: programsOf(ids, built) }, async (nodes) => {
    const first = firstOf(nodes);
    const from = performance.now();
    const { status, err } = await tell(built, first.address, values);
    if (status !== 0) throw new Error(err);
    const toldS = (performance.now() - from) / 1_000;
    say("told by one client", `${toldS.toFixed(1)} s, ${Math.round(values / toldS)} values/s`);
    await complete(nodes, values, PATIENCE_MS);
    say("until they are everywhere", `${((performance.now() - from) / 1_000).toFixed(1)} s`);
    sayTaken("each node takes", nodes);
    const bytes = values * objectOf(0).length;
    const disk = bytesIn(first.options.data ?? "");
    say("on disk", `${megabytes(disk)} MB, ${(disk / bytes).toFixed(2)} × the values`);
    await restart(first, nodes, values);
    await replace(nodes.at(-1) ?? first, first, nodes, values);
    await read(first, values);
    sayTaken("each node takes in the end", nodes);
  });
}

function sayTaken(what: string, nodes: readonly Serving[]): void {
  const taken = nodes.map(takenBy);
  const [resident, peak] = [taken.map(({ residentMb }) => residentMb), taken.map(({ peakMb }) => peakMb)];
  say(what, `${resident.join(", ")} MB resident; at most ${peak.join(", ")} MB`);
}

async function restart(node: Serving, nodes: readonly Serving[], values: number): Promise<void> {
  await node.end("SIGTERM");
  const from = performance.now();
  await node.start();
  await complete([node], values, PATIENCE_MS);
  say("from its start until a node is complete", `${((performance.now() - from) / 1_000).toFixed(1)} s`);
  sayTaken("each node takes then", nodes);
}

/** A node loses its disk, and comes back, while another is told values. */
async function replace(node: Serving, other: Serving, nodes: readonly Serving[], values: number) {
  await node.end("SIGKILL");
  rmSync(node.options.data ?? "", { recursive: true });
  const from = performance.now();
  await node.start();
  let isFull = false;
  const telling = (async () => {
    for (let i = 0; !isFull; i++) await tell(built, other.address, (i + 1) * RATE, RATE);
  })();
  await complete([node], values, PATIENCE_MS);
  isFull = true;
  say("an empty replacement is full after", `${((performance.now() - from) / 1_000).toFixed(1)} s`);
  await telling;
  sayTaken("each node takes then", nodes);
}

async function read(node: Serving, values: number): Promise<void> {
  const from = performance.now();
  const child = start(built, "read", "--at", addressText(node.address));
  let [lines, peakMb] = [0, 0];
  child.stdout.on("data", (chunk: Uint8Array) => {
    for (const byte of chunk) if (byte === NEWLINE) lines++;
  });
  const looking = setInterval(() => peakMb = Math.max(peakMb, peakOf(child)), LOOK_EVERY_MS);
  await once(child, "close");
  clearInterval(looking);
  const seconds = (performance.now() - from) / 1_000;
  if (lines < values) throw new Error(`read gives ${lines} values`);
  const rate = Math.round(lines / seconds);
  say("hearsay read", `${seconds.toFixed(1)} s, ${rate} values/s; at most ${peakMb} MB resident`);
}

function peakOf({ pid, exitCode }: ChildProcess): number {
  return pid === undefined || exitCode !== null ? 0 : Math.round(memoryOf(pid).peakMb) || 0;
}

await runLong({
  name: "large",
  standard,
  about: {
    values: "objects of 67 bytes",
    nodes: "nodes, each with a log on disk",
  },
  run: measure,
});
