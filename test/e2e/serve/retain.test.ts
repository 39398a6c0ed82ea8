/** Real nodes that keep some topics for a second: what goes is gone everywhere, over kills and on new disks, and a reader hears so. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { Runs } from "../../../lib/core/log/runs.ts";
import type { Body, Json } from "../../../lib/core/message.ts";
import { Client } from "../fixtures/client.ts";
import { eventually, type Serving, withCluster } from "../fixtures/serving.ts";

const KEPT: readonly Json[] = ["kept", 1, { kept: 2 }];
const RETAIN = ["--retain", "short=1s", "--retain", "flags*=1s"];

async function tell(node: Serving, ...bodies: readonly Body[]): Promise<void> {
  await Client.with(node.address, async (client) => {
    for (const body of bodies) assert.equal((await client.ask(body)).type, "broadcast_ok");
  });
}

/** What it shows of a topic, in no order; of the default one where none is named. */
function read(node: Serving, ...topics: string[]): Promise<string[]> {
  return Client.with(node.address, async (client) => {
    const { messages } = await client.ask({ type: "read", ...topics.length > 0 && { topics } });
    assert.ok(Array.isArray(messages));
    return messages.map((message) => JSON.stringify(message)).sort();
  });
}

/** How many entries of a topic a reader from the beginning on is told are gone. */
function gone(node: Serving, topic: string): Promise<number> {
  return Client.with(node.address, (client) =>
    new Promise((resolve, reject) => {
      let count = 0;
      client.onBody = (body) => {
        if (body.type === "watch_end") resolve(count);
        for (const gap of Runs.fromJson(body["runs"] ?? [])?.gaps ?? []) count += gap.count;
      };
      client.ask({ type: "watch", follow: false, topics: [topic] }).catch(reject);
    }));
}

async function isAsItShould(node: Serving): Promise<boolean> {
  const [short, others] = [await read(node, "short"), await read(node)];
  const flag = await Client.with(
    node.address,
    (client) => client.ask({ type: "get", topic: "flags", key: "dark" }),
  );
  const kept = KEPT.map((value) => JSON.stringify(value)).sort();
  assert.deepEqual([short, others, flag["value"]], [[], kept, "off"]);
  return true;
}

test("--retain: entries go everywhere, the latest of a key and other topics stay, over kills and on a new disk", () =>
  withCluster({ ids: ["n1", "n2", "n3"], durable: true, flags: RETAIN }, async (nodes) => {
    const [n1 = assert.fail(), n2 = assert.fail(), n3 = assert.fail()] = nodes;
    await tell(n1, ...KEPT.map((message) => ({ type: "broadcast", message })));
    await tell(n2, ...[1, 2, 3].map((message) => ({ type: "broadcast", message, topic: "short" })));
    for (const message of ["on", "off"]) {
      await tell(n3, { type: "broadcast", message, topic: "flags", key: "dark" });
    }
    for (const node of nodes) await eventually(`${node.id} lets go`, () => isAsItShould(node));
    for (const node of nodes) {
      await eventually(`${node.id} says so`, async () => await gone(node, "short") >= 3);
    }
    for (const node of nodes) {
      assert.equal(await gone(node, ""), 0, "of what is kept forever nothing is gone");
    }

    await n1.end("SIGKILL");
    await n1.start();
    await n2.end("SIGTERM");
    rmSync(n2.options.data ?? assert.fail(), { recursive: true });
    await n2.start();
    for (const node of nodes) await eventually(`${node.id} is as before`, () => isAsItShould(node));
    await eventually("the new one lacks nothing", async () => {
      const { peers } = await n2.status();
      return peers.every(({ ahead }) => (ahead ?? 0) === 0) && await gone(n2, "short") >= 3;
    });
    await Client.with(n3.address, async (client) => {
      const came: string[] = [];
      client.onBody = ({ runs }) =>
        came.push(...Runs.fromJson(runs ?? [])?.runs.flatMap(({ texts }) => [...texts]) ?? []);
      await client.ask({ type: "watch", topics: ["short"] });
      await tell(n2, { type: "broadcast", message: 1, topic: "short" });
      await eventually("what has gone is new when it is told again", () => came.includes("[1]"));
    });
  }));
