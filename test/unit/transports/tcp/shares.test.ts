/** Shares: what all clients of one address, or of one name, may take together, and that others notice nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Share, Shares } from "../../../../transports/tcp/clients/shares.ts";
import {
  BYTES_PER_SECOND_MAX,
  DEFAULT_LIMITS,
  REQUESTS_PER_SECOND_MAX,
  SHARED_CONNECTIONS_MAX,
} from "../../../../transports/tcp/limits.ts";
import { echoing, Talker, until } from "./rig.ts";

const shares = () => new Shares(DEFAULT_LIMITS);
const some = (found: Share | string) => typeof found === "string" ? assert.fail(found) : found;
const echo = (n: number) => ({ src: "c1", dest: "n1", body: { type: "echo", echo: n, msg_id: n } });

test("[A5] SHARED_CONNECTIONS_MAX have a part in a share, and one more once another has left", () => {
  const all = shares();
  const joined = Array.from({ length: SHARED_CONNECTIONS_MAX }, () => some(all.join("of shop")));
  assert.equal(all.join("of shop"), `${SHARED_CONNECTIONS_MAX} connections of shop are open already`);
  some(all.join("of bank"));
  all.leave(some(joined[0] ?? ""));
  assert.equal(some(all.join("of shop")), joined[0]);
});

test("[A5] REQUESTS_PER_SECOND_MAX and BYTES_PER_SECOND_MAX are spent, and come back with time", () => {
  for (const [requests, bytes] of [[REQUESTS_PER_SECOND_MAX, 0], [0, BYTES_PER_SECOND_MAX]] as const) {
    const share = new Share("of shop", DEFAULT_LIMITS);
    share.spend(Math.max(0, requests - 1), Math.max(0, bytes - 1));
    assert.equal(share.isSpent, false);
    share.spend(Math.min(1, requests), Math.min(1, bytes));
    assert.equal(share.isSpent, true);
    const what = requests > 0 ? `${requests} requests` : `${bytes} bytes`;
    assert.equal(share.excess, `more than ${what} a second come of shop, or go there: they are read later`);
    share.refill(100);
    assert.equal(share.isSpent, false);
    share.spend(requests / 10, bytes / 10);
    assert.equal(share.isSpent, true, "a tenth of a second gave a tenth");
    share.refill(10_000);
    assert.equal(share.isWhole, true, "and no more than a second's is there");
  }
});

test("[A5] who connects anew has no more than before, and a share that is whole is forgotten", () => {
  const all = shares();
  const share = some(all.join("of shop"));
  share.spend(2 * REQUESTS_PER_SECOND_MAX, 0);
  all.leave(share);
  all.refill(100);
  assert.equal(some(all.join("of shop")), share);
  all.leave(share);
  all.refill(2000);
  assert.notEqual(some(all.join("of shop")), share);
});

test("[A5] one connection too many from an address is told so, and said once; loopback is not limited", async () => {
  const limits = { sharedConnectionsMax: 2 };
  const { node, ear, address } = await echoing({ ...limits, isShared: () => true });
  const first = [new Talker(address).say(echo(1)), new Talker(address).say(echo(1))];
  for (const each of first) await each.hear(1);
  for (let i = 0; i < 2; i++) {
    const [refusal] = await new Talker(address).say(echo(1)).hear(1);
    assert.deepEqual(refusal?.body, {
      type: "error",
      code: 11,
      text: "2 connections from 127.0.0.1 are open already",
    });
  }
  assert.deepEqual(ear.refused, ["2 connections from 127.0.0.1 are open already"]);
  assert.equal(node.refusedCount, 2);
  first[0]?.socket.destroy();
  await until(async () => {
    const [answer] = await new Talker(address).say(echo(2)).hear(1);
    return answer?.body.type === "echo_ok";
  }, "there is room again");
  await node.close();
  const free = await echoing(limits);
  const many = Array.from({ length: 5 }, () => new Talker(free.address).say(echo(1)));
  for (const each of many) assert.equal((await each.hear(1))[0]?.body.type, "echo_ok");
  await free.node.close();
});

test("[A5] what a name asks too much is read later, all of it in order, and others are answered meanwhile", async () => {
  const { node, ear, address } = await echoing({ requestsPerSecondMax: 100 });
  const greedy = new Talker(address).say(echo(0));
  const modest = new Talker(address).say(echo(0));
  await Promise.all([greedy.hear(1), modest.hear(1)]);
  const [client = assert.fail()] = ear.received.map(({ src }) => src);
  assert.equal(node.name(client, "shop"), undefined);
  const begun = performance.now();
  const count = 130;
  greedy.say(...Array.from({ length: count }, (_, i) => echo(i + 1)));
  await until(() => ear.refused.length > 0, "it is said");
  modest.say(echo(1));
  await modest.hear(2);
  assert.ok(greedy.lines.length < count, "the others did not wait for it");
  const answers = await greedy.hear(1 + count);
  assert.ok(performance.now() - begun >= 190, "30 more than 100 take 0.3 s, on ticks of 0.1 s");
  assert.deepEqual(answers.map(({ body }) => body["echo"]), Array.from({ length: count + 1 }, (_, i) => i));
  assert.deepEqual(ear.refused, [
    "more than 100 requests a second come of shop, or go there: they are read later",
  ]);
  await node.close();
});

test("[A5] bytes count in both directions, and memory does not hold what waits", async () => {
  const { node, ear, address } = await echoing({ bytesPerSecondMax: 4_000_000, isShared: () => true });
  const flood = new Talker(address).say(echo(1));
  await flood.hear(1);
  const begun = performance.now();
  const long = { src: "c1", dest: "n1", body: { type: "echo", echo: "x".repeat(99_900) } };
  flood.say(...Array.from({ length: 30 }, () => long), echo(2));
  await until(() => ear.refused.length > 0, "it is said");
  assert.deepEqual(ear.refused, [
    "more than 4000000 bytes a second come from 127.0.0.1, or go there: they are read later",
  ]);
  await flood.hear(32);
  assert.ok(performance.now() - begun >= 290, "6 MB there and back take half a second, on ticks of 0.1 s");
  assert.ok(node.clientsBytes < 1_000_000, `${node.clientsBytes} bytes are held`);
  await node.close();
});

test("[A7] where clients must be known, a stranger is closed in time, and who is known stays", async () => {
  const { node, ear, address } = await echoing({ knowsClients: true, strangerMsMax: 300 });
  const known = new Talker(address).say(echo(1));
  await known.hear(1);
  const [client = assert.fail()] = ear.received.map(({ src }) => src);
  node.name(client, "shop");
  const stranger = new Talker(address).say("no request at all");
  await until(() => stranger.ended, "the stranger is closed");
  assert.match(stranger.lines.at(-1) ?? "", /"code":21,"text":"nobody has said hello here within 300 ms"/);
  known.say(echo(2));
  await known.hear(2);
  await node.close();
});
