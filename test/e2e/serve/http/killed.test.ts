/** HTTP of real nodes under Bun, under Deno and compiled: a watcher whose node is killed goes on at the next [U5] [U6]. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsIn, Reading, type SseEvent } from "../../../shared/events.ts";
import { underBun, underDeno, withExecutable } from "../../fixtures/hearsay.ts";
import { eventually, httpUrl, type Serving, withCluster } from "../../fixtures/serving.ts";

/** Values that are told while each node is watched. */
const VALUES_EACH = 200;

test("serve --http: a watcher whose nodes are killed one after the other misses nothing and has nothing twice", () =>
  withExecutable((executable) => {
    const programs = new Map([["n1", underBun], ["n2", underDeno], ["n3", executable], ["n4", underBun]]);
    const options = { ids: [...programs.keys()], durable: true, programs, flags: ["--http", "127.0.0.1:0"] };
    return withCluster(options, async (nodes) => {
      const [first = assert.fail(), ...watched] = nodes;
      await Promise.all(nodes.map(isReady));
      const events: SseEvent[] = [];
      for (const [i, node] of watched.entries()) {
        const headers = events.length === 0 ? {} : { "last-event-id": events.at(-1)?.id ?? "" };
        const watch = await Reading.open(`${httpUrl(node)}/v1/watch`, headers);
        const told = tell(first, i);
        const isHalf = () => eventsIn(watch.text).length > VALUES_EACH / 2;
        await eventually(`${node.id} tells its watcher half of it`, isHalf);
        await node.end("SIGKILL");
        await eventually("the watcher notices", () => watch.ended);
        events.push(...eventsIn(watch.text));
        await told;
        await node.start();
        await isReady(node);
      }
      const last = await Reading.open(`${httpUrl(first)}/v1/watch`, {
        "last-event-id": events.at(-1)?.id ?? "",
      });
      const count = () => events.length + eventsIn(last.text).length;
      await eventually("it has all", () => count() >= watched.length * VALUES_EACH);
      last.close();
      events.push(...eventsIn(last.text));
      const values = events.map(({ data }) => Number(data["value"]));
      const expected = Array.from({ length: watched.length * VALUES_EACH }, (_, i) => i);
      assert.deepEqual(values.toSorted((a, b) => a - b), expected);
    });
  }));

/** Tells a node the values of one round, a few at a time. */
async function tell(node: Serving, round: number): Promise<void> {
  for (let i = 0; i < VALUES_EACH; i += 10) {
    const values = Array.from({ length: 10 }, (_, j) => round * VALUES_EACH + i + j);
    const headers = { "content-type": "application/json", "idempotency-key": `${round}-${i}` };
    const told = await fetch(`${httpUrl(node)}/v1/values`, {
      ...{ method: "POST", headers, body: JSON.stringify(values) },
    });
    assert.deepEqual(await told.json(), { accepted: 10 });
  }
}

async function isReady(node: Serving): Promise<void> {
  await eventually(`${node.id} is ready`, async () => {
    const response = await fetch(`${httpUrl(node)}/readyz`);
    await response.body?.cancel();
    return response.status === 200;
  });
}
