/** The library with real nodes: one is killed and comes back while values are told and watched, and none is missed or doubled. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Client, connect, HearsayError } from "../../../lib/client/mod.ts";
import { hashOf } from "../../../lib/service/access/tokens.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { withSecured } from "../serve/tls/secured.ts";
import { holdEverywhere, withCluster } from "../fixtures/serving.ts";

const VALUES = 3_000;
const PER_S = 1_000;
const TICK_MS = 10;
/** What a busy machine may take for all of it, ms. */
const PATIENCE_MS = 60_000;

const numbers = Array.from({ length: VALUES }, (_, n) => n);

/** Tells numbers at a steady rate, whatever becomes of the nodes, and says how many it has told. */
async function tell(client: Client, onTold: (count: number) => void): Promise<void> {
  const told: Promise<void>[] = [];
  const startedAt = performance.now();
  while (told.length < VALUES) {
    const due = Math.min(VALUES, Math.ceil((performance.now() - startedAt) * PER_S / 1_000));
    while (told.length < due) told.push(client.broadcast(told.length, { topic: "t" }));
    onTold(told.length);
    await pause(TICK_MS);
  }
  await Promise.all(told);
}

/** All that comes up to the last one. */
async function watch(
  client: Client,
  signal: AbortSignal,
  onEach: (count: number) => void,
): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const { value } of client.watch({ topics: ["t"], signal })) {
    if (value === "last") break;
    onEach(values.push(value));
  }
  return values;
}

function inOrder(values: readonly unknown[]): unknown[] {
  return values.toSorted((a, b) => Number(a) - Number(b));
}

/** Runs it the first time that the count is reached. */
function at(count: number, run: () => void): (reached: number) => void {
  let isDone = false;
  return (reached) => {
    if (isDone || reached < count) return;
    isDone = true;
    run();
  };
}

test("a node is killed while 1,000 values a second are told and watched there: none is missed or doubled", () =>
  withCluster({ ids: ["n1", "n2", "n3"], durable: true }, async ([n1 = assert.fail(), ...others]) => {
    const addresses = [n1, ...others].map(({ address }) => address);
    const patience = AbortSignal.timeout(PATIENCE_MS);
    await using teller = await connect({ at: addresses });
    await using watcher = await connect({ at: addresses });
    assert.deepEqual([teller.node, watcher.node], ["n1", "n1"]);
    const [allCame, isBack] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const watched = watch(watcher, patience, at(VALUES, () => allCame.resolve()));
    const kill = at(VALUES / 3, () => n1.kill());
    const start = at(2 * VALUES / 3, () => isBack.resolve(n1.start()));
    await tell(teller, (count) => (kill(count), start(count)));
    assert.notEqual(teller.node, "n1");
    await Promise.all([isBack.promise, Promise.race([allCame.promise, watched])]);
    await holdEverywhere([n1, ...others], VALUES);
    for (const at of addresses) {
      await using reader = await connect({ at });
      const read: unknown[] = [];
      for await (const { value } of reader.read({ topics: ["t"] })) read.push(value);
      assert.deepEqual(inOrder(read), numbers);
    }
    await teller.broadcast("last", { topic: "t" });
    assert.deepEqual(inOrder(await watched), numbers);
  }));

function isForbidden(error: unknown): boolean {
  return error instanceof HearsayError && error.code === "forbidden";
}

test("the library shows its token, and may do what that may do", () =>
  inFolder(async (folder) => {
    const path = join(folder, "tokens.json");
    const shop = { name: "shop", sha256: hashOf("of shop"), rights: ["publish:orders", "watch:orders"] };
    writeFileSync(path, JSON.stringify([shop]));
    await withCluster({ ids: ["n1"], flags: ["--tokens", path] }, async ([{ address } = assert.fail()]) => {
      await assert.rejects(connect({ at: address }), isForbidden);
      await assert.rejects(connect({ at: address, token: "of nobody" }), isForbidden);
      await using client = await connect({ at: address, token: "of shop" });
      await client.broadcast(1, { topic: "orders" });
      await assert.rejects(client.broadcast(1), isForbidden);
      for await (const { value } of client.read({ topics: ["orders"] })) assert.equal(value, 1);
      await assert.rejects(client.read().next(), isForbidden);
    });
  }));

test("the library speaks TLS, and trusts no stranger", () =>
  withSecured(["n1"], async ([{ address } = assert.fail()], { dir }) => {
    const file = (name: string) => join(dir, name);
    const tls = { ca: file("ca.pem"), cert: file("tester.pem"), key: file("tester.key") };
    await using client = await connect({ at: address, tls });
    await client.put("t", "k", "secret");
    assert.equal(await client.get("t", "k"), "secret");
    // A node is no authority.
    for (const options of [{}, { tls: { ...tls, ca: file("n1.pem") } }]) {
      await assert.rejects(
        connect({ at: address, ...options }),
        (error) => error instanceof HearsayError && error.failures.length === 1,
      );
    }
  }));
