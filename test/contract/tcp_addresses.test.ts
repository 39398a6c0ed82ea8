/** Over TCP, members whose addresses change, or are told by others. */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import type { Address } from "../../transports/address.ts";
import { DIAL_EVERY_MS_MIN, LEAVING_MS } from "../../transports/tcp/limits.ts";
import { NOBODY, Peer, Talker, until } from "../unit/transports/tcp/rig.ts";
import { Proxy } from "./tcp_proxy.ts";
import { closeAll, flowing, greeting, joined, linked, open, tell } from "./open_members.ts";

test("a changed address is dialled at once while there is no link, and otherwise when the link is down", async () => {
  const [n1, n2] = await joined("n1", "n2");
  const [first, second] = await Promise.all([Proxy.listen(), Proxy.listen()]);
  for (const proxy of [first, second]) proxy.lead(n2.address);
  const at = (address: Address) => tell([n1], [n1, { ...n2, address }]);
  tell([n2], [n1, n2]);
  at(NOBODY);
  await until(() => /nothing listens there/.test(n1.node.links()[0]?.reason ?? ""));
  at(first.address);
  await linked(n1, n2);
  assert.deepEqual(n1.node.links()[0]?.address, first.address);
  const flow = flowing(n1, n2);
  at(second.address);
  await flow.end();
  assert.deepEqual([first.taken, second.taken], [1, 0], "the link that is up stays");
  assert.deepEqual(n1.node.links()[0]?.address, second.address);
  await first.close();
  await until(() => second.taken === 1);
  await linked(n1, n2);
  await second.close();
  await closeAll(n1, n2);
});

test("dials and a greeting that hangs at the old address are given up for the new one", async () => {
  let dials = 0;
  const n1 = await open("n1", { random: { next: () => (dials += 1, 0) } });
  const n2 = await open("n2");
  const mute = await Peer.listen({});
  tell([n2], [n1, n2]);
  tell([n1], [n1, { ...n2, address: NOBODY }]);
  await until(() => dials > 2);
  tell([n1], [n1, { ...n2, address: mute.address }]);
  await until(() => mute.greetings.length === 1);
  tell([n1], [n1, n2]);
  assert.equal(n1.node.links()[0]?.reason, "it is dialled elsewhere now");
  await linked(n1, n2);
  const [at, before] = [performance.now(), dials];
  await until(() => performance.now() - at > 3 * DIAL_EVERY_MS_MIN);
  assert.deepEqual([dials, mute.greetings.length], [before, 1]);
  await mute.close();
  await closeAll(n1, n2);
});

test("one who is gone is dialled no more, and a greeting to it is not waited for", async () => {
  let dials = 0;
  const n1 = await open("n1", { random: { next: () => (dials += 1, 0) } });
  const mute = await Peer.listen({});
  const fakes = [{ id: "n2", address: mute.address, epoch: 1 }, { id: "n3", address: NOBODY, epoch: 1 }];
  tell([n1], [n1, ...fakes]);
  await until(() => mute.greetings.length === 1 && dials > 2);
  tell([n1], [n1]);
  const [at, before] = [performance.now(), dials];
  await until(() => mute.open === 0);
  assert.ok(performance.now() - at < LEAVING_MS / 2);
  await until(() => performance.now() - at > 3 * DIAL_EVERY_MS_MIN);
  assert.equal(dials, before);
  await closeAll(n1);
  await mute.close();
});

test("a member whose address is not known is taken when it dials, and the address that it greets with is passed up", async () => {
  const [n1, n2] = await joined("n1", "n2");
  tell([n1], [n1, { id: "n2", epoch: 1 }]);
  assert.equal(n1.node.links()[0]?.reason, "its address is not known");
  tell([n2], [n1, n2]);
  await until(() => n1.node.links()[0]?.hears === true);
  assert.deepEqual(n1.ear.addresses, [["n2", { address: n2.address, epoch: 1, incarnation: 1 }]]);
  assert.equal(n1.node.links()[0]?.connected, false);
  tell([n1], [n1, n2]);
  await linked(n1, n2);
  tell([n1], [n1, { id: "n2", epoch: 1 }]);
  assert.deepEqual(n1.node.links()[0]?.address, n2.address, "what was known is not forgotten");
  await closeAll(n1, n2);
});

test("another address is passed up if a later process tells it, and not if it is what is known or from an earlier one", async () => {
  const [n1] = await joined("n1");
  const known = { id: "n2", address: NOBODY, epoch: 5, incarnation: 8 };
  tell([n1], [n1, known]);
  const cases: [given: object, passed: boolean][] = [
    [{ incarnation: 8, address: "10.0.0.2:7" }, false],
    [{ incarnation: 7, address: "10.0.0.2:7" }, false],
    [{ incarnation: 9, address: "127.0.0.1:1" }, false],
    [{ incarnation: 9 }, false],
    [{ incarnation: 9, address: "10.0.0.2:7" }, true],
    [{ incarnation: 1, epoch: 6, address: "10.0.0.2:7" }, true],
  ];
  for (const [given, passed] of cases) {
    n1.ear.addresses.length = 0;
    const talker = new Talker(n1.address).say(greeting({ epoch: 5, ...given }));
    await talker.hear(1);
    assert.match(talker.lines[0] ?? "", /"id":"n1"/);
    assert.equal(n1.ear.addresses.length, passed ? 1 : 0, JSON.stringify(given));
    talker.close();
    await until(() => n1.node.links()[0]?.hears === false);
  }
  await closeAll(n1);
});
