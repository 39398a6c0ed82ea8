/** A node whose directory is deleted, moved or replaced while it runs: it notices, says so, and acknowledges nothing. */
import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { test } from "node:test";
import type { Json } from "../../../lib/core/message.ts";
import { TEMPORARILY_UNAVAILABLE } from "../../../lib/core/node.ts";
import { Client } from "../fixtures/client.ts";
import { eventually, type Serving, withCluster } from "../fixtures/serving.ts";

test("serve: while its directory is not there a node refuses broadcasts, and takes them once it is back", async () => {
  await withCluster({ ids: ["n1"], durable: true }, async ([node = assert.fail()], { folder }) => {
    const [mine, away] = [`${folder}/n1`, `${folder}/away`];
    await tell(node, 1);
    renameSync(mine, away);
    await assertRefused(node);
    // An empty one is no better: what it held is not there.
    mkdirSync(mine);
    await assertRefused(node);
    assert.equal((await node.status()).storage, "failed");
    assert.deepEqual(await values(node), [1]);

    rmSync(mine, { recursive: true });
    renameSync(away, mine);
    await eventually("broadcasts are taken again", () => tell(node, 2).then(() => true));
    assert.equal((await node.status()).storage, "durable");
    await node.end("SIGKILL");
    await node.start();
    assert.deepEqual(await values(node), [1, 2]);
  });
});

test("serve: a node that nobody tells anything notices, too, that its directory is gone, and says so", async () => {
  await withCluster({ ids: ["n1"], durable: true }, async ([node = assert.fail()], { folder }) => {
    rmSync(`${folder}/n1`, { recursive: true });
    await eventually("it notices", async () => (await node.status()).storage === "failed");
    await eventually("it says so", () => node.said("deleted or replaced while the node ran"));
    await assertRefused(node);
    assert.equal(await node.end("SIGTERM"), 0);
  });
});

async function tell(node: Serving, value: Json): Promise<void> {
  await Client.with(node.address, (client) => client.broadcast(value));
}

async function assertRefused(node: Serving): Promise<void> {
  const answer = await Client.with(
    node.address,
    (client) => client.ask({ type: "broadcast", message: "refused" }),
  );
  assert.equal(answer["code"], TEMPORARILY_UNAVAILABLE);
  assert.match(String(answer["text"]), /deleted or replaced while the node ran: put it back/);
}

function values(node: Serving): Promise<readonly Json[]> {
  return Client.with(node.address, (client) => client.read());
}
