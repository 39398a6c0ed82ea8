/** `npm run scrape`: what it takes to tell metrics, at each node of a cluster that runs. */
import process from "node:process";
import { built } from "../e2e/fixtures/hearsay.ts";
import { connectedAll, firstOf, httpUrl, type Serving, withCluster } from "../e2e/fixtures/serving.ts";
import { runLong } from "./long/tool.ts";
import { namesOf, programsOf } from "./long/nodes.ts";

const standard = { nodes: 25, scrapes: 300 };
type Options = typeof standard;

/** Told before, so that there is something to tell of. */
const VALUES = 1_000;

async function measure({ nodes: count, scrapes }: Options): Promise<void> {
  const ids = namesOf(count);
  const programs = programsOf(ids, built);
  await withCluster({ ids, programs, flags: ["--http", "127.0.0.1:0"] }, async (nodes) => {
    await connectedAll(nodes);
    const body = JSON.stringify(Array.from({ length: VALUES }, (_, i) => ({ value: i })));
    const headers = { "content-type": "application/json" };
    await fetch(`${httpUrl(firstOf(nodes))}/v1/values`, { method: "POST", headers, body });
    for (const node of nodes.slice(0, 3)) await report(node, scrapes);
  });
}

async function report(node: Serving, scrapes: number): Promise<void> {
  const url = `${httpUrl(node)}/metrics`;
  const first = await scrape(url);
  const ms: number[] = [];
  for (let i = 0; i < scrapes; i++) ms.push((await scrape(url)).ms);
  const last = await scrape(url);
  ms.sort((a, b) => a - b);
  const cpuMs = 1000 * (last.cpuSeconds - first.cpuSeconds) / (scrapes + 1);
  const [median = 0, late = 0] = [ms[scrapes >> 1], ms[Math.floor(scrapes * 0.95)]];
  process.stdout.write(
    `${node.id}: a scrape takes ${cpuMs.toFixed(2)} ms of a processor, and ${
      median.toFixed(1)
    } ms over HTTP ` +
      `(median; 95 of 100 within ${late.toFixed(1)} ms); ${last.series} series, ${last.bytes} bytes\n`,
  );
}

async function scrape(url: string) {
  const at = performance.now();
  const text = await (await fetch(url)).text();
  const [, cpu] = /^process_cpu_seconds_total (\S+)$/m.exec(text) ?? [];
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  return { ms: performance.now() - at, cpuSeconds: Number(cpu), series, bytes: text.length };
}

await runLong({
  name: "scrape",
  standard,
  about: {
    nodes: "nodes of the cluster",
    scrapes: "how often each of three nodes is asked",
  },
  run: measure,
});
