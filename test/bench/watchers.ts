/** `npm run watchers`: thousands of watchers over HTTP at one node: what each takes, and how late values are. */
import { connect, type Socket } from "node:net";
import process from "node:process";
import { built } from "../e2e/fixtures/hearsay.ts";
import { firstOf, httpUrl, withCluster } from "../e2e/fixtures/serving.ts";
import { cpuSeconds } from "./throughput/usage.ts";
import { runLong } from "./long/tool.ts";
import { programsOf } from "./long/nodes.ts";
import { until } from "../shared/until.ts";

const standard = { watchers: 10_000, values: 50 };
type Options = typeof standard;

/** So many connect at once. */
const AT_ONCE = 100;
const PATIENCE_MS = 60_000;

async function measure({ watchers: count, values }: Options): Promise<void> {
  const ids = ["n1"];
  const programs = programsOf(ids, built);
  await withCluster({ ids, programs, flags: ["--http", "127.0.0.1:0"] }, async (nodes) => {
    const node = firstOf(nodes);
    const url = httpUrl(node);
    const before = node.residentBytes;
    const watchers: Watcher[] = [];
    while (watchers.length < count) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - watchers.length) }, () => new Watcher(url));
      watchers.push(...some);
      await until(() => some.every(({ begun }) => begun), "they watch", PATIENCE_MS);
    }
    const each = (node.residentBytes - before) / count / 1024;
    process.stdout.write(`${count} watchers: ${each.toFixed(1)} KB of memory each\n`);
    const late: number[] = [];
    const cpuBefore = cpuSeconds([node.pid]);
    for (let i = 1; i <= values; i++) late.push(...await toldToAll(url, watchers, i));
    const cpuUs = (cpuSeconds([node.pid]) - cpuBefore) * 1e6 / late.length;
    late.sort((a, b) => a - b);
    const [median = 0, p99 = 0, most = 0] = [0.5, 0.99, 1].map((part) =>
      late[Math.ceil(part * late.length) - 1]
    );
    const after = (node.residentBytes - before) / count / 1024;
    process.stdout.write(
      `a value comes after ${median.toFixed(0)} ms (median; p99 ${p99.toFixed(0)} ms, at most ${
        most.toFixed(0)
      } ms), ` +
        `for ${cpuUs.toFixed(0)} us of CPU; then ${after.toFixed(1)} KB each\n`,
    );
    for (const watcher of watchers) watcher.close();
  });
}

/** Ms until the value of this number is with each of the watchers. */
async function toldToAll(url: string, watchers: readonly Watcher[], number: number): Promise<number[]> {
  const at = performance.now();
  const headers = { "content-type": "application/json" };
  await fetch(`${url}/v1/values`, { method: "POST", headers, body: `${number}` });
  await until(() => watchers.every(({ events }) => events >= number), "all have it", PATIENCE_MS);
  return watchers.map(({ lastAt }) => lastAt - at);
}

class Watcher {
  begun = false;
  events = 0;
  /** When the last of them came, ms. */
  lastAt = 0;
  readonly #socket: Socket;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.on("error", (error) => process.stderr.write(`${error.message}\n`));
    this.#socket.on("data", (chunk) => {
      this.begun = true;
      this.lastAt = performance.now();
      // Each event has one such line, and no value of this measurement holds one.
      this.events += chunk.toString("latin1").split("\ndata: ").length - 1;
    });
    this.#socket.write("GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  close(): void {
    this.#socket.destroy();
  }
}

await runLong({
  name: "watchers",
  standard,
  about: {
    watchers: "connections that watch by server-sent events",
    values: "values that are told one after the other",
  },
  run: measure,
});
