/** A node whose disk is full goes on with what it has, loses nothing, and takes broadcasts again once there is room. */
import assert from "node:assert/strict";
import type { Json } from "../../../lib/core/message.ts";
import { TEMPORARILY_UNAVAILABLE } from "../../../lib/core/node.ts";
import { Client } from "../fixtures/client.ts";
import { fromSource } from "../fixtures/hearsay.ts";
import { eventually, holdEverywhere, type Serving, withCluster } from "../fixtures/serving.ts";
import { testNeeding } from "../../shared/needing.ts";
import { needsSmallDisk, SmallDisk } from "../fixtures/small_disk.ts";

const VALUE_BYTES = 4_000;
/** Far more than there is room for. */
const VALUES_MAX = 1_000;
const NO_ROOM = /^Cannot write to the log in ".*" as there is no room left on the disk: make room$/;

const what =
  "serve: a node whose disk is full reads and gossips on, loses nothing, and goes on once there is room";
testNeeding(what, needsSmallDisk(), async () => {
  await SmallDisk.with("256k", async (disk) => {
    const small = {
      data: new Map([["n1", disk.dir]]),
      programs: new Map([["n1", disk.seenBy(fromSource())]]),
    };
    await withCluster({ ids: ["n1", "n2"], durable: true, ...small }, async (nodes) => {
      const [node = assert.fail(), other = assert.fail()] = nodes;
      const held = new Set<Json>();
      await fillUp(node, held);
      assert.equal((await node.status()).storage, "full");
      await Client.with(other.address, (client) => client.broadcast("from a peer"));
      held.add("from a peer");
      await readsAll(nodes, held);

      await node.end("SIGKILL");
      disk.resize("512k");
      await node.start();
      assert.equal((await node.status()).storage, "durable");
      await readsAll(nodes, held);

      await fillUp(node, held);
      disk.resize("8m");
      await eventually("broadcasts are taken again", async () => {
        await Client.with(node.address, (client) => client.broadcast("room again"));
        return true;
      });
      held.add("room again");
      assert.equal((await node.status()).storage, "durable");

      // Alone, so that nobody brings it what it might have lost.
      await Promise.all(nodes.map((each) => each.end("SIGKILL")));
      await node.start();
      await readsAll([node], held);
    });
  });
});

/** Broadcasts until there is no room; adds what was acknowledged. */
async function fillUp(node: Serving, held: Set<Json>): Promise<void> {
  await Client.with(node.address, async (client) => {
    for (let i = 0; i < VALUES_MAX; i++) {
      const message = `${held.size} `.padEnd(VALUE_BYTES, "x");
      const answer = await client.ask({ type: "broadcast", message });
      if (answer.type === "broadcast_ok") {
        held.add(message);
        continue;
      }
      assert.equal(answer["code"], TEMPORARILY_UNAVAILABLE);
      assert.match(String(answer["text"]), NO_ROOM);
      return;
    }
    assert.fail("the disk is never full");
  });
}

/** Every node comes to hold these values and no others. */
async function readsAll(nodes: readonly Serving[], held: ReadonlySet<Json>): Promise<void> {
  await holdEverywhere(nodes, held.size);
  for (const { address } of nodes) {
    const values = await Client.with(address, (client) => client.read());
    assert.equal(values.length, held.size);
    assert.deepEqual(values.filter((value) => !held.has(value)), []);
  }
}
