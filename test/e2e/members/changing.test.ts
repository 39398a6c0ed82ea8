/** Clusters that change under load: every node at another address while DNS is stale, and from 3 nodes to 25 and back. */
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { OK } from "../../../lib/commands/terminal/io.ts";
import { SEEK_MS } from "../../../lib/service/discovery/discovery.ts";
import { Client } from "../fixtures/client.ts";
import {
  areMembers,
  ask,
  endOf,
  knowMembers,
  moved,
  type Place,
  tell,
  valuesAt,
  withPlace,
} from "./joining.ts";
import { eventually, holdEverywhere, measured, type Serving } from "../fixtures/serving.ts";

const TIMEOUT = { timeout: 180_000 };
/** DNS is stale for 30 s in the world, and for a tenth of that here, as restarts take a tenth of what they take there. */
const STALE_MS = 3_000;
/** A value is at every member within this; a busy machine is given more. */
const EVERYWHERE_MS = 2_000;
const BUSY_MS = 8_000;
const RATE_HZ = 100;
const LEAVING_TOGETHER = 3;

/** Tells values at a rate to the nodes in turn, to another one where one does not take it, until it is stopped. */
class Load {
  readonly acknowledged: number[] = [];
  nodes: readonly Serving[];
  #stopped = false;
  readonly #done: Promise<void>;

  constructor(nodes: readonly Serving[]) {
    this.nodes = nodes;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    const clients = new Map<Serving, Promise<Client | undefined>>();
    const began = performance.now();
    for (let value = 1; !this.#stopped; value++) {
      const node = this.nodes[value % this.nodes.length] ?? assert.fail();
      const opened = clients.get(node) ?? Client.open(node.address).catch(() => undefined);
      clients.set(node, opened);
      opened.then(async (client) => {
        if (client === undefined || client.ended) return void clients.delete(node);
        const answer = await client.ask({ type: "broadcast", message: value });
        if (answer.type === "broadcast_ok") this.acknowledged.push(value);
      }).catch(() => clients.delete(node));
      await pause(Math.max(0, began + value * 1_000 / RATE_HZ - performance.now()));
    }
    for (const opened of clients.values()) (await opened)?.close();
  }
}

/** How long a value that is told to each node takes to the last one, ms. */
async function worstMs(nodes: readonly Serving[], name: string): Promise<number> {
  const toldAt = performance.now();
  const values = nodes.map(({ id }) => `${name} at ${id}`);
  await Promise.all(
    nodes.map((node, i) => Client.with(node.address, (client) => client.broadcast(values[i] ?? ""))),
  );
  await Promise.all(nodes.map((node) =>
    eventually(`${node.id} has all of ${name}`, async () => {
      const held = new Set(await valuesAt(node));
      return values.every((value) => held.has(value));
    })
  ));
  return performance.now() - toldAt;
}

/** Nothing that was acknowledged is missing anywhere, and nothing is there twice. */
async function holdAll(nodes: readonly Serving[], load: Load): Promise<void> {
  for (const node of nodes) {
    await eventually(`${node.id} holds all`, async () => {
      const held = new Set(await valuesAt(node));
      return load.acknowledged.every((value) => held.has(value));
    });
    const values = await valuesAt(node);
    assert.equal(new Set(values).size, values.length);
  }
}

async function grown(place: Place, ids: readonly string[], founder: Serving): Promise<Serving[]> {
  const nodes = ids.map((id) => place.node(id, { flags: place.byName }));
  await Promise.all(nodes.map((node) => node.start()));
  await areMembers([founder, ...nodes]);
  return [founder, ...nodes];
}

test(
  "members: a rolling restart at other addresses while DNS is stale loses nothing, and holds nothing up",
  TIMEOUT,
  async () => {
    await withPlace(async (place) => {
      const founder = place.node("n1", { flags: ["--bootstrap"] });
      await founder.start();
      place.name(founder);
      let nodes = await grown(place, ["n2", "n3", "n4", "n5"], founder);
      place.name(...nodes);
      await worstMs(nodes, "at rest");
      place.dns.staleMs = STALE_MS;
      const load = new Load(nodes);
      let worst = 0;
      for (const node of nodes) {
        const rest = nodes.filter((each) => each !== node);
        load.nodes = rest;
        assert.equal(await node.end("SIGTERM"), OK);
        const elsewhere = moved(place, node, place.byName);
        await elsewhere.start();
        nodes = nodes.map((each) => each === node ? elsewhere : each);
        place.name(...nodes);
        worst = Math.max(worst, await worstMs(nodes, `after ${node.id} moved`));
        load.nodes = nodes;
      }
      await load.stop();
      await areMembers(nodes);
      await holdAll(nodes, load);
      measured(
        `rolling restart: ${load.acknowledged.length} values under way, worst ${Math.round(worst)} ms`,
      );
      assert.ok(worst <= BUSY_MS, `${worst} ms, and ${EVERYWHERE_MS} ms on a machine that has time`);
    });
  },
);

test(
  "members: all come back elsewhere at once, and find each other by their seeds once DNS knows",
  TIMEOUT,
  async () => {
    await withPlace(async (place) => {
      const founder = place.node("n1", { flags: ["--bootstrap"] });
      await founder.start();
      place.name(founder);
      const nodes = await grown(place, ["n2", "n3"], founder);
      await worstMs(nodes, "before");
      place.name(...nodes);
      await Promise.all(nodes.map((node) => node.end("SIGTERM")));
      place.dns.staleMs = STALE_MS;
      const elsewhere = nodes.map((node) => moved(place, node, place.byName));
      place.name(...elsewhere);
      const beganAt = performance.now();
      await Promise.all(elsewhere.map((node) => node.start()));
      await areMembers(elsewhere);
      const ms = performance.now() - beganAt;
      measured(`all moved at once: linked after ${Math.round(ms)} ms, with DNS ${STALE_MS} ms stale`);
      assert.ok(ms <= STALE_MS + 2 * SEEK_MS + BUSY_MS);
      await worstMs(elsewhere, "after");
      await holdEverywhere(elsewhere, 6);
    });
  },
);

test(
  "members: a log from when its node was alone finds all that joined since, at another address",
  TIMEOUT,
  async () => {
    await withPlace(async (place) => {
      const founder = place.node("n1", { flags: ["--bootstrap"] });
      await founder.start();
      await tell(founder, "alone");
      assert.equal(await founder.end("SIGTERM"), OK);
      const folder = (name: string) => join(place.cluster.folder, name);
      await cp(folder("n1"), folder("backup"), { recursive: true });
      await founder.start();
      place.name(founder);
      const [, ...others] = await grown(place, ["n2", "n3"], founder);
      await tell(founder, "together");
      await holdEverywhere(others, 2);
      founder.kill();
      place.name(...others);
      const restored = place.node("n1", { flags: place.byName, data: "backup" });
      await restored.start();
      await tell(restored, "restored");
      await areMembers([restored, ...others]);
      await holdEverywhere([restored, ...others], 3);
    });
  },
);

test("members: from 3 nodes to 25 and back to 3 under load: no value is lost", TIMEOUT, async () => {
  await withPlace(async (place) => {
    const founder = place.node("n1", { flags: ["--bootstrap"] });
    await founder.start();
    place.name(founder);
    const few = await grown(place, ["n2", "n3"], founder);
    place.name(...few);
    const load = new Load(few);
    const beganAt = performance.now();
    const more = Array.from({ length: 22 }, (_, i) => place.node(`p${i + 10}`, { flags: place.byName }));
    await Promise.all(more.map((node) => node.start()));
    await knowMembers([...few, ...more]);
    const grownMs = performance.now() - beganAt;
    const worst = await worstMs([...few, ...more], "with 25");
    load.nodes = [...few, ...more];
    await pause(1_000);
    load.nodes = few;
    const leftAt = performance.now();
    for (let i = 0; i < more.length; i += LEAVING_TOGETHER) {
      await Promise.all(
        more.slice(i, i + LEAVING_TOGETHER).map(async (node) => {
          assert.equal((await ask(node, "leave")).type, "leave_ok");
          assert.equal(await endOf(node), OK);
        }),
      );
    }
    await areMembers(few);
    const leftMs = performance.now() - leftAt;
    await load.stop();
    await holdAll(few, load);
    measured(
      `3 to 25 nodes in ${Math.round(grownMs)} ms, back in ${Math.round(leftMs)} ms, ` +
        `${load.acknowledged.length} values; with 25, one from each was everywhere after ${
          Math.round(worst)
        } ms`,
    );
  });
});
