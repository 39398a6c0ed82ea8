/** Nodes that are killed while values pour in, and come back: nothing acknowledged is lost, and nothing comes twice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../lib/core/message.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import { openStore } from "../../../lib/store/sqlite.ts";
import { Client, Watched } from "../fixtures/client.ts";
import { Load } from "../fixtures/load.ts";
import {
  eventually,
  holdEverywhere,
  makeCluster,
  measured,
  type Serving,
  withCluster,
  withNodes,
} from "../fixtures/serving.ts";

const five = ["n1", "n2", "n3", "n4", "n5"];
/** Between two blows at least so many values are acknowledged. */
const VALUES_BETWEEN = 300;

const LOG_VALUES = 100_000;
const VALUES_MISSED = 2_000;
/** The aim, and what a busy machine is given beyond it, ms. */
const COMPLETE_MS = 2_000;
const BUSY_MS = 6_000;

test("serve: one, two and all five nodes killed with -9 under load lose nothing that was acknowledged", async () => {
  await withCluster({ ids: five, durable: true }, async (nodes) => {
    const load = new Load(nodes);
    const more = () => grow(load);
    for (const struck of [nodes.slice(1, 2), [nodes[0], nodes[3]], nodes]) {
      await more();
      const victims = struck.flatMap((node) => node ?? []);
      await Promise.all(victims.map((node) => node.end("SIGKILL")));
      // With all of them gone there is nobody to acknowledge anything.
      if (victims.length < nodes.length) await more();
      await Promise.all(victims.map((node) => node.start()));
    }
    await more();
    await load.stop();
    const { acked, sent } = load;
    await eventually("all nodes hold the same number of values", async () => {
      const counts = await Promise.all(nodes.map(async (node) => (await node.status()).values));
      return new Set(counts).size === 1;
    });
    for (const node of nodes) {
      const read = await Client.with(node.address, (client) => client.read());
      isOnce(read, acked, sent);
      const { values, origins } = await Watched.all(node.address);
      isOnce(values, acked, sent);
      // One for each life in which something was told to a node.
      const lives = five.length + 1 + 2 + five.length;
      assert.ok(origins.size >= five.length && origins.size <= lives, `${[...origins]}`);
    }
  });
});

test("serve: a node with 100,000 values in its log is complete soon after it listens again", async () => {
  const cluster = await makeCluster({ ids: five.slice(0, 3), durable: true });
  await withNodes(cluster, async () => {
    const { nodes } = cluster;
    for (const node of nodes) fill(node);
    await Promise.all(nodes.map((node) => node.start()));
    await holdEverywhere(nodes, LOG_VALUES);
    const [struck, other] = [nodes[0] ?? assert.fail(), nodes[1] ?? assert.fail()];
    await struck.end("SIGKILL");
    await Client.with(other.address, async (client) => {
      const values = Array.from({ length: VALUES_MISSED }, (_, i) => LOG_VALUES + i);
      await Promise.all(values.map((value) => client.broadcast(value)));
    });
    const startedAt = performance.now();
    await struck.start();
    const listensAt = performance.now();
    await holdEverywhere([struck], LOG_VALUES + VALUES_MISSED);
    const completeMs = performance.now() - listensAt;
    measured(
      `a node with ${LOG_VALUES} values listens ${Math.round(listensAt - startedAt)} ms after its start, ` +
        `and is complete ${Math.round(completeMs)} ms later (the aim is ${COMPLETE_MS} ms)`,
    );
    assert.ok(completeMs <= BUSY_MS);
    const { values } = await Watched.all(struck.address);
    assert.equal(new Set(values).size, LOG_VALUES + VALUES_MISSED);
    assert.equal(values.length, LOG_VALUES + VALUES_MISSED);
  });
});

/** Resolves once a few hundred more values are acknowledged. */
async function grow(load: Load): Promise<void> {
  const enough = load.acked.size + VALUES_BETWEEN;
  await eventually(`${enough} values are acknowledged`, () => load.acked.size >= enough);
}

/** Everything acknowledged, each value once, and nothing that was not sent. */
function isOnce(values: readonly Json[], acked: ReadonlySet<number>, sent: ReadonlySet<Json>): void {
  const distinct = new Set(values);
  assert.equal(distinct.size, values.length, "a value comes once");
  assert.deepEqual([...acked].filter((value) => !distinct.has(value)), [], "lost");
  assert.deepEqual(values.filter((value) => !sent.has(value)), [], "never sent");
}

/** Gives a node the log of one that has taken part for long; all of them hold the same. */
function fill({ id, options: { data = assert.fail() } }: Serving): void {
  const store = openStore({ dir: data, id, cluster: "hearsay", now: 1 });
  const values = Array.from({ length: LOG_VALUES }, (_, i) => String(i));
  store.put({ origin: "n1.1", seq: 1, texts: Texts.of(values) }, 1_000);
  store.commit();
  store.close();
}
