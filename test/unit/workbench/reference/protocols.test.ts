/** Each reference protocol: what n0, of three nodes, says to a new value and to a repeated one, and what it says again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../../lib/core/random.ts";
import { protocols } from "../../../../lib/workbench/reference/protocols.ts";
import { type ProtocolName, protocolNames } from "../../../../lib/workbench/settings.ts";
import { Rig } from "./rig.ts";

/** By default its neighbours are n1 and n2. */
function rigOf(name: ProtocolName, neighbours: readonly string[] = ["n1", "n2"]) {
  const rig = new Rig(protocols[name].make({ random: seeded(1), incarnation: 1 }));
  rig.init(neighbours);
  const tell = (src: string) => rig.ask(src, { type: "broadcast", message: 7, msg_id: 5 });
  const ack = (src: string, id: number) => rig.ask(src, { type: "broadcast_ok", in_reply_to: id });
  return { rig, tell, ack };
}

const ok = (dest: string) => `n0 → ${dest} broadcast_ok 5`;
const sent = (dest: string, id?: number) => `n0 → ${dest} broadcast${id === undefined ? "" : ` #${id}`} 7`;

test("every protocol has a name and a sentence", () => {
  assert.deepEqual(Object.keys(protocols).sort(), [...protocolNames].sort());
  for (const { about } of Object.values(protocols)) assert.match(about, /^\S.*[^.]\.$/);
});

test("single tells nobody", () => {
  const { rig, tell } = rigOf("single");
  assert.deepEqual(tell("c1"), ["deliver 7", ok("c1")]);
  assert.equal(rig.node.deadline, Infinity);
});

test("flood sends what is new to all, back to its sender too, and answers everybody", () => {
  const { rig, tell } = rigOf("flood");
  assert.deepEqual(tell("n1"), ["deliver 7", sent("n1"), sent("n2"), ok("n1")]);
  assert.deepEqual(tell("n2"), [ok("n2")]);
  assert.equal(rig.node.deadline, Infinity);
});

test("first-forwarder sends what a client says to all, itself among them, and answers clients alone", () => {
  const { tell } = rigOf("first-forwarder");
  assert.deepEqual(tell("c1"), ["deliver 7", sent("n0"), sent("n1"), sent("n2"), ok("c1")]);
  assert.deepEqual(rigOf("first-forwarder").tell("n1"), ["deliver 7"]);
});

test("flood-retry asks again after a second and a short sleep, and takes no answer to the question before", () => {
  const { rig, tell, ack } = rigOf("flood-retry");
  assert.deepEqual(tell("c1"), ["deliver 7", sent("n1", 1), sent("n2", 2), ok("c1")]);
  assert.deepEqual(tell("n2"), [ok("n2")]);
  ack("n1", 1);
  const again = rig.until(1_049);
  assert.deepEqual(again.map((line) => line.replace(/^\d+ /, "")), [sent("n2", 3)]);
  assert.match(again[0] ?? "", /^10[0-4]\d /);
  ack("n2", 2);
  assert.equal(rig.until(2_100).length, 1);
  ack("n2", 4);
  assert.deepEqual(rig.until(10_000), []);
});

test("reforward-retry and first-forwarder-retry repeat every half second, for ever, and answer clients alone", () => {
  const twice = [`500 ${sent("n1")}`, `500 ${sent("n2")}`, `1000 ${sent("n1")}`, `1000 ${sent("n2")}`];
  for (const name of ["reforward-retry", "first-forwarder-retry"] as const) {
    const { rig, tell } = rigOf(name);
    assert.deepEqual(tell("c1"), ["deliver 7", sent("n1"), sent("n2"), ok("c1")]);
    assert.deepEqual(rig.until(1_000), twice);
    assert.equal(rig.until(60_000).length, 2 * 118);
  }
  assert.deepEqual(rigOf("first-forwarder-retry").tell("n1"), ["deliver 7"]);
  const { rig, tell } = rigOf("reforward-retry");
  assert.deepEqual(tell("n1"), ["deliver 7", sent("n1"), sent("n2")]);
  assert.deepEqual(rig.until(1_000), twice);
});

test("neighbours-retry asks one neighbour after the other, each every half second until it has answered", () => {
  const { rig, tell, ack } = rigOf("neighbours-retry");
  assert.deepEqual(tell("c1"), [ok("c1"), "deliver 7", sent("n1", 1)]);
  assert.deepEqual(rig.until(999), [`500 ${sent("n1", 1)}`]);
  ack("n1", 1);
  assert.deepEqual(rig.until(1_400), [`1000 ${sent("n2", 2)}`]);
  ack("n2", 2);
  assert.deepEqual(rig.until(60_000), []);
  assert.deepEqual(tell("n1"), [ok("n1")]);
});

test("neighbours-retry does not send a value back to where it came from, nor to nodes that are no neighbours", () => {
  assert.deepEqual(rigOf("neighbours-retry").tell("n1"), [ok("n1"), "deliver 7", sent("n2", 1)]);
  assert.deepEqual(rigOf("neighbours-retry", ["n1"]).tell("n1"), [ok("n1"), "deliver 7"]);
});

test("exponential-backoff begins as neighbours-retry, and its pauses grow to 4 s", () => {
  const { rig, tell } = rigOf("exponential-backoff");
  assert.deepEqual(tell("c1"), [ok("c1"), "deliver 7", sent("n1", 1)]);
  const moments = rig.until(600_000).map((line) => Number.parseFloat(line));
  const pauses = moments.map((at, i) => at - (moments[i - 1] ?? 0));
  assert.equal(pauses[0], 500);
  assert.ok(pauses.every((ms) => ms >= 500 && ms <= 4_000), `${pauses}`);
  const mean = pauses.reduce((sum, ms) => sum + ms, 0) / pauses.length;
  assert.ok(Math.abs(mean - 2_250) < 200, `${mean}`);
});

test("send-without-ack tells each neighbour once, and answers only what a client says first", () => {
  const { rig, tell } = rigOf("send-without-ack");
  assert.deepEqual(tell("c1"), ["deliver 7", sent("n1"), sent("n2"), ok("c1")]);
  assert.deepEqual(tell("c1"), []);
  assert.equal(rig.node.deadline, Infinity);
  assert.deepEqual(rigOf("send-without-ack").tell("n1"), ["deliver 7", sent("n2")]);
});

test("no-ack-for-duplicates answers once all its neighbours have, and a repeated value never", () => {
  const { rig, tell, ack } = rigOf("no-ack-for-duplicates");
  assert.deepEqual(tell("n2"), ["deliver 7", sent("n1", 1)]);
  assert.deepEqual(tell("n1"), []);
  assert.deepEqual(rig.until(500), [`500 ${sent("n1", 1)}`]);
  ack("n1", 1);
  assert.deepEqual(rig.until(60_000), [`1000 ${ok("n2")}`]);
});

test("retry-without-pause repeats a message a millisecond, and all that waits takes turns", () => {
  const { rig, tell, ack } = rigOf("retry-without-pause");
  assert.deepEqual(tell("c1"), [ok("c1"), "deliver 7", sent("n1", 1)]);
  assert.deepEqual(rig.until(3), [1, 2, 3].map((ms) => `${ms} ${sent("n1", 1)}`));
  rig.ask("c1", { type: "broadcast", message: 8, msg_id: 6 });
  assert.deepEqual(rig.until(7).map((line) => line.slice(-1)), ["7", "8", "7", "8"]);
  assert.equal(rig.until(1_003).length, 996);
  // Woken late, it does not make up for what it missed.
  assert.equal(rig.wake(60_000).length, 2);
  for (const id of [1, 2]) ack("n1", id);
  assert.deepEqual(rig.until(60_002), [`60001 ${sent("n2", 3)}`, "60002 n0 → n2 broadcast #4 8"]);
  for (const id of [3, 4]) ack("n2", id);
  assert.deepEqual(rig.until(120_000), []);
});
