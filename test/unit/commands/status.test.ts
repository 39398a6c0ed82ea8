/** `hearsay status`: every node is asked, for people as tables and for programs as JSON. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { status } from "../../../lib/commands/client/status.ts";
import { duration } from "../../../lib/service/duration.ts";
import type { Body } from "../../../lib/core/message.ts";
import { listen } from "../../shared/io.ts";
import { deadAddress, FakeNode, type Script, withNodes } from "../client/fake_node.ts";

const peer = {
  connected: true,
  lag: 0,
  ahead: 0,
  rtt_ms: 0.25,
  oldest_unacked_ms: null,
  suspected_for_ms: null,
};

const link = {
  address: "host1:7000",
  hears: true,
  for_ms: 754_000,
  reason: "connected to 10.0.0.1",
  bytes_queued: 0,
  messages_dropped: 0,
};

function facts(id: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...{ id, cluster: "hearsay", version: "0.1.0", incarnation: 5, uptime_ms: 754_000, storage: "durable" },
    ...{ values: 12_345, entries: 12_346, relay: id === "n1" ? null : "n1", clients: 2, watchers: 1 },
    peers: [{ id: id === "n1" ? "n2" : "n1", ...peer }],
    messages: { sent: { delta: 7 }, received: {} },
    bytes: { sent: 100, received: 200 },
    ...{ memory_bytes: 61_400_000, cpu_ms: 12 },
    ...changes,
  };
}

function telling(answer: Record<string, unknown>): Script {
  return (body, visit) => visit.say({ type: "status_ok", ...answer }, body);
}

async function run(nodes: readonly FakeNode[], more: readonly string[], ...args: string[]) {
  const { io, out, err } = listen();
  let exit = -1;
  await withNodes(nodes, async () => {
    exit = await status(["--at", [...nodes.map(({ at }) => at), ...more].join(), ...args], io);
  });
  return { exit, out: out.join(""), err: err.join("") };
}

test("every node that is asked has a row, and so has each of its peers where that is asked", async () => {
  const lost = { ...peer, connected: false, lag: 17, ahead: 3, rtt_ms: 12.5 };
  const down = {
    ...link,
    hears: false,
    for_ms: 65_500,
    reason: "it refuses the connection: nothing listens there",
    messages_dropped: 123_456,
  };
  const peers = [{ id: "n1", ...lost, link: down, oldest_unacked_ms: 1_234, suspected_for_ms: 65_000 }];
  // With n3 it does not talk, n4 is of an earlier version.
  const quiet = {
    id: "n3",
    ...peer,
    link: { ...link, hears: false, bytes_queued: 4_194_304 },
    lag: null,
    ahead: null,
  };
  const old = { id: "n4", ...peer };
  const digest = "0123456789abcdef";
  const nodes = [
    await FakeNode.start(
      "n1",
      telling(facts("n1", { digest, peers: [{ id: "n2", ...peer, link }, { ...quiet, rtt_ms: null }, old] })),
    ),
    await FakeNode.start("n2", telling(facts("n2", { digest, peers, storage: "memory" }))),
  ];
  const { exit, out, err } = await run(nodes, [], "--links");
  // Ports are of any length up to five digits.
  const at = nodes.map((node) => node.at);
  const width = Math.max(...at.map((text) => text.length));
  const [one, two] = at.map((text) => text.padEnd(width));
  deepEqual([exit, err], [0, ""]);
  equal(
    out,
    `3 of 4 up (not n3), cut into 2 parts (n1, n4 | n2), the 2 that answer agree on 12,345 values.

| node | ${
      "at".padEnd(width)
    } | cluster | storage | values | digest   | relay  | clients | watchers | memory | up for |
| ---- | ${
      "-".repeat(width)
    } | ------- | ------- | ------ | -------- | ------ | ------- | -------- | ------ | ------ |
| n1   | ${one} | hearsay | durable | 12345  | 01234567 | itself | 2       | 1        | 61 MB  | 13 min |
| n2   | ${two} | hearsay | memory  | 12345  | 01234567 | n1     | 2       | 1        | 61 MB  | 13 min |

| node | peer | link         | lag | ahead | rtt    | unacked | suspected | queued  | dropped |
| ---- | ---- | ------------ | --- | ----- | ------ | ------- | --------- | ------- | ------- |
| n1   | n2   | up 13 min    | 0   | 0     | 0.3 ms |         |           |         |         |
| n1   | n3   | deaf 13 min  |     |       |        |         |           | 4195 kB |         |
| n1   | n4   | up           | 0   | 0     | 0.3 ms |         |           |         |         |
| n2   | n1   | down 1.1 min | 17  | 3     | 13 ms  | 1.2 s   | 1.1 min   |         | 123456  |

n1 has not heard n3 at host1:7000 for 13 min
n2 has not reached n1 at host1:7000 for 1.1 min: it refuses the connection: nothing listens there
`,
  );
});

test("a node that does not answer does not keep the others from being shown, and is status 1", async () => {
  const dead = await deadAddress();
  const bad: Script[] = [
    () => {},
    (_, visit) => visit.write("x\n"),
    telling({ id: "n1" }),
    (body, visit) => visit.say({ type: "error", code: 10, text: "unknown type: status" }, body),
    (body, visit) => visit.say({ type: "read_ok" }, body),
  ];
  const nodes = await Promise.all(
    [telling(facts("n1")), ...bad].map((script) => FakeNode.start("n1", script)),
  );
  const { exit, out } = await run(nodes, [`127.0.0.1:${dead.port}`], "--timeout", "1000", "--links");
  equal(exit, 1);
  deepEqual(out.split("\n").slice(5, 7), [
    "",
    "| node | peer | link | lag | ahead | rtt    | unacked | suspected | queued | dropped |",
  ]);
  deepEqual(out.trimEnd().split("\n").slice(10), [
    `${nodes[1]?.at} gives no answer within 1000 ms`,
    `${nodes[2]?.at} does not speak as a node does: this is not JSON`,
    `${nodes[3]?.at} answers with something that is no status`,
    `${nodes[4]?.at} answers error 10: unknown type: status`,
    `${nodes[5]?.at} answers with something that is no status`,
    `127.0.0.1:${dead.port} refuses the connection: nothing listens there`,
  ]);
});

test("in a cut each node has a line for itself, and one for those that it does not reach", async () => {
  const ids = ["n1", "n2", "n3", "n4", "n5"];
  const isLeft = (id: string) => id < "n3";
  const nodes = await Promise.all(ids.map((id) => {
    const peers = ids.filter((other) => other !== id).map((other) => {
      const connected = isLeft(id) === isLeft(other);
      return {
        ...peer,
        id: other,
        connected,
        link: { ...link, hears: connected, for_ms: 6_200, reason: "no answer" },
      };
    });
    return FakeNode.start(id, telling(facts(id, { peers })));
  }));
  const { exit, out } = await run(nodes, []);
  const lines = out.trimEnd().split("\n");
  deepEqual([exit, lines.length], [0, 15]);
  equal(lines[0], "5 of 5 up, cut into 2 parts (n1, n2 | n3, n4, n5), all hold 12,345 values.");
  deepEqual(lines.slice(-5), [
    ...["n1", "n2"].map((id) => `${id} has not reached n3, n4, n5 for 6.2 s: no answer`),
    ...["n3", "n4", "n5"].map((id) => `${id} has not reached n1, n2 for 6.2 s: no answer`),
  ]);
});

test("for programs it is one array, with what each node said, known or not, or why it did not", async () => {
  const said = facts("n1", { news: { of: "a later version" } });
  const node = await FakeNode.start("n1", telling(said));
  const dead = await deadAddress();
  const { exit, out, err } = await run([node], [`127.0.0.1:${dead.port}`], "--json");
  deepEqual([exit, err, out.indexOf("\n")], [1, "", out.length - 1]);
  const parsed: Body[] = JSON.parse(out);
  deepEqual(parsed, [
    { at: node.at, ...said },
    { at: `127.0.0.1:${dead.port}`, error: "refuses the connection: nothing listens there" },
  ]);
});

test("a node that is no member yet is a failure where that is asked", async () => {
  for (const [ready, exit] of [[false, 1], [true, 0], [undefined, 0]] as const) {
    const node = await FakeNode.start("n1", telling(facts("n1", ready === undefined ? {} : { ready })));
    const asked = await run([node], [], "--ready");
    deepEqual([asked.exit, asked.err], [exit, ""]);
  }
  const node = await FakeNode.start("n1", telling(facts("n1", { ready: false })));
  equal((await run([node], [])).exit, 0);
});

test("durations are told in units that people read", () => {
  const told = [
    null,
    0,
    0.04,
    9.94,
    9.96,
    999.4,
    1000,
    9940,
    59_900,
    60_000,
    3_599_000,
    3_600_000,
    86_400_000,
    8.64e9,
  ];
  deepEqual(told.map(duration), [
    ...["", "0.0 ms", "0.0 ms", "9.9 ms", "10 ms", "999 ms", "1.0 s", "9.9 s", "60 s", "1.0 min", "60 min"],
    ...["1.0 h", "1.0 d", "100 d"],
  ]);
});
