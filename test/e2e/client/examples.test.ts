/** The examples do what they say, between two clients at two real nodes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, connect, HearsayError } from "../../../lib/client/mod.ts";
import { Cache, changed } from "../../examples/cache.ts";
import { join, say } from "../../examples/chat.ts";
import { Flags } from "../../examples/flags.ts";
import { clusterAdapter } from "../../examples/socket_adapter.ts";
import { until } from "../../shared/until.ts";
import { withCluster } from "../fixtures/serving.ts";

/** Two clients, each at a node of its own. What follows ends with them. */
async function between(
  use: (one: Client, other: Client, follow: (followed: Promise<void>) => void) => Promise<void>,
): Promise<void> {
  await withCluster({ ids: ["n1", "n2"] }, async (nodes) => {
    const [one, other] = await Promise.all(nodes.map(({ address }) => connect({ at: address })));
    assert.ok(one !== undefined && other !== undefined);
    const followed: Promise<void>[] = [];
    await use(one, other, (each) => void followed.push(assert.rejects(each, isClosed)));
    await Promise.all([one.close(), other.close()]);
    await Promise.all(followed);
  });
}

function isClosed(error: unknown): boolean {
  return error instanceof HearsayError && error.code === "closed";
}

test("flags, a cache, a chat and an adapter for sockets", () =>
  between(async (one, other, follow) => {
    const flags = new Flags();
    follow(flags.follow(other));
    assert.equal(flags.isOn("dark"), false);
    await one.put("flags", "dark", true);
    await until(() => flags.isOn("dark"), "the flag is on");
    await one.delete("flags", "dark");
    await until(() => !flags.isOn("dark"), "the flag is gone");

    const cache = new Cache<number>();
    let reads = 0;
    const read = () => Promise.resolve(++reads);
    await changed(one, "before");
    follow(cache.follow(other));
    assert.deepEqual([await cache.get("k", read), await cache.get("k", read)], [1, 1]);
    await until(async () => {
      // It may not follow yet.
      await changed(one, "k");
      return await cache.get("k", read) > 1;
    }, "it is read anew");

    await say(one, "tea", "ada", "hello");
    await say(one, "tea", "bob", "hi");
    const said: unknown[] = [];
    const leftAt = await join(other, "tea", (each) => said.push(each) < 1);
    await join(one, "tea", (each) => said.push(each) < 2, leftAt);
    assert.deepEqual(said, [{ by: "ada", text: "hello" }, { by: "bob", text: "hi" }]);

    const heard: unknown[][] = [[], []];
    const adapters = [one, other].map((client, i) =>
      clusterAdapter(client, (packet, { rooms }) => heard[i]?.push([packet, [...rooms]]))
    );
    for (const adapter of adapters) follow(adapter.follow());
    await until(() => {
      adapters[0]?.broadcast("ping", { rooms: new Set(["a", "b"]) });
      return heard[1]?.length !== 0;
    }, "the other server's sockets hear of it");
    assert.deepEqual(heard[1]?.[0], ["ping", ["a", "b"]]);
  }));
