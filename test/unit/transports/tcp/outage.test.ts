/** Peers that are not reached: that is said once it has lasted, then ever more rarely, and when it ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  TICK_MS,
  UNREACHED_AGAIN_MS,
  UNREACHED_AGAIN_MS_MAX,
  UNREACHED_MS,
} from "../../../../transports/tcp/limits.ts";
import { Outage } from "../../../../transports/tcp/peers/outage.ts";
import { TcpTransport } from "../../../../transports/tcp/tcp.ts";
import { connected, Ear, NOBODY, options, until, wired } from "./rig.ts";

test("Outage is said after UNREACHED_MS, then at distances that double from UNREACHED_AGAIN_MS to an hour", () => {
  const said: number[] = [];
  const outage = new Outage((ms) => said.push(ms));
  const day = 86_400_000;
  for (let ms = 0; ms < day; ms += TICK_MS) outage.tick(TICK_MS);
  const gaps = said.map((at, i) => at - (said[i - 1] ?? 0));
  assert.deepEqual(gaps.slice(0, 4), [
    UNREACHED_MS,
    UNREACHED_AGAIN_MS,
    2 * UNREACHED_AGAIN_MS,
    4 * UNREACHED_AGAIN_MS,
  ]);
  assert.equal(gaps.at(-1), UNREACHED_AGAIN_MS_MAX);
  assert.ok(said.length < 40, `${said.length} lines a day`);
  assert.equal(outage.saidMs, day);
});

test("Outage that is over before UNREACHED_MS was never said", () => {
  const outage = new Outage(() => assert.fail("it did not last"));
  outage.tick(UNREACHED_MS - 1);
  assert.equal(outage.saidMs, undefined);
});

test("a peer that was never there is said to be out of reach, and why", async () => {
  const ear = new Ear();
  const node = new TcpTransport(options("n1", { peers: new Map([["n2", NOBODY]]) }));
  node.open(ear);
  await until(() => ear.unreached.length === 1);
  assert.deepEqual(ear.unreached, ["n2: it refuses the connection: nothing listens there"]);
  const [link] = node.links();
  assert.deepEqual(link?.address, NOBODY);
  assert.match(link.reason, /^it refuses the connection/);
  assert.ok(link.forMs >= UNREACHED_MS);
  await node.close();
});

test("a link that comes up says for how long the peer was out of reach, where that was said", async () => {
  const { near, far, out, back } = await wired();
  const [nearEar, farEar] = [new Ear(), new Ear()];
  near.open(nearEar);
  await until(() => nearEar.unreached.length === 1);
  far.open(farEar);
  await until(connected(near, far));
  assert.ok((nearEar.unreachedMs[0] ?? 0) >= UNREACHED_MS);
  assert.deepEqual([farEar.unreachedMs, farEar.unreached], [[undefined], []]);
  await Promise.all([near.close(), far.close(), out.close(), back.close()]);
});
