/** Nodes whose log or clock went back: they get back the values that others remember, their new ones count, and it is said. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openStore } from "../../../lib/store/sqlite.ts";
import { Client, Watched } from "../fixtures/client.ts";
import {
  eventually,
  holdEverywhere,
  makeCluster,
  type Serving,
  withCluster,
  withNodes,
} from "../fixtures/serving.ts";

const ids = ["n1", "n2", "n3"];
const FILE = "hearsay.sqlite";
const WENT_BACK =
  /the log of this node went back in time: n\d holds \d+ entries that this node was told and lacks/;
const LIVES_AGAIN = / remembers a later life of this node, /;
const GHOST = /n1 speaks in life \d+, and \d+ is known/;
const AHEAD_MS = 3_600_000;

/** Tells a node the whole numbers from first to last. */
async function tell(node: Serving, first: number, last: number): Promise<void> {
  const values = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  await Client.with(
    node.address,
    async (client) => void await Promise.all(values.map((value) => client.broadcast(value))),
  );
}

/** All have just these, by their reads and by their digests. */
async function agree(
  nodes: readonly Serving[],
  ...ranges: readonly (readonly [first: number, last: number])[]
): Promise<void> {
  const values = ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i)
  );
  await holdEverywhere(nodes, values.length);
  for (const node of nodes) {
    const read = await Client.with(node.address, (client) => client.read());
    assert.deepEqual(read.map(Number).sort((a, b) => a - b), values, node.id);
  }
  const digests = await Promise.all(nodes.map(async (node) => (await node.status()).digest));
  assert.equal(new Set(digests).size, 1, `${digests}`);
  assert.match(digests[0] ?? "", /^[0-9a-f]{16}$/);
}

/** A way in which a directory comes to hold what it held before. */
interface Way {
  readonly name: string;
  /** The copy is made while the node runs. */
  readonly hot: boolean;
  readonly signal: "SIGTERM" | "SIGKILL";
  /** `dir` is that of a node that does not run. */
  readonly restore: (dir: string, copy: string) => void;
}

const putBack: Way["restore"] = (dir, copy) => {
  rmSync(dir, { recursive: true });
  cpSync(copy, dir, { recursive: true });
};

const ways: readonly Way[] = [
  { name: "a copy of the directory is put back", hot: false, signal: "SIGTERM", restore: putBack },
  { name: "a copy from while the node ran is put back", hot: true, signal: "SIGKILL", restore: putBack },
  {
    name: "the main file alone, copied while the node ran, is put back",
    hot: true,
    signal: "SIGKILL",
    restore: (dir, copy) => {
      rmSync(dir, { recursive: true });
      mkdirSync(dir);
      cpSync(join(copy, FILE), join(dir, FILE));
    },
  },
  {
    name: "the -wal file is removed after kill -9",
    hot: false,
    signal: "SIGKILL",
    restore: (dir) => rmSync(join(dir, `${FILE}-wal`)),
  },
];

for (const { name, hot, signal, restore } of ways) {
  test(`serve: ${name}: the node gets back what others hold, and is heard [B5] [B7]`, async () => {
    await withCluster({ ids, durable: true }, async (nodes, { folder }) => {
      const [n1, n2] = [nodes[0] ?? assert.fail(), nodes[1] ?? assert.fail()];
      const [dir, copy] = [join(folder, "n1"), join(folder, "copy")];
      await tell(n1, 1, 10);
      await holdEverywhere(nodes, 10);
      if (!hot) await n1.end("SIGTERM");
      cpSync(dir, copy, { recursive: true });
      if (!hot) await n1.start();
      await tell(n1, 11, 20);
      await holdEverywhere(nodes, 20);
      const watcher = await Client.open(n2.address);
      const watched = await Watched.follow(watcher);
      await eventually("the watcher has had all", () => watched.values.length === 20);
      await n1.end(signal);
      restore(dir, copy);
      await n1.start();
      await tell(n1, 101, 115);
      await agree(nodes, [1, 20], [101, 115]);
      await eventually("n1 says that its log went back", () => n1.said(WENT_BACK));
      assert.equal(n1.log.filter((line) => WENT_BACK.test(line)).length, 1);
      await eventually("the watcher has had all", () => watched.values.length === 35);
      watcher.close();
    });
  });
}

test("serve: with an emptied directory and a clock that is behind, a node is heard all the same [B5]", async () => {
  await setBack(true);
});

test("serve: in memory, with a clock that was set back, a node is heard all the same [B5]", async () => {
  await setBack(false);
});

/** The first life of n1 has the number of a moment to come, as if its clock had been ahead; the next one has nothing of it. */
async function setBack(durable: boolean): Promise<void> {
  const cluster = await makeCluster({ ids, durable: true });
  const dir = join(cluster.folder, "n1");
  openStore({ dir, id: "n1", cluster: "hearsay", now: Date.now() + AHEAD_MS }).close();
  await withNodes(cluster, async () => {
    const [early = assert.fail(), ...others] = cluster.nodes;
    await Promise.all([early, ...others].map((node) => node.start()));
    await tell(early, 1, 10);
    await holdEverywhere([early, ...others], 10);
    await early.end("SIGTERM");
    rmSync(dir, { recursive: true });
    const { data: _, ...inMemory } = early.options;
    const late = cluster.add(durable ? early.options : inMemory);
    await late.start();
    await tell(late, 101, 115);
    await agree([late, ...others], [1, 10], [101, 115]);
    await eventually("n1 says that its clock went back", () => late.said(LIVES_AGAIN));
    await eventually("the others say so", () => others.some((node) => node.said(GHOST)));
    assert.equal(late.said(WENT_BACK), durable, "in memory there is nothing that it should have kept");
  });
}
