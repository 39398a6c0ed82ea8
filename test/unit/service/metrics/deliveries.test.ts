/** How long entries take to the neighbours: with a clock and neighbours that are made up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Runs } from "../../../../lib/core/log/runs.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";
import { Deliveries, FOLLOWED_EVERY_MS, FOLLOWED_MAX } from "../../../../lib/service/metrics/deliveries.ts";

/** A node with these neighbours, whose round trip is 20 ms. */
function following(...ids: string[]) {
  const had = new Set<string>();
  const near = new Set(ids);
  let now = 0;
  const deliveries = new Deliveries({
    clock: () => now,
    neighbours: () =>
      [...near].map((id) => ({ id, rttMs: 20, holds: (_: string, seq: number) => had.has(`${id} ${seq}`) })),
  });
  const { client, peer } = deliveries.durations;
  return {
    ...{ near, client, peer },
    enter(seq: number, at: number, source: "client" | "peer" = "client"): void {
      deliveries.note({ origin: "n1.1", seq }, source, at);
    },
    send(id: string, seq: number, at: number): void {
      now = at;
      deliveries.sent(id, {
        type: "delta",
        runs: new Runs([{ origin: "n1.1", seq, texts: Texts.of(["1"]) }]),
      });
    },
    /** At `at`, `id` says that it has had this entry for `layMs`. */
    acknowledge(id: string, seq: number, at: number, layMs: number): void {
      now = at;
      had.add(`${id} ${seq}`);
      deliveries.heard(id, { type: "ack", ack: [1, 1, layMs] });
    },
  };
}

test("deliveries: one lasts until the last neighbour had it, not until that was heard", () => {
  const node = following("n2", "n3");
  node.enter(1, 1000);
  node.acknowledge("n3", 1, 1700, 550);
  assert.equal(node.client.count, 0);
  node.acknowledge("n2", 1, 1750, 650);
  node.acknowledge("n2", 1, 9000, 0);
  // n3 had it at 1700 - 550 - 10, n2 at 1750 - 650 - 10.
  assert.deepEqual([node.client.count, node.client.sum, node.peer.count], [1, 0.14, 0]);
});

test("deliveries: under load, where a later message is acknowledged, it counts when the entry was last sent", () => {
  const node = following("n2");
  node.enter(1, 1000);
  node.send("n2", 1, 1005);
  node.send("n2", 2, 1300);
  node.acknowledge("n2", 1, 1550, 1);
  assert.deepEqual([node.client.count, node.client.sum], [1, 0.015]);
  node.enter(3, 2000);
  node.send("n2", 3, 2005);
  // It was lost, and is sent again.
  node.send("n2", 3, 2405);
  node.acknowledge("n2", 3, 2450, 1);
  assert.deepEqual([node.client.count, node.client.sum.toFixed(3)], [2, "0.430"]);
});

test("deliveries: what all have is not delivered, and a neighbour that is none any more is not waited for", () => {
  const node = following("n2", "n3");
  node.acknowledge("n2", 1, 0, 0);
  node.acknowledge("n3", 1, 0, 0);
  node.enter(1, 100, "peer");
  node.enter(2, 200, "peer");
  node.acknowledge("n2", 2, 250, 0);
  node.near.delete("n3");
  node.acknowledge("n3", 2, 260, 0);
  node.enter(3, 300, "peer");
  node.near.add("n3");
  node.acknowledge("n3", 3, 320, 0);
  node.acknowledge("n2", 3, 330, 0);
  assert.deepEqual([node.peer.count, node.peer.sum], [1, 0.02]);
});

test("deliveries: a sample of entries is followed, and of a neighbour that says nothing no more than FOLLOWED_MAX", () => {
  const node = following("n2");
  node.enter(1, 0);
  node.enter(2, FOLLOWED_EVERY_MS - 1);
  node.acknowledge("n2", 2, 60, 0);
  node.acknowledge("n2", 1, 60, 0);
  assert.equal(node.client.count, 1);
  for (let i = 0; i <= FOLLOWED_MAX; i++) node.enter(10 + i, 1000 + i * FOLLOWED_EVERY_MS);
  for (let i = 0; i <= FOLLOWED_MAX; i++) node.acknowledge("n2", 10 + i, 1e6, 0);
  assert.equal(node.client.count, 1 + FOLLOWED_MAX);
});

test("deliveries: a peer that says it has had an entry for longer than there is one makes no negative duration", () => {
  const node = following("n2");
  node.enter(1, 1000);
  node.acknowledge("n2", 1, 1010, 1e9);
  assert.deepEqual([node.client.count, node.client.sum], [1, 0]);
});
