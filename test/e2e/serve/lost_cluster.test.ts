/** All nodes of a cluster are lost but for a copy of one directory: from that one, the others get back what it holds. */
import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { addressText } from "../../../transports/address.ts";
import { Client } from "../fixtures/client.ts";
import { freePorts } from "../../shared/free_ports.ts";
import { eventually, holdEverywhere, loopback, makeCluster, withNodes } from "../fixtures/serving.ts";

const VALUES = 200;

test("a cluster that is lost but for one copy comes back from it", async () => {
  const addresses = (await freePorts(3)).map(loopback);
  const cluster = await makeCluster({ ids: [] });
  const { folder, nodes } = cluster;
  // Without a seed to wait for, the first one founds the cluster at once.
  const [seed = assert.fail()] = addresses;
  for (const [i, address] of addresses.entries()) {
    const id = `n${i + 1}`;
    const flags = i === 0 ? ["--bootstrap"] : ["--join", addressText(seed)];
    cluster.add({ id, address, members: new Map(), data: join(folder, id), flags });
  }
  await withNodes(cluster, async () => {
    const [first = assert.fail()] = nodes;
    await Promise.all(nodes.map((node) => node.start()));
    for (const node of nodes) {
      await eventually(`${node.id} is a member`, async () => (await node.status()).ready === true);
    }
    await Client.with(first.address, async (client) => {
      await Promise.all(Array.from({ length: VALUES }, (_, i) => client.broadcast(i)));
    });
    await holdEverywhere(nodes, VALUES);
    const clusterId = (await first.status())["cluster_id"];
    assert.match(String(clusterId), /^[0-9a-f]{16}$/);
    for (const node of nodes) assert.equal(await node.end("SIGTERM"), 0);
    const copy = join(folder, "copy");
    cpSync(join(folder, "n1"), copy, { recursive: true });
    for (const { id } of nodes) rmSync(join(folder, id), { recursive: true });
    cpSync(copy, join(folder, "n1"), { recursive: true });
    for (const node of nodes) await node.start();
    await holdEverywhere(nodes, VALUES);
    for (const node of nodes) assert.equal((await node.status())["cluster_id"], clusterId);
  });
});
