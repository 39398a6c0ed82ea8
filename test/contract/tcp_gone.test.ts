/** Over TCP, members that are gone: their last words, and who refuses whom for good. */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { LEAVING_MS } from "../../transports/tcp/limits.ts";
import { Peer, Talker, until } from "../unit/transports/tcp/rig.ts";
import {
  closeAll,
  greeting,
  ID,
  joined,
  left,
  linked,
  membership,
  note,
  open,
  tell,
} from "./open_members.ts";

test("one who is gone gets last words for LEAVING_MS [M9], is told why, and what is sent to it later is gone without a word", async () => {
  const [n1, n2] = await joined("n1", "n2");
  tell([n1, n2], [n1, n2]);
  await linked(n1, n2);
  tell([n1], [n1], new Map([["n2", left("n2")]]));
  const goneAt = performance.now();
  await until(() => performance.now() - goneAt > LEAVING_MS / 2);
  assert.equal(n1.node.isPeer("n2"), true);
  n1.node.send(note("n1", "n2", 1));
  n2.node.send(note("n2", "n1", 2));
  await until(() => n2.ear.received.length === 1 && n1.ear.received.length === 1);
  assert.deepEqual(n2.ear.expelled, []);
  await until(() => n2.ear.expelled.length === 1);
  assert.deepEqual(n1.node.links(), []);
  assert.equal(n1.node.isPeer("n2"), false);
  n1.node.send(note("n1", "n2", 3));
  assert.deepEqual(n1.ear.dropped, []);
  await until(() => n2.node.links().every(({ connected, hears }) => !connected && !hears));
  await closeAll(n1, n2);
});

test("one who left while it was cut off links anew, is answered for as long as it speaks, and only then told to go [M9]", async () => {
  const [n1, n2] = await joined("n1", "n2");
  tell(
    [n1],
    [n1],
    new Map([["n2", { ...left("n2"), left: { address: n2.address, epoch: 1, incarnation: 0 } }]]),
  );
  tell([n2], [n1], new Map([["n2", left("n2")]]));
  await until(() => n2.node.links().some(({ connected }) => connected));
  const linkedAt = performance.now();
  let sent = 0;
  await until(() => {
    n2.node.send(note("n2", "n1", sent++));
    n1.node.send(note("n1", "n2", sent));
    return performance.now() - linkedAt > 1.5 * LEAVING_MS;
  });
  assert.deepEqual(n2.ear.expelled, []);
  assert.ok(n1.ear.received.length > 1 && n2.ear.received.length > 1);
  await until(() => n2.ear.expelled.length === 1);
  await closeAll(n1, n2);
});

test("one who is gone and dials is refused for good [M8], however often, and told once; a later join of it is not", async () => {
  const [n1, n2] = await joined("n1", "n2");
  tell([n1], [n1], new Map([["n2", { through: 7, reason: "n2 was removed" }]]));
  tell([n2], [n1, { ...n2, epoch: 7 }]);
  await until(() => n2.ear.expelled.length === 1);
  assert.deepEqual(n2.ear.expelled, ["n2 was removed"]);
  await until(() => n1.ear.refused.length === 1);
  assert.deepEqual(n1.ear.refused, ["n2 at 127.0.0.1 is refused: n2 was removed"]);
  assert.deepEqual(n2.ear.refused, [], "that it is over says it all");
  const early = new Talker(n1.address).say(greeting({ epoch: 8 }));
  await until(() => early.closed);
  assert.equal(JSON.parse(early.lines[0] ?? "").later, true, "it has joined at another node");
  tell([n1, n2], [n1, { ...n2, epoch: 8 }]);
  await linked(n1, n2);
  assert.equal(n2.ear.expelled.length, 1);
  await closeAll(n1, n2);
});

test("that one is gone is heeded once, and from another cluster not at all", async () => {
  const gone = { hearsay: 1, refused: "n1 was removed", gone: true };
  for (
    const [clusterId, told, heeded] of [["", ID, 0], [ID, undefined, 0], [ID, ID, 1], [
      "",
      undefined,
      1,
    ]] as const
  ) {
    const peer = await Peer.listen({ answer: JSON.stringify({ ...gone, cluster_id: told }) });
    const n1 = await open("n1");
    const fakes = ["n2", "n3"].map((id) => ({ id, address: peer.address, epoch: 1 }));
    n1.node.setMembers({ ...membership(n1, [n1, ...fakes]), clusterId });
    await until(() => n1.node.links().every(({ reason }) => /n1 was removed/.test(reason)));
    assert.equal(n1.ear.refused.length, heeded === 0 ? 2 : 0);
    assert.equal(n1.ear.expelled.length, heeded, `${clusterId} ${told}`);
    await closeAll(n1);
    await peer.close();
  }
});

test("a refusal that answers an earlier greeting does not expel a node that has joined again since", async () => {
  const peer = await Peer.listen({ beats: true });
  const n1 = await open("n1");
  const fake = { id: "n2", address: peer.address, epoch: 1 };
  n1.node.setMembers(membership(n1, [n1, fake]));
  await until(() => peer.greetings.length === 1);
  n1.node.setMembers(membership(n1, [{ ...n1, epoch: 5 }, fake]));
  peer.say(`{"hearsay":1,"refused":"n1 was replaced","gone":true,"cluster_id":"${ID}"}`);
  await until(() => peer.greetings.length === 2);
  assert.deepEqual(n1.ear.expelled, []);
  assert.equal(JSON.parse(peer.greetings[1] ?? "").epoch, 5);
  await closeAll(n1);
  await peer.close();
});
