/** `hearsay members`, `leave` and `remove`: what they print of what nodes answer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { leave } from "../../../lib/commands/members/leave.ts";
import { members } from "../../../lib/commands/members/members.ts";
import { remove } from "../../../lib/commands/members/remove.ts";
import { status } from "../../../lib/commands/client/status.ts";
import type { Io } from "../../../lib/commands/terminal/io.ts";
import type { Body } from "../../../lib/core/message.ts";
import { listen } from "../../shared/io.ts";
import { deadAddress, FakeNode, type Visit, withNodes } from "../client/fake_node.ts";

const AT = Date.UTC(2026, 10, 26, 7, 18);
const record = (id: string, status: string) => ({
  ...{
    id,
    status,
    address: `10.0.0.${id.slice(1)}:7000`,
    epoch: 5,
    incarnation: 1_795_677_529_316,
    since: AT,
  },
});
const link = { address: "a:1", hears: true, for_ms: 7_100, reason: "", bytes_queued: 0, messages_dropped: 0 };
const PEER = {
  ...{ id: "n2", connected: true, link, lag: 3, ahead: 0, rtt_ms: 1, oldest_unacked_ms: null },
  suspected_for_ms: null,
};
const STATUS: Body = {
  type: "status_ok",
  ...{ id: "n1", cluster: "hearsay", cluster_id: "00112233445566ff", version: "0.1.0", uptime_ms: 5 },
  ...{ storage: "durable", values: 1, digest: "d", entries: 1, relay: null, clients: 0, watchers: 0 },
  peers: [PEER],
  members: [
    record("n1", "joined"),
    record("n2", "joined"),
    { ...record("n3", "joined"), address: null, incarnation: 0, since: null },
    record("n4", "left"),
    record("n5", "removed"),
  ],
  ...{ messages: { sent: {}, received: {} }, bytes: { sent: 0, received: 0 }, memory_bytes: 1, cpu_ms: 1 },
};

async function run(
  command: (args: readonly string[], io: Io) => Promise<number>,
  answer: Body,
  args: readonly string[] = [],
  changes: Partial<Io> = {},
  status = answer,
) {
  const script = (body: Body, visit: Visit) => visit.say(body.type === "status" ? status : answer, body);
  const node = await FakeNode.start("n1", script);
  const { io, out, err } = listen("", changes);
  let exit = -1;
  await withNodes([node], async () => {
    exit = await command(["--at", node.at, ...args], io);
  });
  return { exit, out: out.join(""), err: err.join(""), asked: node.asked };
}

test("members: who is one, who was, since when, and how the node that is asked sees them", async () => {
  const { exit, out } = await run(members, STATUS);
  assert.equal(exit, 0);
  assert.deepEqual(out.split("\n"), [
    "3 members of hearsay 00112233445566ff, as n1 knows it.",
    "| member | status  | since (UTC)      | address       | incarnation   | link     | lag |",
    "| ------ | ------- | ---------------- | ------------- | ------------- | -------- | --- |",
    "| n1     | joined  | 2026-11-26 07:18 | 10.0.0.1:7000 | 1795677529316 | itself   |     |",
    "| n2     | joined  | 2026-11-26 07:18 | 10.0.0.2:7000 | 1795677529316 | up 7.1 s | 3   |",
    "| n3     | joined  | given            |               |               | down     |     |",
    "| n4     | left    | 2026-11-26 07:18 | 10.0.0.4:7000 | 1795677529316 |          |     |",
    "| n5     | removed | 2026-11-26 07:18 | 10.0.0.5:7000 | 1795677529316 |          |     |",
    "",
  ]);
});

test("members: in colours on a terminal that wants them, and as JSON", async () => {
  const coloured = await run(members, STATUS, [], { outIsTerminal: true });
  assert.ok(coloured.out.includes("\x1b[31mremoved\x1b[0m"));
  const plain = await run(members, STATUS, [], { outIsTerminal: true, env: { NO_COLOR: "1" } });
  assert.ok(!plain.out.includes("\x1b"));
  const { out } = await run(members, STATUS, ["--json"]);
  const said = JSON.parse(out);
  assert.equal(said.by, "n1");
  assert.equal(said.cluster_id, "00112233445566ff");
  assert.deepEqual(said.members[1], { ...record("n2", "joined"), connected: true, lag: 3 });
  assert.deepEqual(said.members[0].connected, true);
});

test("members: a node that waits says what for, one of an earlier version knows of none, and nobody may answer", async () => {
  const waits = await run(members, { ...STATUS, members: [], waits_for_a_seed: "a:1 closed the connection" });
  assert.equal(waits.out, "n1 is no member yet: it waits for a seed: a:1 closed the connection\n");
  const { members: _, ...earlier } = STATUS;
  const old = await run(members, earlier);
  assert.deepEqual([old.exit, old.err], [
    1,
    "n1 answers with no list of members: it may be of an earlier version\n",
  ]);
  const secret = await run(members, { ...STATUS, members: [] });
  assert.deepEqual([secret.exit, secret.err], [
    1,
    "n1 tells of its members only to clients with the right admin\n",
  ]);
  const { host, port } = await deadAddress();
  const { io, err } = listen();
  assert.equal(await members(["--at", `${host}:${port}`], io), 1);
  assert.match(err.join(""), /^No node answers\.\n {2}127\.0\.0\.1:\d+ refuses the connection/);
});

test("status: says of which clusters the nodes are, who is gone from them, and who waits", async () => {
  const { out } = await run(status, STATUS);
  assert.ok(out.includes("hearsay 00112233445566ff: members n1, n2, n3; left n4; removed n5\n"), out);
  const waits = await run(status, { ...STATUS, members: [], waits_for_a_seed: "a:1 closed the connection" });
  assert.ok(waits.out.includes("n1 is no member yet, and waits for a seed: a:1 closed the connection\n"));
});

test("leave: the node has left, or says why it cannot", async () => {
  const good = await run(leave, { type: "leave_ok" });
  assert.deepEqual([good.exit, good.err], [0, "n1 has left: others hold all that it held.\n"]);
  assert.deepEqual(good.asked, [{ type: "leave", msg_id: 1 }]);
  const only = await run(leave, { type: "error", code: 22, text: "this is the only member" });
  assert.equal(only.exit, 1);
  assert.match(only.err, /^The node has not left\.\n {2}\S+ answers error 22: this is the only member\n$/);
});

test("remove: a member is removed, is none, or another node must be asked", async () => {
  const answering = (answer: Body, args: readonly string[], peer = {}) =>
    run(remove, answer, args, {}, { ...STATUS, peers: [{ ...PEER, ...peer }] });
  const good = await answering({ type: "remove_ok" }, ["n4"]);
  assert.deepEqual([good.exit, good.err], [0, "n4 is removed; n1 tells the others.\n"]);
  assert.deepEqual(good.asked.map(({ type, id }) => [type, id]), [["status", undefined], ["remove", "n4"]]);
  const none = await answering({ type: "error", code: 20, text: "n4 is no member" }, ["n4"]);
  assert.deepEqual([none.exit, none.err], [1, "n4 is no member, as far as n1 knows\n"]);
  const itself = await answering({ type: "error", code: 22, text: "this is n1 itself" }, ["n1"]);
  assert.equal(itself.exit, 1);
  assert.match(itself.err, /^No node has removed n1\.\n {2}\S+ answers error 22: this is n1 itself\n$/);
});

test("remove: a member that is in reach could leave, and is removed by force alone", async () => {
  const answering = (args: readonly string[], peer: Partial<typeof PEER>) =>
    run(remove, { type: "remove_ok" }, args, {}, { ...STATUS, peers: [{ ...PEER, ...peer }] });
  const alive = await answering(["n2"], {});
  assert.deepEqual([alive.exit, alive.err], [
    1,
    "n2 is in reach of n1, and what it alone holds would be lost: let it leave, by 'hearsay leave --at a:1', or " +
    "remove it all the same, with --force\n",
  ]);
  assert.equal(alive.asked.some(({ type }) => type === "remove"), false);
  for (
    const [args, peer] of [
      [["n2", "--force"], {}],
      [["n2"], { connected: false }],
      [["n2"], { link: { ...link, hears: false } }],
    ] as const
  ) {
    const { exit, err } = await answering(args, peer);
    assert.deepEqual([exit, err], [0, "n2 is removed; n1 tells the others.\n"]);
  }
});
