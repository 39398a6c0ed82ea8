/** What commands make of nodes that lie: nothing of theirs moves a terminal, and every answer has its sentence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { broadcast } from "../../../lib/commands/client/broadcast.ts";
import { get } from "../../../lib/commands/client/get.ts";
import { put } from "../../../lib/commands/client/put.ts";
import { read } from "../../../lib/commands/client/read.ts";
import { status } from "../../../lib/commands/client/status.ts";
import { leave } from "../../../lib/commands/members/leave.ts";
import { members } from "../../../lib/commands/members/members.ts";
import { remove } from "../../../lib/commands/members/remove.ts";
import type { Io } from "../../../lib/commands/terminal/io.ts";
import type { Body } from "../../../lib/core/message.ts";
import { listen } from "../../shared/io.ts";
import { FakeNode, type Script, withNodes } from "../client/fake_node.ts";

/** Sets a title, clears the screen and turns red, also by the control characters of eight bits. */
const EVIL = "\x1b]0;x\x07\x1b[2J\r\n\x7f\x9b31m\u0085";
/** But for the line feed that ends a line. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;

const link = {
  address: EVIL,
  hears: false,
  for_ms: 7_100,
  reason: EVIL,
  bytes_queued: 0,
  messages_dropped: 0,
};
const peer = { connected: false, link, lag: 3, ahead: 0, rtt_ms: 1, oldest_unacked_ms: null };
const member = { address: EVIL, epoch: 5, incarnation: 7, since: 1_795_677_529_316 };
const facts = {
  ...{ id: `n1${EVIL}`, cluster: EVIL, cluster_id: EVIL, version: EVIL, uptime_ms: 5, storage: "full" },
  ...{
    values: 1,
    digest: EVIL,
    entries: 1,
    relay: EVIL,
    clients: 0,
    watchers: 0,
    memory_bytes: 1,
    cpu_ms: 1,
  },
  peers: [{ id: `n2${EVIL}`, ...peer, suspected_for_ms: 4 }],
  members: [{ id: `n2${EVIL}`, status: "joined", ...member }, { id: `n3${EVIL}`, status: "left", ...member }],
  messages: { sent: { [EVIL]: 1 }, received: {} },
  bytes: { sent: 0, received: 0 },
  [EVIL]: EVIL,
} as const;

type Command = (args: readonly string[], io: Io) => Promise<number>;

async function run(command: Command, script: Script, args: readonly string[], id = `n1${EVIL}`) {
  const node = await FakeNode.start(id, script);
  const { io, out, err } = listen("", { outIsTerminal: true, errIsTerminal: true, env: { NO_COLOR: "1" } });
  let exit = -1;
  await withNodes([node], async () => {
    exit = await command(["--at", node.at, "--verbose", ...args], io);
  });
  return { exit, out: out.join(""), err: err.join("") };
}

/** Says the same to everything. */
const saying = (answer: Body): Script => (body, visit) => visit.say(answer, body);

test("nothing that a node says moves the terminal on which it is shown", async (t) => {
  const telling = saying({ type: "status_ok", ...facts });
  const waiting = saying({ type: "status_ok", ...facts, waits_for_a_seed: EVIL });
  const refusing = saying({ type: "error", code: 11, text: EVIL });
  const entries: Script = (body, visit) => {
    visit.say({ type: "watch_ok" }, body);
    const record = [{ [EVIL]: EVIL }, `i${EVIL}`, `k${EVIL}`, 5];
    const runs = [[`n1${EVIL}`, 1, [EVIL]], [`n1${EVIL}`, 2, [record], "t"], [`n2${EVIL}`, 1, 7]];
    visit.say({ type: "values", runs }, body);
    visit.say({ type: "watch_end" }, body);
  };
  const cases: readonly (readonly [Command, Script, readonly string[], exit: number])[] = [
    [status, telling, [], 0],
    [status, telling, ["--json"], 0],
    [status, waiting, [], 0],
    [status, refusing, [], 1],
    [members, telling, [], 0],
    [members, telling, ["--json"], 0],
    [members, waiting, [], 0],
    [members, saying({ type: "status_ok", ...facts, members: undefined }), [], 1],
    [members, refusing, [], 1],
    [get, saying({ type: "get_ok", value: { [EVIL]: EVIL } }), ["t/k"], 0],
    [get, saying({ type: "error", code: 20, text: EVIL }), ["t/k"], 1],
    [put, saying({ type: "broadcast_ok" }), ["t/k", "1"], 0],
    [put, saying({ type: EVIL }), ["t/k", "1"], 1],
    [broadcast, saying({ type: "broadcast_ok" }), ["1"], 0],
    [broadcast, saying({ type: "error", code: 12, text: EVIL }), ["1"], 1],
    [leave, saying({ type: "leave_ok" }), [], 0],
    [remove, saying({ type: "remove_ok" }), ["n9", "--force"], 0],
    [remove, telling, ["n9"], 1],
    [read, entries, [], 0],
    [read, entries, ["--json"], 0],
    [read, entries, ["--records"], 0],
    [read, entries, ["--format", "{origin} {topic} {key} {id} {value}"], 0],
    [read, (_, visit) => visit.write(`${EVIL.replace("\n", "")}\n`), [], 1],
    [read, refusing, [], 1],
  ];
  for (const [i, [command, script, args, exit]] of cases.entries()) {
    await t.test(`${i}: ${command.name} ${args.join(" ")}`, async () => {
      const shown = await run(command, script, args);
      assert.doesNotMatch(shown.out, CONTROL);
      assert.doesNotMatch(shown.err, CONTROL);
      assert.equal(shown.exit, exit, shown.err);
    });
  }
});

test("values are printed as what they were", async () => {
  const { out } = await run(
    get,
    saying({ type: "get_ok", value: { [EVIL]: EVIL } }),
    ["t/k"],
  );
  assert.deepEqual(JSON.parse(out), { [EVIL]: EVIL });
});

test("an answer of which nothing can be made is no bug of the client, and harms nothing", async (t) => {
  const DEPTH = 400_000;
  const deep = "[".repeat(DEPTH) + "]".repeat(DEPTH);
  const plain = { ...facts, id: "n1" };
  const [first] = facts.members;
  const told = (changes: Readonly<Record<string, unknown>>) =>
    saying({ type: "status_ok", ...plain, ...changes });
  const raw = (type: string, field: string): Script => ({ msg_id: id }, visit) => {
    const rest = type === "status_ok" ? JSON.stringify(plain).slice(1, -1) + "," : "";
    visit.write(
      `{"src":"n1","dest":"c1","body":{"type":"${type}","in_reply_to":${id},${rest}"${field}":${deep}}}\n`,
    );
  };
  const values = (...runs: readonly unknown[]): Script => (body, visit) => {
    visit.say({ type: "watch_ok" }, body);
    visit.say({ type: "values", runs }, body);
  };
  const noStatus =
    /n1 answers with something that is no status|:\d+ answers with something that is no status/;
  const malformed = /sends values that are malformed/;
  const cases: readonly (readonly [string, Command, Script, readonly string[], RegExp])[] = [
    ["a time after the end of time", members, told({ members: [{ ...first, since: 1e308 }] }), [], noStatus],
    ["a time before time", members, told({ members: [{ ...first, since: -1 }] }), [], noStatus],
    [
      "an end of a certificate likewise",
      status,
      told({ tls: { expires_at: 1e300, authorities_expire_at: 1 } }),
      [],
      noStatus,
    ],
    ["a status without end", status, raw("status_ok", "more"), ["--json"], noStatus],
    ["members without end", members, raw("status_ok", "members"), ["--json"], noStatus],
    [
      "a value without end",
      get,
      raw("get_ok", "value"),
      ["t/k"],
      /n1 answers with something that is no value/,
    ],
    ["no value", get, saying({ type: "get_ok" }), ["t/k"], /n1 answers with something that is no value/],
    ["numbers from 0 on", read, values(["n1", 0, [1]]), [], malformed],
    ["numbers below 0", read, values(["n1", -1, [1]]), [], malformed],
    ["numbers over the last", read, values(["n1", Number.MAX_SAFE_INTEGER, [1, 2]]), [], malformed],
    ["a gap over the last", read, values(["n1", 2, Number.MAX_SAFE_INTEGER]), [], malformed],
    ["half a run", read, values(["n1", 1]), [], malformed],
    ["more than a run", read, values(["n1", 1, [1], "t", 2]), [], malformed],
    ["no record", read, values(["n1", 1, [1], "t"]), [], malformed],
    ["no topic", read, values(["n1", 1, [[1]], 7]), [], malformed],
    ["no origin", read, values(["", 1, [1]]), [], malformed],
  ];
  for (const [name, command, script, args, reason] of cases) {
    await t.test(name, async () => {
      const shown = await run(command, script, args, "n1");
      assert.match(shown.out + shown.err, reason);
      assert.equal(shown.exit, 1);
    });
  }
});

test("an origin by the name of what objects inherit is one like others", async () => {
  const runs = ["__proto__", "constructor", "toString"].map((name) => [name, 1, [name]]);
  const { exit, out, err } = await run(
    read,
    (body, visit) => {
      visit.say({ type: "watch_ok" }, body);
      visit.say({ type: "values", runs }, body);
      visit.say({ type: "watch_end" }, body);
    },
    ["--format", "{origin} {value}"],
  );
  assert.equal(out, '__proto__ "__proto__"\nconstructor "constructor"\ntoString "toString"\n', err);
  assert.equal(exit, 0);
});
