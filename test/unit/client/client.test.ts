/** The library as applications use it: values are told, asked for and watched over nodes that come and go. */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import {
  type Client,
  connect,
  type ConnectOptions,
  type Entry,
  type ErrorCode,
  type Gap,
} from "../../../lib/client/mod.ts";
import { HearsayError } from "../../../lib/client/mod.ts";
import { TIMEOUT_MS_MAX } from "../../../lib/client/nodes.ts";
import { IN_FLIGHT_BYTES_MAX } from "../../../lib/client/requests.ts";
import { WAITING_BYTES_MAX } from "../../../lib/client/waiting.ts";
import { VALUE_DEPTH_MAX } from "../../../lib/core/log/canonical.ts";
import type { Body } from "../../../lib/core/message.ts";
import { VALUE_BYTES_MAX } from "../../../lib/core/node.ts";
import { FakeCluster } from "../../e2e/fixtures/fake_cluster.ts";
import {
  deadAddress,
  FakeNode,
  type Script,
  until,
  type Visit,
  type WireRun,
  withNodes,
} from "./fake_node.ts";

/** How long a node may be silent: a busy machine needs some of it where a node does answer, ms. */
const PATIENCE_MS = 300;

const obliging: Script = (body, visit) => {
  if (body.type === "echo") visit.say({ type: "echo_ok", echo: null }, body);
  else if (body.type === "broadcast") visit.say({ type: "broadcast_ok" }, body);
};

/** A node that answers a connect, and does with all else as it is told here. */
function node(id: string, script: Script): Promise<FakeNode> {
  return FakeNode.start(id, (body, visit) => {
    if (body.type === "echo") visit.say({ type: "echo_ok", echo: null }, body);
    else script(body, visit);
  });
}

async function using(
  nodes: readonly FakeNode[],
  use: (client: Client) => Promise<void>,
  options: Partial<ConnectOptions> = {},
): Promise<void> {
  await withNodes(nodes, async () => {
    await using client = await connect({ at: nodes.map(({ at }) => at), ...options });
    await use(client);
  });
}

function codeIs(code: ErrorCode) {
  return (error: unknown) => error instanceof HearsayError && error.code === code;
}

async function withCluster(use: (at: string[], cluster: FakeCluster) => Promise<void>): Promise<void> {
  const cluster = new FakeCluster(["n1", "n2", "n3"]);
  const addresses = await cluster.start();
  try {
    await use([...addresses.values()].map(({ host, port }) => `${host}:${port}`), cluster);
  } finally {
    await cluster.stop();
  }
}

/** So many of what comes, or all. */
async function take(from: AsyncIterable<Entry | Gap>, count = Infinity): Promise<(Entry | Gap)[]> {
  const taken: (Entry | Gap)[] = [];
  if (count === 0) return taken;
  for await (const each of from) if (taken.push(each) >= count) break;
  return taken;
}

function told({ asked }: FakeNode): Body[] {
  return asked.filter(({ type }) => type !== "echo");
}

/** Answers a watch with these runs, a batch each, and then ends it, or does something else. */
function serving(batches: readonly (readonly WireRun[])[], then: (visit: Visit, body: Body) => void): Script {
  return (body, visit) => {
    if (body.type !== "watch") return;
    visit.say({ type: "watch_ok", values: 0 }, body);
    for (const runs of batches) visit.say({ type: "values", runs }, body);
    then(visit, body);
  };
}

const end = (visit: Visit, body: Body) => visit.say({ type: "watch_end" }, body);
const hangUp = ({ socket }: Visit) => void socket.end();
const stay = () => {};

test("values that are told at one node are watched at another, each once, and a watch goes on from any position", () =>
  withCluster(async ([first = "", second = "", third = ""]) => {
    await using teller = await connect({ at: first });
    await using watcher = await connect({ at: [second] });
    const watch = watcher.watch({ topics: ["orders"] });
    const taken = take(watch, 3);
    await teller.broadcast({ paid: 17 }, { topic: "orders" });
    await teller.broadcast({ paid: 17 }, { topic: "orders" });
    await teller.broadcast("elsewhere");
    await teller.broadcast({ paid: 18 }, { topic: "orders", id: "order-18" });
    await teller.broadcast({ paid: 18 }, { topic: "orders", id: "order-18" });
    const entries = await taken;
    deepEqual(entries.map(({ value }) => value), [{ paid: 17 }, { paid: 17 }, { paid: 18 }]);
    equal(teller.node, "n1");
    const [one, , last] = entries;
    ok(one instanceof Object && one.gap === undefined && last?.gap === undefined);
    deepEqual([one.topic, one.seq, last?.id, "key" in one], ["orders", 1, "order-18", false]);
    match(one.position, /^n1[^:]*:1$/);
    await using other = await connect({ at: third });
    const rest = await take(other.watch({ topics: ["orders"], from: one.position }), 2);
    deepEqual(rest.map(({ value }) => value), [{ paid: 17 }, { paid: 18 }]);
  }));

test("the latest value under a key is got, until it is deleted", () =>
  withCluster(async (at) => {
    await using client = await connect({ at });
    equal(await client.get("flags", "dark"), undefined);
    await client.put("flags", "dark", true);
    await client.put("flags", "dark", null);
    equal(await client.get("flags", "dark"), null);
    await client.delete("flags", "dark");
    equal(await client.get("flags", "dark"), undefined);
  }));

test("what a node may have taken is told to the next under its own id, and so enters once", async () => {
  const first = await node("n1", (body, visit) => {
    if (told(first).length <= 4) visit.say({ type: "broadcast_ok" }, body);
    if (told(first).length === 10) visit.socket.destroy();
  });
  const second = await node("n2", obliging);
  await using([first, second], async (client) => {
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => client.broadcast("same", { topic: "t", key: `${i % 2}` })),
    );
    const ids = (node: FakeNode) => told(node).map(({ id }) => String(id));
    equal(new Set(ids(first)).size, 10);
    deepEqual(ids(second), ids(first).slice(4));
    equal(client.node, "n2");
    // The connection stays.
    await client.broadcast("more");
    equal(second.visits.length, 1);
  });
});

test("an id may be given, or be none, so that equal values are one", async () => {
  const n1 = await node("n1", obliging);
  await using([n1], async (client) => {
    await client.broadcast("on", { id: null });
    await client.broadcast(1, { id: "x" });
    await client.put("t", "k", [], { id: "y" });
    deepEqual(told(n1).map(({ msg_id: _, ...body }) => body), [
      { type: "broadcast", message: "on" },
      { type: "broadcast", message: 1, id: "x" },
      { type: "broadcast", message: [], topic: "t", key: "k", id: "y" },
    ]);
  });
});

test("a read goes on at the next node, gives each entry once with all that belongs to it, and ends", async () => {
  const first = await node("n1", serving([[["a", 1, [1, 2]]]], hangUp));
  const runs: WireRun[] = [
    ["a", 1, [1, 2]],
    ["b", 1, [["on", "i", "k", 7], [null, null, "k", 8, true]], "t"],
    ["c", 1, 3],
  ];
  const second = await node("n2", serving([runs], end));
  await using([first, second], async (client) => {
    const all = await take(client.read({ topics: ["", "t"] }));
    deepEqual(all.map((each) => JSON.parse(JSON.stringify(each))), [
      { value: 1, topic: "", origin: "a", seq: 1 },
      { value: 2, topic: "", origin: "a", seq: 2 },
      { value: "on", topic: "t", origin: "b", seq: 1, key: "k", id: "i", stamp: 7 },
      { topic: "t", origin: "b", seq: 2, key: "k", stamp: 8, deleted: true },
      { gap: { origin: "c", seq: 1, count: 3 } },
    ]);
    deepEqual(all.map(({ position }) => position), [
      "a:1",
      "a:1-2",
      "a:1-2;b:1",
      "a:1-2;b:1-2",
      "a:1-2;b:1-2;c:1-3",
    ]);
    deepEqual(second.asked.find(({ type }) => type === "watch")?.["from"], [["a", [1, 2]]]);
  });
});

test("a position covers what repeats an entry, once that entry was taken, and what is passed over", async () => {
  // 1 has entered at a and at b; what is passed over may be one with any of the batch.
  const n1 = await node("n1", (body, visit) => {
    if (body.type !== "watch") return;
    visit.say({ type: "watch_ok", values: 0 }, body);
    visit.say({
      type: "values",
      runs: [["a", 1, [0, 1]], ["b", 1, [1]], ["a", 3, [2]]],
      had: [["c", [1, 9]]],
    }, body);
    visit.say({ type: "values", runs: [["b", 2, [0]], ["a", 4, [3]]] }, body);
    end(visit, body);
  });
  await using([n1], async (client) => {
    const all = await take(client.read());
    deepEqual(all.map(({ value }) => value), [0, 1, 2, 3]);
    // Asked in any order.
    deepEqual(all.toReversed().map(({ position }) => position), [
      "a:1-4;b:1-2;c:1-9",
      "a:1-3;b:1;c:1-9",
      "a:1-2;b:1",
      "a:1",
    ]);
  });
});

test("a watch from now on passes over what is there", async () => {
  const n1 = await node("n1", (body, visit) => {
    const isFirst = body["follow"] === false;
    serving([[["a", isFirst ? 1 : 3, isFirst ? [1, 2] : [3]]]], isFirst ? end : stay)(body, visit);
  });
  await using([n1], async (client) => {
    const [entry] = await take(client.watch({ from: "now" }), 1);
    deepEqual([entry?.value, entry?.position], [3, "a:1-3"]);
    deepEqual(told(n1).map(({ from, follow }) => [from, follow]), [[[], false], [[["a", [1, 2]]], true]]);
  });
  await using([await node("n2", stay)], async (client) => {
    await rejects(take(client.watch({ from: "now", signal: AbortSignal.timeout(20) })), codeIs("aborted"));
  });
});

test("while an entry is not taken the node has to wait", async () => {
  const batches = Array.from({ length: 400 }, (_, i): WireRun[] => [["a", i + 1, ["x".repeat(100_000)]]]);
  const n1 = await node("n1", serving(batches, stay));
  await using([n1], async (client) => {
    const watch = client.watch();
    await watch.next();
    const { socket } = n1.visits[1] ?? (await until(() =>
      n1.visits.length > 1
    ),
      n1.visits[1] ?? n1.visits[0]) ??
      {};
    const waiting = socket?.writableLength ?? 0;
    ok(waiting > 0, "much is still to be read");
    await watch.return();
    await until(() => socket?.destroyed === true, "the watch has ended");
  });
});

test("a watch says that no node answers, and goes on once one does", () =>
  withCluster(async ([first = ""], cluster) => {
    await using client = await connect({ at: first });
    const said: boolean[] = [];
    const watch = client.watch({ onOutage: (isOut) => void said.push(isOut) });
    await client.broadcast(1);
    equal((await watch.next()).value?.value, 1);
    const next = watch.next();
    await cluster.node("n1").kill();
    await until(() => said.length === 1, "it was said");
    await cluster.node("n1").start();
    await client.broadcast(2);
    equal((await next).value?.value, 2);
    const further = watch.next();
    await until(() => said.length === 2, "it was said again");
    deepEqual(said, [true, false]);
    await client.broadcast(3);
    equal((await further).value?.value, 3);
    await watch.return();
  }));

const refusing = (code: number): Script => (body, visit) =>
  visit.say({ type: "error", code, text: "no" }, body);

for (
  const [what, code, script] of [
    ["hang up", "unreachable", (_, visit) => void visit.socket.destroy()],
    ["are silent", "timeout", stay],
    ["are full", "refused", refusing(11)],
    ["want another right", "forbidden", refusing(21)],
    ["take no such value", "malformed", refusing(12)],
  ] satisfies [string, ErrorCode, Script][]
) {
  test(`where nodes ${what}, a broadcast and a watch are rejected as ${code}`, async () => {
    const nodes = [await node("n1", script), await node("n2", script)];
    await using(nodes, async (client) => {
      const isFinal = code === "forbidden" || code === "malformed";
      await rejects(client.broadcast(1), (error) => {
        ok(error instanceof HearsayError);
        deepEqual([error.code, error.failures.length], [code, isFinal ? 0 : 2]);
        equal(error.mayBeDone, code === "unreachable" || code === "timeout");
        match(
          error.message,
          isFinal ? /^n1 answers error \d+: no$/ : /^no node (answers|does it): 127\.0\.0\.1:\d+ /,
        );
        return true;
      });
      await rejects(take(client.read()), codeIs(code));
      await rejects(take(client.watch()), codeIs(code));
    }, { timeoutMs: PATIENCE_MS });
  });
}

test("nobody is connected where no node answers, or none knows the token", async () => {
  const { host, port } = await deadAddress();
  await rejects(connect({ at: [`${host}:${port}`] }), codeIs("unreachable"));
  const n1 = await FakeNode.start("n1", (body, visit) => {
    if (body.type === "hello" && body["token"] !== "good") refusing(21)(body, visit);
    else visit.say({ type: `${body.type}_ok` }, body);
  });
  await withNodes([n1], async () => {
    await rejects(connect({ at: n1.at, token: "bad" }), codeIs("forbidden"));
    await using _ = await connect({ at: [n1.address], token: () => "good" });
    await rejects(
      connect({
        at: n1.at,
        token() {
          throw new Error("no file");
        },
      }),
      (error) => codeIs("forbidden")(error) && String(error).includes("there is no token: no file"),
    );
  });
});

test("an error names the call that it comes from, and no cause where there is none", async () => {
  const { host, port } = await deadAddress();
  const n1 = await node("n1", () => n1.hangUp());
  await using([n1], async (client) => {
    const calls = [
      async function tellsHere() {
        await client.broadcast(1);
      },
      async function connectsHere() {
        await connect({ at: `${host}:${port}` });
      },
    ];
    for (const call of calls) {
      const error = await call().catch((error: unknown) => error);
      ok(error instanceof HearsayError);
      match(error.stack ?? "", new RegExp(`^HearsayError: no node answers: [^]* ${call.name} `));
      ok(!("cause" in error));
    }
  });
});

test("what no node would take is asked of none", async () => {
  const n1 = await node("n1", obliging);
  const loop: unknown[] = [];
  loop.push(loop);
  const deep = JSON.parse("[".repeat(VALUE_DEPTH_MAX + 1) + "]".repeat(VALUE_DEPTH_MAX + 1));
  await using([n1], async (client) => {
    const bad = codeIs("malformed");
    for (const value of [undefined, () => {}, 1n, loop, deep, "x".repeat(VALUE_BYTES_MAX)]) {
      await rejects(client.broadcast(value), bad);
    }
    await rejects(client.broadcast(1, { topic: "a b" }), bad);
    await rejects(client.put("t", "", 1), bad);
    await rejects(client.broadcast(1, { id: "" }), bad);
    await rejects(client.delete("t/u", "k"), bad);
    await rejects(client.get("t", ""), bad);
    await rejects(client.ask({ type: "watch" }), bad);
    await rejects(take(client.watch({ topics: [] })), bad);
    await rejects(take(client.watch({ from: "nonsense" })), bad);
    deepEqual(told(n1), []);
  });
  await rejects(connect({ at: "no where" }), codeIs("malformed"));
  await rejects(connect({ at: [] }), codeIs("malformed"));
  for (const timeoutMs of [0, NaN, TIMEOUT_MS_MAX + 1]) {
    await rejects(connect({ at: "a:1", timeoutMs }), codeIs("malformed"));
  }
  await rejects(connect({ at: "a:1", tls: { ca: "/none" } }), codeIs("malformed"));
  await rejects(connect({ at: "a:1", tls: { ca: "/none", key: "/none" } }), codeIs("malformed"));
});

test("what TypeScript would not let through is refused, and asks for nothing else", async () => {
  const n1 = await node("n1", obliging);
  // As JavaScript gives it.
  const options = (text: string) => JSON.parse(text);
  await using([n1], async (client) => {
    const says = (text: string) => (error: unknown) =>
      codeIs("malformed")(error) && String(error).endsWith(`: ${text}`);
    const missing = options("{}").key;
    await rejects(client.broadcast(1, options('{"topics":["t"]}')), says('there is no option "topics" here'));
    await rejects(client.broadcast(1, options('{"topic":7}')), says("topic is no text"));
    await rejects(client.put("t", missing, 1), says("key is no text"));
    await rejects(client.get(missing, "k"), says("topic is no text"));
    await rejects(client.delete("t", "k", options('{"topic":"t"}')), says('there is no option "topic" here'));
    await rejects(take(client.watch(options('{"topic":"t"}'))), says('there is no option "topic" here'));
    await rejects(take(client.read(options('{"topics":"t"}'))), says("topics is no list of texts"));
    await rejects(take(client.read(options('{"topics":[1]}'))), says("topics is no list of texts"));
    await rejects(take(client.watch(options('{"from":3}'))), says("from is no position"));
    deepEqual(told(n1), []);
  });
});

test("status and members are what the node says, and checked", async () => {
  let answer: Body = { type: "status_ok" };
  const n1 = await node("n1", (body, visit) => visit.say(answer, body));
  await using([n1], async (client) => {
    await rejects(client.status(), codeIs("refused"));
    answer = {
      ...{
        type: "status_ok",
        id: "n1",
        cluster: "c",
        version: "1",
        uptime_ms: 1,
        storage: "memory",
        values: 3,
      },
      ...{
        entries: 4,
        relay: null,
        peers: [],
        clients: 1,
        watchers: 0,
        messages: { sent: {}, received: {} },
      },
      ...{ bytes: { sent: 0, received: 0 }, memory_bytes: 1, cpu_ms: 1 },
    };
    equal((await client.status()).values, 3);
    await rejects(client.members(), codeIs("refused"));
    const member = { id: "n1", status: "joined", address: null, epoch: 1, incarnation: 1, since: null };
    answer = { ...answer, members: [member] };
    deepEqual(await client.members(), [member]);
  });
});

test("a signal ends what waits, with its reason", async () => {
  const n1 = await node("n1", stay);
  await using([n1], async (client) => {
    const abort = new AbortController();
    const { signal } = abort;
    const waiting = [
      client.broadcast(1, { signal }),
      client.get("t", "k", { signal }),
      take(client.watch({ signal })),
    ];
    const told = waiting.map((each) =>
      rejects(each, (error) => codeIs("aborted")(error) && error instanceof Error && error.cause === "enough")
    );
    await until(() => n1.count("broadcast") === 1 && n1.count("watch") === 1, "all were asked");
    abort.abort("enough");
    await Promise.all(told);
    await rejects(client.broadcast(1, { signal }), codeIs("aborted"));
    await rejects(take(client.watch({ signal })), codeIs("aborted"));
    // Else it waits for the answer to what was sent.
    n1.hangUp();
  });
});

test("a signal ends a connecting, and the client with all that it does", async () => {
  const silent = await FakeNode.start("n1", stay);
  const n2 = await node("n2", stay);
  await withNodes([silent, n2], async () => {
    const connecting = new AbortController();
    const connected = rejects(connect({ at: silent.at, signal: connecting.signal }), codeIs("aborted"));
    connecting.abort();
    await connected;
    const abort = new AbortController();
    const client = await connect({ at: n2.at, signal: abort.signal });
    const told = rejects(client.broadcast(1), codeIs("aborted"));
    const watched = rejects(take(client.watch()), codeIs("aborted"));
    await until(() => n2.count("broadcast") === 1 && n2.count("watch") === 1, "both were asked");
    abort.abort();
    await Promise.all([told, watched, client.close()]);
    await until(() => n2.visits.every(({ socket }) => socket.destroyed), "the connections are closed");
  });
});

test("close waits for what is under way, takes no more and ends watches", async () => {
  const waiting: (() => void)[] = [];
  const n1 = await node("n1", (body, visit) => void waiting.push(() => obliging(body, visit)));
  await withNodes([n1], async () => {
    const client = await connect({ at: n1.at });
    const told = client.broadcast(1);
    const watched = rejects(take(client.watch()), codeIs("closed"));
    await until(() => waiting.length === 2, "both were asked");
    const closed = client.close();
    await rejects(client.broadcast(2), codeIs("closed"));
    await watched;
    for (const answer of waiting) answer();
    await Promise.all([told, closed, client.close()]);
    await rejects(take(client.read()), codeIs("closed"));
  });
});

test("a bounded number of bytes is under way, and a bounded number waits", async () => {
  const waiting: [Body, Visit][] = [];
  const n1 = await node("n1", (body, visit) => void waiting.push([body, visit]));
  await using([n1], async (client) => {
    await client.ready();
    const value = "x".repeat(VALUE_BYTES_MAX - 2);
    const count = (WAITING_BYTES_MAX + IN_FLIGHT_BYTES_MAX) / VALUE_BYTES_MAX;
    const told = Array.from({ length: IN_FLIGHT_BYTES_MAX / VALUE_BYTES_MAX }, () => client.broadcast(value));
    await until(() => waiting.length === told.length, "as many are under way as may be");
    while (told.length < count) told.push(client.broadcast(value));
    await rejects(client.broadcast(value), codeIs("busy"));
    equal(waiting.length, IN_FLIGHT_BYTES_MAX / VALUE_BYTES_MAX);
    let hasRoom = false;
    const room = client.ready().then(() => hasRoom = true);
    for (let answered = 0; answered < count; answered++) {
      if (answered === count / 2) equal(hasRoom, false);
      await until(() => waiting.length > answered);
      const [body, visit] = waiting[answered] ?? [];
      if (body !== undefined && visit !== undefined) obliging(body, visit);
    }
    await Promise.all([...told, room]);
  });
});
