/** `hearsay serve` as it is meant to run: under any runtime, with or without a disk, and until it is asked to stop. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { reachOf } from "../../../lib/client/answers.ts";
import { askOnce } from "../../../lib/client/nodes.ts";
import type { Json } from "../../../lib/core/message.ts";
import { testNeeding } from "../../shared/needing.ts";
import { Client, Watched } from "../fixtures/client.ts";
import { fromSource, underBun, underDeno, withExecutable } from "../fixtures/hearsay.ts";
import { connectedAll, eventually, holdEverywhere, type Serving, withCluster } from "../fixtures/serving.ts";

/** What a node that is asked to stop may take: two limits of the carrier, and what a busy machine needs beside, ms. */
const STOP_MS = 5_000;
/** A read of all of these is far more than the system takes in for a client that does not read. */
const LONG_VALUES = Array.from({ length: 60 }, (_, i) => `${i} `.padEnd(250_000, "x"));
const needsLinux = process.platform === "linux" ? {} : { skip: "only Linux tells which signals are ignored" };

test("serve: executables, Bun and Deno are one cluster", async () => {
  await withExecutable(async (executable) => {
    const programs = new Map([["n1", underBun], ["n2", underDeno], ["n3", executable], ["n4", underBun]]);
    await withCluster({ ids: [...programs.keys()], durable: true, programs }, async (nodes) => {
      await connectedAll(nodes);
      const following = await Promise.all(nodes.map(follow));
      await Promise.all(nodes.map((node) => tell(node, [node.id, { "ключ": [node.id, null, 1.5] }])));
      await holdEverywhere(nodes, 2 * nodes.length);
      const expected = await values(nodes[0] ?? assert.fail());
      assert.equal(expected.length, 2 * nodes.length);
      for (const node of nodes) assert.deepEqual(await values(node), expected);
      for (const { client, watched } of following) {
        await eventually("a watcher has everything", () => watched.values.length === expected.length);
        assert.deepEqual(sorted(watched.values), expected);
        client.close();
      }
    });
  });
});

test("serve: a node says how many members it reaches, and fewer once one is gone [S13]", () =>
  withCluster({ ids: ["n1", "n2", "n3"] }, async ([n1 = assert.fail(), , n3 = assert.fail()]) => {
    const reach = async () => {
      const { address } = n1;
      const said = await askOnce(address, { type: "reach" }, STOP_MS, {});
      return said.ok ? reachOf(said.body) : undefined;
    };
    await eventually("it reaches all", async () => (await reach())?.reached === 3);
    assert.equal((await reach())?.members, 3);
    await n3.kill();
    await eventually("it reaches one less", async () => (await reach())?.reached === 2);
    assert.equal((await reach())?.members, 3);
  }));

test("serve: SIGTERM lets sent messages leave, ends with status 0, and loses nothing", async () => {
  await withCluster({ ids: ["n1"], durable: true }, async ([node = assert.fail()]) => {
    const [reader, writer] = [await Client.open(node.address), await Client.open(node.address)];
    await tell(node, LONG_VALUES);
    reader.pauseAtData();
    const reading = reader.read();
    const acknowledged: Json[] = [];
    const told = Array.from({ length: 200 }, async (_, i) => {
      await writer.broadcast(i).then(() => acknowledged.push(i), () => {});
    });
    await eventually("the answer has begun to come", () => reader.receivedBytes > 0);
    const askedAt = performance.now();
    const ended = node.end("SIGTERM");
    await eventually("it has heard", () => node.said("stops on SIGTERM"));
    reader.resume();
    assert.equal(await ended, 0);
    assert.ok(performance.now() - askedAt < STOP_MS, "it ends soon");
    await Promise.all(told);
    assert.deepEqual((await reading).slice(0, LONG_VALUES.length), LONG_VALUES);
    await node.start();
    assert.deepEqual(missing(await values(node), [...LONG_VALUES, ...acknowledged]), []);
  });
});

test("serve: SIGTERM is not held up by clients that read nothing", async () => {
  await withCluster({ ids: ["n1", "n2"] }, async (nodes) => {
    const [node = assert.fail()] = nodes;
    await connectedAll(nodes);
    await tell(node, LONG_VALUES);
    const stuck = await Client.open(node.address);
    stuck.pause();
    for (let i = 0; i < 10; i++) stuck.tell({ type: "read" });
    stuck.tell({ type: "watch" });
    await eventually("an answer is made", async () => (await node.status()).clients > 1);
    const askedAt = performance.now();
    assert.equal(await node.end("SIGTERM"), 0);
    assert.ok(performance.now() - askedAt < STOP_MS, "it ends soon");
    stuck.close();
  });
});

for (const signal of ["SIGHUP", "SIGQUIT"] as const) {
  test(`serve: ${signal} stops a node as SIGTERM does; SIGUSR1 and SIGUSR2 do nothing`, async () => {
    await withCluster({ ids: ["n1"], durable: true }, async ([node = assert.fail()]) => {
      for (const harmless of ["SIGUSR1", "SIGUSR2"] as const) {
        node.tell(harmless);
        await tell(node, [harmless]);
      }
      assert.equal(await node.end(signal), 0);
      assert.ok(node.said(`stops on ${signal}`));
    });
  });
}

testNeeding("serve: under nohup, SIGHUP does nothing", needsLinux, async () => {
  const { bin, args } = fromSource();
  const nohup = { bin: "sh", args: ["-c", `trap "" HUP; exec "$@"`, "sh", bin, ...args] };
  await withCluster({ ids: ["n1"], programs: new Map([["n1", nohup]]) }, async ([node = assert.fail()]) => {
    node.tell("SIGHUP");
    await tell(node, [1]);
    assert.equal(await node.end("SIGTERM"), 0);
    assert.equal(node.said("SIGHUP"), false);
  });
});

test("serve: a node that is alone says so", async () => {
  await withCluster({ ids: ["n1"] }, async ([node = assert.fail()]) => {
    await eventually("it says so", () => node.said("alone"));
  });
  await withCluster({ ids: ["n1", "n2"] }, async ([node = assert.fail()]) => {
    await connectedAll([node]);
    assert.equal(node.said("alone"), false);
  });
});

test("serve: a node without a directory says that it keeps its values in memory only", async () => {
  await withCluster({ ids: ["n1"] }, async ([node = assert.fail()]) => {
    await eventually(
      "it says so",
      () => node.said("kept in memory only: --data DIR keeps them over restarts"),
    );
    assert.equal((await node.status()).storage, "memory");
  });
  await withCluster({ ids: ["n1"], durable: true }, async ([node = assert.fail()]) => {
    assert.equal((await node.status()).storage, "durable");
    assert.equal(node.said("in memory"), false);
  });
});

async function follow(node: Serving): Promise<{ client: Client; watched: Watched }> {
  const client = await Client.open(node.address);
  return { client, watched: await Watched.follow(client) };
}

/** Resolves once the node has acknowledged them all. */
async function tell(node: Serving, told: readonly Json[]): Promise<void> {
  await Client.with(node.address, (client) => Promise.all(told.map((value) => client.broadcast(value))));
}

async function values(node: Serving): Promise<readonly Json[]> {
  return sorted(await Client.with(node.address, (client) => client.read()));
}

function sorted(values: readonly Json[]): Json[] {
  return values.toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}

function missing(values: readonly Json[], wanted: readonly Json[]): Json[] {
  const there = new Set(values);
  return wanted.filter((value) => !there.has(value));
}
