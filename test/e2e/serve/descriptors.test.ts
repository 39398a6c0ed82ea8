/** A node whose clients would take every descriptor: they get no more than their share, and a peer comes back. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { Talker, until } from "../../unit/transports/tcp/rig.ts";
import { Client } from "../fixtures/client.ts";
import { fromSource } from "../fixtures/hearsay.ts";
import { connectedAll, eventually, holdEverywhere, withCluster } from "../fixtures/serving.ts";

/** Deno has more open from the start, and accepts many connections before it closes one. */
const OPEN_FILES_MAX = process.versions["deno"] === undefined ? 64 : 512;
/** A node with nothing to do takes next to nothing; one that tries to accept without a pause takes all, ms a second. */
const CPU_MS_MAX = 500;

test("serve: clients that would take every descriptor do not, and a peer that starts again is let in", async () => {
  const { bin, args } = fromSource();
  const limited = {
    bin: "sh",
    args: ["-c", `ulimit -n ${OPEN_FILES_MAX} && exec "$@"`, "sh", bin, ...args],
  };
  const options = { ids: ["n1", "n2"], durable: true, programs: new Map([["n1", limited]]) };
  await withCluster(options, async (nodes) => {
    const [n1 = assert.fail(), n2 = assert.fail()] = nodes;
    await connectedAll(nodes);
    assert.ok(n1.said(`as this process may have ${OPEN_FILES_MAX} files open`));
    const client = await Client.open(n1.address);
    await client.broadcast("before");
    const crowd: Talker[] = [];
    // Each is a client, or is told that there are too many.
    for (let i = 0; i < OPEN_FILES_MAX; i++) {
      const talker = new Talker(n1.address).say(
        '{"src":"c1","dest":"*","body":{"type":"echo","echo":1,"msg_id":1}}',
      );
      crowd.push(talker);
      await until(() => talker.lines.length > 0 || talker.closed, `client ${i} was answered or closed`);
    }
    // Any of these may be a peer.
    for (let i = 0; i < OPEN_FILES_MAX; i++) crowd.push(new Talker(n1.address));
    await eventually("many are turned away", () => {
      return crowd.filter(({ closed }) => closed).length >= OPEN_FILES_MAX;
    });
    await eventually("it is said", () => n1.said("clients are connected: no more"));
    await n2.end("SIGKILL");
    await client.broadcast("meanwhile");
    await n2.start();
    await connectedAll([n2]);
    await holdEverywhere([n2], 2);
    const cpuMs = async () => Number((await client.ask({ type: "status" }))["cpu_ms"]);
    const before = await cpuMs();
    const startedAt = performance.now();
    await eventually("a second has passed", () => performance.now() - startedAt >= 1_000);
    const spentMs = await cpuMs() - before;
    assert.ok(spentMs < CPU_MS_MAX, `${spentMs} ms of CPU in ${performance.now() - startedAt} ms`);
    assert.equal(n1.said("no more files can be opened"), false);
    for (const talker of crowd) talker.close();
    client.close();
    await holdEverywhere(nodes, 2);
  });
});
