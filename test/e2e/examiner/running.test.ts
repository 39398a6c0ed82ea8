/** `hearsay test --cluster` as an operator runs it: nodes that run already, cut by sidecars, healed whatever ends it. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { test } from "node:test";
import { decode, encode } from "../../../lib/core/codec.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { LineReader } from "../../../transports/lines/reader.ts";
import { listening } from "../../shared/listening.ts";
import { FakeCluster, type FakeOptions } from "../fixtures/fake_cluster.ts";
import { ending, fromSource, hearsay, start } from "../fixtures/hearsay.ts";
import type { Address } from "../../../transports/address.ts";

const ids = ["n1", "n2", "n3"];

/** Confirms everything, and remembers what it was asked last. */
class FakeSidecar {
  readonly asked: string[] = [];
  readonly #server: Server = createServer((socket) => {
    const reader = new LineReader({
      onLine: (line) => {
        const decoded = decode(line);
        assert.ok(decoded.ok);
        const { src, body } = decoded.envelope;
        this.asked.push(body.type);
        socket.write(
          encode({ src: "sidecar", dest: src, body: { type: `${body.type}_ok`, rules: [] } }) + "\n",
        );
      },
      onOverlong: () => assert.fail(),
    });
    socket.on("error", () => {});
    socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
  });

  start(): Promise<Address> {
    return listening(this.#server);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function list(addresses: ReadonlyMap<string, Address>): string {
  return [...addresses].map(([id, { host, port }]) => `${id}=${host}:${port}`).join(",");
}

/** Hands over the flags that name the nodes and their sidecars. */
async function withCluster(
  options: FakeOptions,
  use: (flags: string[], sidecars: readonly FakeSidecar[]) => Promise<void>,
): Promise<void> {
  const cluster = new FakeCluster(ids, options);
  const nodes = await cluster.start();
  const sidecars = ids.map(() => new FakeSidecar());
  const places = await Promise.all(sidecars.map((sidecar) => sidecar.start()));
  const beside = new Map(ids.map((id, i) => [id, places[i] ?? assert.fail()]));
  try {
    await use(["--cluster", list(nodes), "--sidecars", list(beside)], sidecars);
  } finally {
    await cluster.stop();
    await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
  }
}

const cut = ["--nemesis", "partition", "--grudge", "n1|rest"];

test("hearsay test --cluster: a cluster that runs is examined, cut by its sidecars and healed", async () => {
  await withCluster({ apart: true }, async (flags, sidecars) => {
    const short = [
      "--time-limit",
      "1",
      "--recovery",
      "2",
      "--nemesis-interval",
      "60",
      "--rate",
      "100",
      "--json",
    ];
    const { status, out, err } = await hearsay("test", ...flags, ...cut, ...short);
    assert.equal(status, 0, err);
    const { failures, net, settings, nemesis }: Results = JSON.parse(out);
    assert.deepEqual([failures, settings.nodeCount, nemesis.length], [[], 3, 2]);
    assert.ok((net.bytes?.sent ?? 0) > 0 && net.servers["send-count"] > 0);
    for (const { asked } of sidecars) assert.deepEqual(asked, ["heal", "cut", "heal"]);
  });
});

test("hearsay test --cluster: a signal ends it only once the cut is healed, and that is said", async () => {
  await withCluster({ apart: true }, async (flags, sidecars) => {
    const child = start(fromSource(), "test", ...flags, ...cut, "--nemesis-interval", "60");
    const ended = ending(child);
    const signal = new Promise((resolve) => child.on("exit", (_, name) => resolve(name)));
    const deadline = performance.now() + 30_000;
    while (!sidecars.every(({ asked }) => asked.includes("cut"))) {
      assert.ok(performance.now() < deadline, "it never cut");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill("SIGINT");
    assert.equal(await signal, "SIGINT");
    assert.match((await ended).err, /\nHealed\.\n$/);
    for (const { asked } of sidecars) assert.deepEqual(asked, ["heal", "cut", "heal"]);
  });
});

test("hearsay test --cluster: nodes that share an address cannot be cut apart, and that is said at once", async () => {
  await withCluster({}, async (flags, sidecars) => {
    const { status, out, err } = await hearsay("test", ...flags, ...cut);
    assert.deepEqual([status, out], [1, ""]);
    assert.match(
      err,
      /^Cannot cut nodes apart that have no address of their own: n1, n2, n3 are all 127\.0\.0\.1\n$/,
    );
    assert.deepEqual(sidecars.map(({ asked }) => asked), [[], [], []]);
  });
});
