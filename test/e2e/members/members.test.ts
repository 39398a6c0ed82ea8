/** Real nodes that join, leave, are removed, replaced and moved; and those that nobody takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { GONE, OK } from "../../../lib/commands/terminal/io.ts";
import { Client } from "../fixtures/client.ts";
import { areMembers, ask, endOf, joinedIn, moved, tell, valuesAt, withPlace } from "./joining.ts";
import { eventually, holdEverywhere } from "../fixtures/serving.ts";

const TIMEOUT = { timeout: 120_000 };

test(
  "members: found by DNS, joined by a fourth, left by one, replaced and moved: no value is lost",
  TIMEOUT,
  async () => {
    await withPlace(async (place) => {
      const [n2, n3] = [
        place.node("n2", { flags: place.byName }),
        place.node("n3", { flags: place.byService }),
      ];
      const founder = place.node("n1", { flags: ["--bootstrap"] });
      await founder.start();
      place.name(founder);
      await Promise.all([n2.start(), n3.start()]);
      await areMembers([founder, n2, n3]);
      await tell(n2, "a");
      const n4 = place.node("n4", { flags: place.byName });
      place.name(founder, n2, n3);
      await n4.start();
      await areMembers([founder, n2, n3, n4]);
      await tell(n4, "b");
      await holdEverywhere([founder, n2, n3, n4], 2);

      await tell(n4, "c");
      assert.equal((await ask(n4, "leave")).type, "leave_ok");
      assert.equal(await endOf(n4), OK);
      await areMembers([founder, n2, n3]);
      await holdEverywhere([founder, n2, n3], 3);
      await n4.start();
      assert.equal(await endOf(n4), GONE, "it has left, and its log says so");
      assert.ok(n4.said("ERR stops: n4 has left the cluster"), n4.log.join("\n"));

      n3.kill();
      assert.equal((await ask(n2, "remove", { id: "n3" })).type, "remove_ok");
      await areMembers([founder, n2]);
      await n3.start();
      assert.equal(await endOf(n3), GONE);
      assert.ok(n3.said("n3 was removed from the cluster"), n3.log.join("\n"));

      const replaced = place.node("n3", { flags: place.byService, data: "empty" });
      await replaced.start();
      await areMembers([founder, n2, replaced]);
      await holdEverywhere([replaced], 3);

      assert.equal(await founder.end("SIGTERM"), 0);
      const given = place.node("n1", { flags: ["--peer", "n2=127.0.0.1:1"] });
      await assert.rejects(
        given.start(),
        /Cannot start n1 with --peer as its log knows the members of cluster/,
      );
      const elsewhere = moved(place, founder, place.byName);
      await elsewhere.start();
      await areMembers([elsewhere, n2, replaced]);
      await tell(elsewhere, "d");
      await holdEverywhere([elsewhere, n2, replaced], 4);
      assert.ok(n2.said(/n1 is at 127\.0\.0\.\d+:\d+ now, and was at/), n2.log.join("\n"));
      assert.deepEqual([...await valuesAt(replaced)].sort(), ["a", "b", "c", "d"]);
    });
  },
);

test(
  "members: a node whose seeds do not answer waits, says so, takes no values, and joins once one does",
  TIMEOUT,
  async () => {
    await withPlace(async (place) => {
      const n2 = place.node("n2", { flags: place.byName });
      await n2.start();
      await eventually("it says for what it waits", () => {
        return n2.said("n2 waits for a seed: dns+hearsay.test");
      });
      const status = await n2.status();
      assert.equal(status.ready, false);
      assert.match(status.waits_for_a_seed ?? "", /^dns\+hearsay\.test:\d+ does not resolve/);
      const answer = await Client.with(n2.address, (client) => client.ask({ type: "broadcast", message: 1 }));
      assert.equal(answer["code"], 11);
      assert.match(String(answer["text"]), /^this node waits for a seed: dns\+hearsay\.test/);
      // Only itself is there, then a node that is not there yet, then one that answers.
      place.name(n2);
      await eventually("it finds itself alone", async () => {
        return (await n2.status()).waits_for_a_seed ===
          "there is nobody at its seeds but itself; --bootstrap would found a cluster";
      });
      const n1 = place.node("n1", { flags: ["--bootstrap"] });
      place.dns.lateMs = 200;
      place.name(n2, n1);
      await n1.start();
      await areMembers([n1, n2]);
      assert.equal((await n2.status()).ready, true);
      assert.ok(n2.said(/n2 has joined: one of 2 in cluster [0-9a-f]{16}/), n2.log.join("\n"));
    });
  },
);

test(
  "members: where an id is taken, or the cluster is another, a node waits, and both sides say why",
  TIMEOUT,
  async () => {
    await withPlace(async (place) => {
      const n1 = place.node("n1", { flags: ["--bootstrap"] });
      const n2 = place.node("n2", { flags: place.byName });
      await n1.start();
      place.name(n1);
      await n2.start();
      await areMembers([n1, n2]);
      const other = place.node("n3", { flags: [...place.byName, "--cluster-name", "other"] });
      await other.start();
      await eventually(
        "n3 says so",
        () => other.said(/n3 waits for a seed: .* this is cluster "hearsay", not "other"/),
      );
      await eventually("n1 says so", () => {
        return n1.said('refused: n3 asks to join: this is cluster "hearsay", not "other"');
      });
      await other.end("SIGKILL");
      const second = place.node("n2", { flags: place.byName, data: "second" });
      await second.start();
      await eventually("the second n2 says so", () => {
        return second.said(
          /n2 waits for a seed: .* is a member already, and is connected; no two nodes may have one id/,
        );
      });
      assert.deepEqual(joinedIn(await n1.status()), ["n1", "n2"]);
      // With the first one gone for good, the second takes its place.
      n2.kill();
      await areMembers([n1, second]);
      assert.ok(n1.said(/n2 joined anew at/), n1.log.join("\n"));
      await n2.start();
      assert.equal(await endOf(n2), GONE, n2.log.join("\n"));
    });
  },
);

test(
  "members: two clusters that were founded apart refuse each other by their ids, on both sides",
  TIMEOUT,
  async () => {
    await withPlace(async (place) => {
      const a1 = place.node("a1", { flags: ["--bootstrap"] });
      const b1 = place.node("b1", { flags: ["--bootstrap"] });
      const b2 = place.node("b2", { flags: place.byName });
      await Promise.all([a1.start(), b1.start()]);
      place.name(b1);
      await b2.start();
      await areMembers([b1, b2]);
      // The seeds of b2 are another cluster's by now, and it asks them as it misses b1.
      place.name(a1);
      b1.kill();
      const why =
        /this is cluster hearsay founded as [0-9a-f]{16}, not [0-9a-f]{16}: two clusters were founded apart/;
      await eventually("a1 says so", () => a1.said(why));
      await eventually("b2 says so", () => b2.said(why));
      assert.deepEqual(joinedIn(await a1.status()), ["a1"]);
      assert.deepEqual(joinedIn(await b2.status()), ["b1", "b2"]);
    });
  },
);

test("members: of nodes that all may found a cluster, and start together, one does", TIMEOUT, async () => {
  await withPlace(async (place) => {
    const nodes = ["n1", "n2", "n3"].map((id) => place.node(id, { flags: ["--bootstrap", ...place.byName] }));
    place.name(...nodes);
    await Promise.all(nodes.map((node) => node.start()));
    await areMembers(nodes);
    assert.equal(nodes.filter((node) => node.said("has founded a cluster")).length, 1);
  });
});

test(
  "members: told to stop with --leave-on-stop, a node leaves first; one that is alone stops all the same",
  TIMEOUT,
  async () => {
    await withPlace(async (place) => {
      const n1 = place.node("n1", { flags: ["--bootstrap", "--leave-on-stop"] });
      const n2 = place.node("n2", { flags: [...place.byName, "--leave-on-stop"] });
      await n1.start();
      place.name(n1);
      await n2.start();
      await areMembers([n1, n2]);
      await tell(n2, "last");
      assert.equal(await n2.end("SIGTERM"), OK);
      assert.ok(n2.said("n2 has left the cluster"), n2.log.join("\n"));
      assert.deepEqual(joinedIn(await n1.status()), ["n1"]);
      assert.deepEqual(await valuesAt(n1), ["last"]);
      assert.equal(await n1.end("SIGTERM"), OK);
      assert.ok(
        n1.said("n1 stops without having left the cluster: this is the only member"),
        n1.log.join("\n"),
      );
      assert.equal(n1.said("waits for a seed"), false);
    });
  },
);
