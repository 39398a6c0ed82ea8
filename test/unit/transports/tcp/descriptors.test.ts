/** Descriptors: how many connections may be clients, and that they give way where there is nothing left to open. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Descriptors, placesIn, roomFor } from "../../../../transports/tcp/descriptors.ts";
import { encodeGreeting } from "../../../../transports/tcp/greeting.ts";
import {
  CLIENTS_MAX,
  DEFAULT_LIMITS,
  DESCRIPTORS_LOOK_MS,
  PEER_DESCRIPTORS,
  ROOM_AGAIN_MS,
  ROOM_MIN,
  SPARE_DESCRIPTORS_MAX,
  UNCLASSIFIED_MAX,
} from "../../../../transports/tcp/limits.ts";
import { echoing, NOBODY, Talker, until } from "./rig.ts";

test("clients have the descriptors that peers, open files and the spare ones leave", () => {
  assert.equal(roomFor({ maxOpen: 64, open: 12 }, 1), 64 - 12 - 16 - PEER_DESCRIPTORS);
  assert.equal(
    roomFor({ maxOpen: 4_096, open: 12 }, 4),
    4_096 - 12 - SPARE_DESCRIPTORS_MAX - 4 * PEER_DESCRIPTORS,
  );
  assert.equal(roomFor({ maxOpen: 64, open: 12 }, 100), ROOM_MIN);
  assert.equal(roomFor({ maxOpen: Infinity, open: 0 }, 100), CLIENTS_MAX + UNCLASSIFIED_MAX);
});

test("a quarter of the room is for unclassified connections", () => {
  assert.deepEqual(placesIn(24, DEFAULT_LIMITS), { unclassified: 6, clients: 18 });
  assert.deepEqual(placesIn(ROOM_MIN, DEFAULT_LIMITS), { unclassified: 1, clients: 3 });
  assert.deepEqual(placesIn(Infinity, DEFAULT_LIMITS), {
    unclassified: UNCLASSIFIED_MAX,
    clients: CLIENTS_MAX,
  });
});

test("Descriptors: room for clients follows the number of peers, and stays small while none is left", () => {
  const rooms: number[] = [];
  const faults: string[] = [];
  const descriptors = new Descriptors({
    peers: 0,
    files: { maxOpen: 1_000, open: 8 },
    fault: () => faults[0],
    onRoom: (room) => rooms.push(room),
    current: () => 40,
    onShort: () => {},
  });
  for (const peers of [10, 10, 1_000, 0]) descriptors.setPeers(peers);
  assert.deepEqual(rooms, [800, 800 - 10 * PEER_DESCRIPTORS, ROOM_MIN, 800]);
  faults.push("EMFILE");
  descriptors.tick(DESCRIPTORS_LOOK_MS);
  descriptors.setPeers(1);
  assert.deepEqual(rooms.slice(4), [30, 30]);
  assert.equal(descriptors.roomMax, 800 - PEER_DESCRIPTORS);
});

test("Descriptors: while none is left the room shrinks by quarters, and it grows again slowly; it is said once", () => {
  const rooms: number[] = [];
  const said: string[] = [];
  let fault: string | undefined;
  const descriptors = new Descriptors({
    peers: 1,
    files: { maxOpen: 64, open: 12 },
    fault: () => fault,
    onRoom: (room) => rooms.push(room),
    current: () => 20,
    onShort: (reason) => said.push(reason),
  });
  const look = (times = 1) => {
    for (let i = 0; i < times; i++) descriptors.tick(DESCRIPTORS_LOOK_MS);
  };
  descriptors.tick(DESCRIPTORS_LOOK_MS - 1);
  look(3);
  assert.deepEqual(rooms, [24]);
  fault = "EMFILE";
  look(2);
  assert.deepEqual(rooms, [24, 15, 11]);
  look(10);
  assert.equal(rooms.at(-1), ROOM_MIN);
  fault = undefined;
  rooms.length = 0;
  const looks = ROOM_AGAIN_MS / DESCRIPTORS_LOOK_MS;
  look(looks - 1);
  assert.deepEqual(rooms, []);
  look(1 + 7 * looks);
  assert.deepEqual(rooms, [6, 8, 11, 15, 20, 24, 24]);
  assert.deepEqual(said, ["EMFILE"]);
  fault = "EMFILE again";
  look();
  assert.equal(said.length, 2);
});

test("where nothing can be opened any more, clients are closed, the latest first, and a peer is let in", async () => {
  let fault: string | undefined = undefined;
  const { node, ear, address } = await echoing({
    peers: new Map([["n2", NOBODY]]),
    descriptors: { files: { maxOpen: 64, open: 12 }, fault: () => fault },
  });
  assert.match(node.scarcity ?? "", /^at most 18 clients are served, as this process may have 64 files open/);
  const talkers: Talker[] = [];
  for (let i = 0; i < 16; i++) talkers.push(await greeted(new Talker(address)));
  fault = "EMFILE: none is left";
  await until(() => node.clientCount === ROOM_MIN - 1);
  assert.deepEqual(talkers.map(({ closed }) => closed).slice(0, 3), [false, false, false]);
  await until(() => talkers.slice(3).every(({ closed }) => closed));
  assert.deepEqual(ear.short, [fault]);
  const peer = new Talker(address).say(encodeGreeting({ id: "n2", cluster: "test", incarnation: 1 }, "n1"));
  await until(() => node.links()[0]?.hears === true);
  peer.close();
  await node.close();
});

test("a node whose process may open more than it has places for says nothing of it", async () => {
  const { node } = await echoing({ descriptors: { files: { maxOpen: 20_000, open: 12 } } });
  assert.equal(node.scarcity, undefined);
  await node.close();
});

/** A client that has been answered. */
async function greeted(talker: Talker): Promise<Talker> {
  await talker.say({ src: "c1", dest: "n1", body: { type: "note" } }).hear(1);
  return talker;
}
