/** Hostile clients and a stuck peer cost a node a bounded amount of memory, and its other clients notice nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeGreeting } from "../../../transports/tcp/greeting.ts";
import { Peer, Talker } from "../../unit/transports/tcp/rig.ts";
import { Client, Watched } from "../fixtures/client.ts";
import { eventually, holdEverywhere, withCluster } from "../fixtures/serving.ts";
import { underAttack } from "./hostile/under_attack.ts";

/** How often a peer that reads nothing asks for everything: far more than a link could carry. */
const ASK_EVERY_MS = 10;
/** So that a read of everything is a line of 600 kB. */
const LONG_VALUES = Array.from({ length: 6 }, (_, i) => `${i} `.padEnd(100_000, "x"));

const attacks = {
  "half a line from each of a hundred": "halfLines",
  "1 GiB without a newline": "endlessLine",
  "random bytes": "randomBytes",
  "a thousand connections at once": "thousandConnections",
  "answers and watches that are never read": "unreadAnswers",
  "a client that speaks as a node": "impostor",
  "JSON that is deep, huge or odd, and what is none": "oddities",
};

for (const [what, attack] of Object.entries(attacks)) {
  test(`serve: ${what}: memory stays bounded, and other clients notice nothing`, async () => {
    await withCluster(
      { ids: ["n1", "n2"], durable: true },
      async ([node = assert.fail(), other = assert.fail()]) => {
        await Client.with(node.address, async (client) => {
          for (const value of LONG_VALUES) await client.broadcast(value);
        });
        const told = [...LONG_VALUES, ...await underAttack(node, attack)];
        await holdEverywhere([other], told.length);
        for (const { address } of [node, other]) {
          assert.deepEqual((await Watched.all(address)).values, told);
        }
      },
    );
  });
}

test("serve: a peer that asks and never reads: memory stays bounded, and clients notice nothing", async () => {
  const greeting = encodeGreeting({ id: "n3", cluster: "hearsay", incarnation: 1 }, "n1");
  const peer = await Peer.listen({ answer: greeting, beats: true, reads: false });
  try {
    const strangers = new Map([["n3", peer.address]]);
    await withCluster({ ids: ["n1", "n2"], durable: true, strangers }, async ([node = assert.fail()]) => {
      await eventually("the link is up", () => node.said("linked to n3"));
      const asking = new Talker(node.address).say(greeting);
      let n = 0;
      const ask = () =>
        asking.say({
          src: "n3",
          dest: "n1",
          body: { type: "probe", incarnation: 1, seq: ++n, digest: [], poll: true },
        });
      const timer = setInterval(ask, ASK_EVERY_MS);
      await underAttack(node, "flood");
      clearInterval(timer);
      assert.equal(node.said("lost the link to n3"), false);
      assert.equal(asking.closed, false);
      asking.close();
    });
  } finally {
    await peer.close();
  }
});
