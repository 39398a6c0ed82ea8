/** Members that come and go while a TCP carrier runs: who is dialled, who is taken, who is told that it is gone. */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import {
  DIALLED_OFTEN_MAX,
  DIALLED_ON_LINK,
  DIALS_PER_TURN_MAX,
  UNREACHED_MS,
} from "../../transports/tcp/limits.ts";
import { TcpTransport } from "../../transports/tcp/tcp.ts";
import { Ear, NOBODY, options, Peer, Talker, until } from "../unit/transports/tcp/rig.ts";
import {
  closeAll,
  flowing,
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

const OTHER_ID = "9a00112233445566";

test("members that are added are linked both ways, those removed are unlinked, and messages of the others flow on", async () => {
  const [n1, n2, n3] = await joined("n1", "n2", "n3");
  tell([n1, n2], [n1, n2]);
  await linked(n1, n2);
  const flow = flowing(n1, n2);
  tell([n1, n2, n3], [n1, n2, n3]);
  await linked(n1, n2, n3);
  n3.node.send(note("n3", "n1", 0));
  await until(() => n1.ear.received.some(({ src }) => src === "n3"));
  tell([n1, n2], [n1, n2], new Map([["n3", left("n3")]]));
  await until(() => n3.ear.expelled.length > 0);
  assert.deepEqual(n3.ear.expelled, ["n3 has left"]);
  await until(() => n1.node.links().length === 1 && n2.node.links().length === 1);
  await flow.end();
  assert.deepEqual(
    n1.ear.links.filter(([peer]) => peer === "n2"),
    [["n2", true]],
    "the other link never broke",
  );
  assert.deepEqual([n1, n2, n3].flatMap(({ ear }) => ear.refused), [], "nobody was refused");
  await closeAll(n1, n2, n3);
});

test("two clusters that were founded apart refuse each other, with a sentence on both sides", async () => {
  const [n1, n2] = await joined("n1", "n2");
  n1.node.setMembers(membership(n1, [n1, n2]));
  n2.node.setMembers({ ...membership(n2, [n1, n2]), clusterId: OTHER_ID });
  await until(() => n1.ear.refused.length === 2 && n2.ear.refused.length === 2);
  const apart = (here: string, there: string) =>
    `this is cluster test founded as ${here}, not ${there}: two clusters were founded apart`;
  assert.ok(
    n1.ear.refused.includes(`n2 at 127.0.0.1 is refused: ${apart(ID, OTHER_ID)}`),
    `${n1.ear.refused}`,
  );
  assert.ok(n1.ear.refused.includes(`n2 refuses: ${apart(OTHER_ID, ID)}`));
  assert.ok(n2.ear.refused.includes(`n1 refuses: ${apart(ID, OTHER_ID)}`));
  assert.deepEqual([n1, n2].flatMap(({ ear }) => ear.expelled), []);
  await closeAll(n1, n2);
});

test("one who joined a list that was given is a member like any other", async () => {
  const [n1, n2] = await joined("n1", "n2");
  const given = { ...n1, epoch: 0 };
  n1.node.setMembers({ ...membership(n1, [given, { id: "n2", epoch: 1 }]), clusterId: "" });
  n2.node.setMembers({ ...membership(n2, [given, n2]), clusterId: "" });
  await until(() => n1.node.links()[0]?.hears === true);
  assert.deepEqual(n1.ear.addresses, [["n2", { address: n2.address, epoch: 1, incarnation: 1 }]]);
  assert.deepEqual(n2.ear.addresses, []);
  await closeAll(n1, n2);
});

test("one whose join is not known yet is linked as soon as it is, and nobody is warned of it", async () => {
  const [n1, n2] = await joined("n1", "n2");
  tell([n2], [n1, n2]);
  await until(() => /not known to n1 as a member yet/.test(n2.node.links()[0]?.reason ?? ""));
  tell([n1], [n1, n2]);
  await linked(n1, n2);
  assert.deepEqual([...n1.ear.refused, ...n2.ear.refused], []);
  await closeAll(n1, n2);
});

test("a stranger is said once it has tried for UNREACHED_MS", async () => {
  const [n1, n2] = await joined("n1", "n2");
  tell([n1], [n1]);
  tell([n2], [n1, n2]);
  await until(() => n1.ear.refused.length === 1 && n2.ear.unreached.length === 1);
  assert.match(
    n1.ear.refused[0] ?? "",
    /^n2 at 127.0.0.1 is refused: n2 is not known to n1 as a member yet$/,
  );
  assert.match(n2.ear.unreached[0] ?? "", /^n1: n1 refuses: n2 is not known to n1 as a member yet$/);
  assert.ok(n1.openForMs() >= UNREACHED_MS);
  await closeAll(n1, n2);
});

test("one who was replaced is told so, but who is linked keeps its place though another joined elsewhere", async () => {
  const [n1, n2] = await joined("n1", "n2");
  tell([n1, n2], [n1, n2]);
  await linked(n1, n2);
  tell([n1], [n1, { ...n2, epoch: 9 }]);
  const second = new Talker(n1.address).say(greeting({ incarnation: 2, epoch: 9 }));
  await until(() => second.closed);
  assert.match(second.lines[0] ?? "", /another n2 is connected already/);
  const again = new Talker(n1.address).say(greeting({ incarnation: 1, epoch: 1 }));
  await until(() => again.lines.length === 1);
  assert.match(again.lines[0] ?? "", /"id":"n1"/, "it dials again");
  again.close();
  await linked(n1, n2);
  assert.deepEqual(n2.ear.expelled, []);
  await n2.node.close();
  await until(() => n1.node.links().every(({ hears, connected }) => !hears && !connected));
  const replaced = new Talker(n1.address).say(greeting({ incarnation: 1, epoch: 1 }));
  await until(() => replaced.closed);
  assert.deepEqual(JSON.parse(replaced.lines[0] ?? ""), {
    hearsay: 1,
    refused: "another n2 has joined since, and takes its place",
    gone: true,
    cluster_id: ID,
  });
  await closeAll(n1);
});

test("a hundred members that join at once are linked, DIALS_PER_TURN_MAX of them in a turn", async () => {
  const count = 100;
  const peer = await Peer.listen({ beats: true });
  let dials = 0;
  // Each dial draws the time of the next one.
  const n0 = await open("n0", { random: { next: () => (dials += 1, 0.9) } });
  const names = Array.from({ length: count }, (_, i) => `n${i + 1}`);
  const at = performance.now();
  n0.node.setMembers(membership(n0, [n0, ...names.map((id) => ({ id, address: peer.address, epoch: 1 }))]));
  assert.ok(performance.now() - at < 200);
  assert.equal(dials, 0);
  for (let most = DIALS_PER_TURN_MAX; most < count; most += DIALS_PER_TURN_MAX) {
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(dials <= most, `${dials}`);
  }
  await until(() => peer.greetings.length >= count);
  assert.deepEqual(new Set(peer.greetings.map((line) => JSON.parse(line).to)), new Set(names));
  n0.node.setMembers(membership(n0, [n0]));
  await until(() => n0.node.links().length === 0);
  await closeAll(n0);
  await peer.close();
});

test("of many members that are not linked each is dialled rarely, until a link has come up", async () => {
  let dials = 0;
  const n1 = await open("n1", { random: { next: () => (dials += 1, 0.99) } });
  const n2 = await open("n2");
  const count = 40 * DIALLED_OFTEN_MAX;
  const fakes = Array.from({ length: count }, (_, i) => ({ id: `m${i}`, address: NOBODY, epoch: 1 }));
  tell([n2], [n1, n2]);
  tell([n1], [n1, { id: "n2", epoch: 1 }, ...fakes]);
  await until(() => dials === count);
  tell([n1], [n1, n2, ...fakes]);
  await until(() => n1.node.links()[0]?.connected === true);
  // So many would be dialled again after two seconds.
  assert.equal(dials, count + 1 + DIALLED_ON_LINK);
  await closeAll(n1, n2);
});

test("a member whose name is not found, or has no address, disturbs no other", async () => {
  const [n1, n2] = await joined("n1", "n2");
  const lost = { id: "n3", address: { host: "no-such-host.invalid", port: 7000 }, epoch: 1 };
  tell([n1], [n1, n2, lost]);
  tell([n2], [n1, n2]);
  await until(() => n1.node.links().some(({ peer, connected }) => peer === "n2" && connected));
  await until(() => n1.node.links().some(({ reason }) => /no-such-host.invalid is not found/.test(reason)));
  await closeAll(n1, n2);
});

test("an address that leads to this node itself, or to another member, is nothing to warn of unless it lasts", async () => {
  const [n1, n2, n3] = await joined("n1", "n2", "n3");
  const all = [n1, n2, n3];
  tell([n1], [n1, { ...n2, address: n1.address }, { ...n3, address: n2.address }]);
  tell([n2, n3], all);
  const reasons = () => n1.node.links().map(({ reason }) => reason);
  await until(() => /^n2 refuses: the address leads to n1 itself, not to n2$/.test(reasons()[0] ?? ""));
  await until(() => /^n3 refuses: this is n2, not n3$/.test(reasons()[1] ?? ""));
  tell([n1], all);
  await linked(...all);
  assert.deepEqual(all.flatMap(({ ear }) => ear.refused), []);
  await closeAll(...all);
});

test("a member whose name is not found is dialled where it has dialled from", async () => {
  const [n1, n2] = await joined("n1", "n2");
  tell([n1], [n1, { ...n2, address: { ...n2.address, host: "no-such-host.invalid" } }]);
  tell([n2], [n1, n2]);
  await linked(n1, n2);
  await closeAll(n1, n2);
});

test("clients have the descriptors that the members of the moment leave", async () => {
  const n1 = await open("n1", { descriptors: { files: { maxOpen: 1_000, open: 8 } } });
  const before = n1.node.scarcity;
  const members = Array.from({ length: 10 }, (_, i) => ({ id: `m${i}`, epoch: 1 }));
  tell([n1], [n1, ...members]);
  assert.notEqual(n1.node.scarcity, before);
  tell([n1], [n1]);
  assert.equal(n1.node.scarcity, before);
  await closeAll(n1);
});

test("hostile greetings are refused with a reason, and nothing of them is taken in", async () => {
  const [n1, n2] = await joined("n1", "n2");
  tell([n1, n2], [n1, n2, { id: "n#1", address: n2.address, epoch: 1 }]);
  await linked(n1, n2);
  const greetings: [given: object, reason: RegExp][] = [
    [{ address: `${"x".repeat(3_000)}:7000` }, /address must be host:port/],
    [{ address: ["10.0.0.1:7"] }, /address must be host:port/],
    [{ epoch: 2 ** 60 }, /epoch must be an integer from 0, below/],
    [{ epoch: "5" }, /epoch must be an integer/],
    [{ cluster_id: { a: 1 } }, /cluster_id must be 16 hex digits/],
    [{ cluster_id: "__proto__" }, /cluster_id must be 16 hex digits/],
    [{ id: "n#1", epoch: 1 }, /not known to n1/],
    [{ id: "__proto__" }, /not known to n1/],
    [{ incarnation: 2 ** 60 }, /needs a cluster, an id and an incarnation/],
  ];
  for (const [given, reason] of greetings) {
    const talker = new Talker(n1.address).say(greeting(given));
    await until(() => talker.closed);
    assert.match(JSON.parse(talker.lines[0] ?? "").refused, reason, JSON.stringify(given));
  }
  assert.deepEqual(n1.ear.addresses, []);
  assert.equal(n1.node.links().length, 1);
  await closeAll(n1, n2);
});

test("members may be set before the carrier is opened, and after it was closed", async () => {
  const n2 = await open("n2");
  const ear = new Ear();
  const node = new TcpTransport(options("n1"));
  const n1 = { id: "n1", node, ear, address: NOBODY, epoch: 1, openForMs: () => 0 };
  node.setMembers(membership(n1, [n1, n2]));
  tell([n2], [n1, n2]);
  node.open(ear);
  await until(() => node.links()[0]?.connected === true);
  await node.close();
  const mute = await Peer.listen({});
  node.setMembers(membership(n1, [n1, n2, { id: "n3", address: mute.address, epoch: 1 }]));
  const dialler = new Talker(mute.address);
  await until(() => mute.taken === 1);
  assert.deepEqual(node.links().map(({ connected }) => connected), [false, false]);
  dialler.close();
  await mute.close();
  await closeAll(n2);
});
