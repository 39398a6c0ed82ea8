/** `npm run failover`: nodes are killed in turns under load, and whoever reads, in whichever way, is to miss and double nothing. */
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import * as http from "../../lib/client/http/mod.ts";
import * as library from "../../lib/client/mod.ts";
import { built } from "../e2e/fixtures/hearsay.ts";
import { freePorts } from "../shared/free_ports.ts";
import { type Serving, withCluster } from "../e2e/fixtures/serving.ts";
import { TOPIC, watchAnew, watchEvents, watchOnce } from "./failover/readers.ts";
import { Tally } from "./failover/tally.ts";
import { runLong } from "./long/tool.ts";
import { namesOf, programsOf } from "./long/nodes.ts";

const standard = { seconds: 300, rate: 1_000, kill: 5, nodes: 5 };
type Options = typeof standard;

type Tells = Pick<library.Client & http.Client, "broadcast">;

const EVERY_MS = 10;
/** Every so manieth value is told over HTTP. */
const HTTP_EACH = 10;
/** A killed node is started again after this, ms. */
const AWAY_MS = 1_000;
/** After the end so much time may pass until all came, ms. */
const PATIENCE_MS = 60_000;

async function measure(options: Options): Promise<number> {
  const ids = namesOf(options.nodes);
  const ports = await freePorts(ids.length);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const flags = (id: string) => ["--http", `127.0.0.1:${ports[ids.indexOf(id)]}`];
  let isRight = false;
  await withCluster({ ids, durable: true, programs: programsOf(ids, built), flags }, async (nodes) => {
    isRight = await measureAt(nodes, urls, options);
  });
  return isRight ? 0 : 1;
}

/** Resolves to whether nothing was missed or doubled. */
async function measureAt(
  nodes: readonly Serving[],
  urls: readonly string[],
  options: Options,
): Promise<boolean> {
  const at = nodes.map(({ address }) => address);
  await using overTcp = await library.connect({ at });
  await using overHttp = await http.connect({ at: urls });
  const [killing, watching] = [new AbortController(), new AbortController()];
  const { signal } = watching;
  const readers = [
    { tally: new Tally("one watch of hearsay", true), read: watchOnce.bind(undefined, overTcp) },
    { tally: new Tally("watches of hearsay from positions", false), read: watchAnew.bind(undefined, at) },
    { tally: new Tally("one watch of hearsay/http", true), read: watchOnce.bind(undefined, overHttp) },
    { tally: new Tally("server-sent events", false), read: watchEvents.bind(undefined, urls) },
  ];
  const ended = Promise.allSettled(readers.map(({ tally, read }) => read(tally, signal)));
  const killed = killInTurns(nodes, options.kill * 1_000, killing.signal);
  const { count, longestMs } = await tell([overTcp, overHttp], options);
  killing.abort();
  const kills = await killed;
  const patientUntil = performance.now() + PATIENCE_MS;
  const lacks = () => readers.some(({ tally }) => tally.size < count);
  while (lacks() && performance.now() < patientUntil) await pause(EVERY_MS);
  watching.abort();
  await ended;
  process.stdout.write(
    `${count} values told while ${kills} nodes were killed, the slowest in ${Math.round(longestMs)} ms\n`,
  );
  for (const { tally } of readers) process.stdout.write(tally.line(count));
  return readers.every(({ tally }) => tally.isRight(count));
}

/** Resolves to how many were told, and the longest time that one took, ms. */
async function tell([overTcp, overHttp]: readonly [Tells, Tells], { seconds, rate }: Options) {
  let longestMs = 0;
  const told: Promise<void>[] = [];
  const begunAt = performance.now();
  while (told.length < seconds * rate) {
    const due = Math.min(seconds * rate, (performance.now() - begunAt) / 1_000 * rate);
    while (told.length < due) {
      const toldAt = performance.now();
      const client = told.length % HTTP_EACH === 0 ? overHttp : overTcp;
      const telling = client.broadcast(told.length, { topic: TOPIC });
      told.push(telling.then(() => void (longestMs = Math.max(longestMs, performance.now() - toldAt))));
    }
    await pause(EVERY_MS);
  }
  await Promise.all(told);
  return { count: told.length, longestMs };
}

async function killInTurns(nodes: readonly Serving[], everyMs: number, signal: AbortSignal): Promise<number> {
  let kills = 0;
  for (;;) {
    await pause(Math.max(0, everyMs - AWAY_MS), undefined, { signal }).catch(() => {});
    const node = nodes[kills % nodes.length];
    if (signal.aborted || node === undefined) return kills;
    await node.end("SIGKILL");
    await pause(AWAY_MS);
    await node.start();
    kills++;
  }
}

await runLong({
  name: "failover",
  standard,
  about: {
    seconds: "how long",
    rate: "values a second, of which every tenth is told over HTTP",
    kill: "seconds between one kill and the next",
    nodes: "nodes, each with a log on disk",
  },
  run: measure,
});
