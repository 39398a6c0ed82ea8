/** Values are followed over nodes that come and go: each entry once, from a position, as fast as they are taken. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { read } from "../../../lib/commands/client/read.ts";
import { linePrinter, spellValue } from "../../../lib/commands/terminal/value_printer.ts";
import type { Item } from "../../../lib/client/watching/item.ts";
import { Nodes } from "../../../lib/client/nodes.ts";
import { positionText } from "../../../lib/client/position.ts";
import { Digest } from "../../../lib/core/log/digest.ts";
import { Recent } from "../../../lib/client/watching/recent.ts";
import {
  type Ending,
  RETRY_MS_MAX,
  RETRY_MS_MIN,
  SETTLED_MS,
  Stream,
  type StreamOptions,
} from "../../../lib/client/watching/stream.ts";
import type { Range } from "../../../lib/core/log/runs.ts";
import type { Body, Json } from "../../../lib/core/message.ts";
import { seeded } from "../../../lib/core/random.ts";
import { listen } from "../../shared/io.ts";
import {
  deadAddress,
  FakeNode,
  type Script,
  until,
  type Visit,
  type WireRun,
  withNodes,
} from "./fake_node.ts";

const LONG_MS = 20_000;
/** How much longer a busy machine may take, ms. */
const BUSY_MS = 5_000;
/** How long a node may be silent: a busy machine needs some of it where a node does answer, ms. */
const PATIENCE_MS = 600;
/** A timer may ring that much too early, ms. */
const TIMER_EARLY_MS = 2;

/** Answers a watch, sends these runs a batch each, and then ends it or not. */
function serving(
  batches: readonly (readonly WireRun[])[],
  then: (visit: Visit, body: Body) => void = end,
): Script {
  return (body, visit) => {
    if (body.type !== "watch") return;
    visit.say({ type: "watch_ok", values: 0 }, body);
    for (const runs of batches) visit.say({ type: "values", runs }, body);
    then(visit, body);
  };
}

function end(visit: Visit, body: Body): void {
  visit.say({ type: "watch_end" }, body);
}

function hangUp({ socket }: Visit): void {
  socket.end();
}

function stay(): void {}

function streamOf(
  nodes: readonly { readonly at: string }[],
  changes: Partial<StreamOptions> & { timeoutMs?: number } = {},
) {
  const { timeoutMs = LONG_MS, ...more } = changes;
  const taken: Json[] = [];
  const at = nodes.map((node) => ({ host: "127.0.0.1", port: Number(node.at.split(":")[1]) }));
  const position = new Digest();
  const stream = new Stream({
    nodes: new Nodes({ at, timeoutMs, verbose: false }, () => {}),
    random: seeded(1),
    position,
    recent: new Recent(),
    follow: true,
    take: ({ items }) => Promise.resolve(taken.push(...valuesIn(items)) > 0),
    ...more,
  });
  return { stream, taken, position };
}

function valuesIn(items: readonly Item[]): Json[] {
  return items.map(({ text }) => JSON.parse(text));
}

/** What `hearsay read` prints and says of these nodes. */
async function reading(nodes: readonly FakeNode[], ...args: string[]) {
  const { io, out, err } = listen();
  let status = -1;
  await withNodes(nodes, async () => {
    status = await read(["--at", nodes.map((node) => node.at).join(), ...args], io);
  });
  return { status, out: out.join(""), err: err.join("") };
}

test("read prints each value once, a line each or as one array", async () => {
  const batches: WireRun[][] = [[["a", 1, [1, "two"]], ["b", 1, [{ x: 1, y: 2 }]]], [["b", 2, [
    { y: 2, x: 1 },
    null,
  ]]]];
  const start = () => FakeNode.start("n1", serving(batches));
  deepEqual(await reading([await start()]), { status: 0, out: '1\n"two"\n{"x":1,"y":2}\nnull\n', err: "" });
  deepEqual(await reading([await start()], "--json"), {
    status: 0,
    out: '[1,"two",{"x":1,"y":2},null]\n',
    err: "",
  });
});

test("read of nothing prints nothing, or an empty array", async () => {
  const start = () => FakeNode.start("n1", serving([]));
  deepEqual(await reading([await start()]), { status: 0, out: "", err: "" });
  deepEqual(await reading([await start()], "--json"), { status: 0, out: "[]\n", err: "" });
});

test("read goes on at the next node where one breaks off, and says nothing of it", async () => {
  const first = await FakeNode.start("n1", serving([[["a", 1, [1, 2]]]], hangUp));
  const second = await FakeNode.start("n2", serving([[["b", 1, [9]], ["a", 1, [1, 2, 3]]]]));
  deepEqual(await reading([first, second]), { status: 0, out: "1\n2\n9\n3\n", err: "" });
  deepEqual(second.asked[0]?.["from"], [["a", [1, 2]]]);
  equal(second.asked[0]?.["follow"], false);
});

const records: WireRun[] = [
  ["a", 1, [[1], [2, "x"], ["on", null, "k", 1_700_000_000_000_000], [3, "y", "l", 5]], "t"],
  ["a", 5, [[null, null, "k", 6, true], [null, "z", "k", 7, true]], "t"],
  ["b", 1, ["plain"]],
  ["b", 2, [[{ "": 1 }, "x"]], ""],
];

test("of topics the values are printed, or all that belongs to them", async () => {
  const start = () => FakeNode.start("n1", serving([records]));
  const values = ["1", "2", '"on"', "3", '"plain"', '{"":1}'];
  const node = await start();
  deepEqual(await reading([node], "--topic", "t,u*", "--topic", "v"), {
    ...{ status: 0, out: `${values.join("\n")}\n`, err: "" },
  });
  deepEqual([node.asked[0]?.["topics"], node.asked[0]?.["latest"]], [["t", "u*", "v"], undefined]);
  equal((await reading([await start()], "--json")).out, `[${values.join()}]\n`);
  const objects = [
    '{"topic":"t","value":1}',
    '{"topic":"t","id":"x","value":2}',
    '{"topic":"t","key":"k","stamp":1700000000000000,"value":"on"}',
    '{"topic":"t","key":"l","id":"y","stamp":5,"value":3}',
    '{"topic":"t","key":"k","stamp":6,"deleted":true}',
    '{"topic":"t","key":"k","id":"z","stamp":7,"deleted":true}',
    '{"topic":"","value":"plain"}',
    '{"topic":"","id":"x","value":{"":1}}',
  ];
  equal((await reading([await start()], "--records")).out, `${objects.join("\n")}\n`);
  equal((await reading([await start()], "--records", "--json")).out, `[${objects.join()}]\n`);
});

test("a batch of deletions alone prints no value", async () => {
  const deletion: WireRun = ["a", 1, [[null, null, "k", 6, true]], "t"];
  const batches = [[deletion], [["a", 2, [7]]]] satisfies WireRun[][];
  equal((await reading([await FakeNode.start("n1", serving(batches))], "--json")).out, "[7]\n");
});

test("a watch asks for its topics, and for the latest, at every node", async () => {
  const first = await FakeNode.start("n1", serving([[["a", 1, [[1, null, "k", 1]], "t"]]], hangUp));
  const second = await FakeNode.start("n2", serving([]));
  await withNodes([first, second], async () => {
    const { stream } = streamOf([first, second], { follow: false, wanted: { topics: ["t"], latest: true } });
    equal(await stream.run(), "end");
    for (const { asked: [body] } of [first, second]) {
      deepEqual([body?.["topics"], body?.["latest"]], [["t"], true]);
    }
  });
});

test("values that are gone are said on standard error, and read goes on", async () => {
  const node = await FakeNode.start(
    "n1",
    serving([[["a", 1, 3], ["a", 4, [4]]], [["b", 1, 1], ["a", 2, 2]]]),
  );
  deepEqual(await reading([node], "--json"), {
    status: 0,
    out: "[4]\n",
    err: "gap: 3 values of a are gone, from 1 on\ngap: 1 value of b is gone, from 1 on\n",
  });
});

test("what is gone counts as had, and only what was not had is gone", async () => {
  const first = await FakeNode.start("n1", serving([[["a", 1, [1, 2]], ["a", 6, 5]]], hangUp));
  const second = await FakeNode.start("n2", serving([[["a", 1, 12]]]));
  await withNodes([first, second], async () => {
    const gone: Range[] = [];
    const values: Json[] = [];
    const { stream, position } = streamOf([first, second], {
      follow: false,
      take({ items, gaps }) {
        values.push(...valuesIn(items));
        gone.push(...gaps);
        return Promise.resolve(true);
      },
    });
    equal(await stream.run(), "end");
    deepEqual(second.asked[0]?.["from"], [["a", [1, 2, 6, 10]]]);
    deepEqual(gone, [
      { origin: "a", seq: 6, count: 5 },
      { origin: "a", seq: 3, count: 3 },
      { origin: "a", seq: 11, count: 2 },
    ]);
    deepEqual([values, positionText(position)], [[1, 2], "a:1-12"]);
  });
});

test("what a node passes over counts as had, so that positions have no holes, and is news that moves them", async () => {
  const values = (visit: Visit, body: Body, runs: readonly WireRun[], had: unknown) =>
    visit.say({ type: "values", runs, had }, body);
  const first = await FakeNode.start("n1", (body, visit) => {
    visit.say({ type: "watch_ok", values: 0 }, body);
    values(visit, body, [["a", 2, [[1]], "t"]], [["a", [1, 1, 3, 4]]]);
    values(visit, body, [], [["a", [5, 9]], ["b", [1, 3]]]);
    values(visit, body, [], [["b", [1, 3]]]);
    hangUp(visit);
  });
  const second = await FakeNode.start("n2", serving([]));
  await withNodes([first, second], async () => {
    let moves = 0;
    const onMoved = () => void moves++;
    const { stream, taken, position } = streamOf([first, second], { follow: false, onMoved });
    equal(await stream.run(), "end");
    deepEqual([taken, positionText(position), moves], [[1], "a:1-9;b:1-3", 2]);
    deepEqual(second.asked[0]?.["from"], [["a", [1, 9]], ["b", [1, 3]]]);
  });
});

test("a node is to hold first what came so long ago that a repeat of it would not be known [S11]", async () => {
  const first = await FakeNode.start("n1", serving([[["a", 1, [1, 2]]], [["b", 1, [3]]]], hangUp));
  const second = await FakeNode.start("n2", serving([[["b", 2, [4]]], [["b", 3, [5]]]], hangUp));
  const third = await FakeNode.start("n3", serving([[["b", 4, [6]]]], end));
  const recent = new class extends Recent {
    /** Half of what came is forgotten with each of these values. */
    override add(item: Item): boolean {
      if (["2", "3", "5"].includes(item.text)) this.aged++;
      return super.add(item);
    }

    aged = 0;

    override get turns(): number {
      return this.aged;
    }
  }();
  await withNodes([first, second, third], async () => {
    const position = Digest.fromWire([["z", [1, 1]]]);
    const { stream } = streamOf([first, second, third], { recent, position, follow: false });
    equal(await stream.run(), "end");
  });
  const awaited = [first, second, third].map(({ asked }) => asked[0]?.["awaits"]);
  deepEqual(awaited, [
    [["z", [1, 1]]],
    [["z", [1, 1]], ["a", [1, 2]]],
    [["z", [1, 1]], ["a", [1, 2]], ["b", [1, 1]]],
  ]);
});

test("read that comes to no end leaves its array open and says why", async () => {
  const first = await FakeNode.start("n1", serving([[["a", 1, [1]]]], hangUp));
  const second = await FakeNode.start(
    "n2",
    (body, visit) => visit.say({ type: "error", code: 10, text: "what?" }, body),
  );
  const { status, out, err } = await reading([first, second], "--json");
  deepEqual([status, out], [1, "[1"]);
  // The first one told nothing new when it was asked again.
  equal(
    err,
    `No node does it.\n  ${second.at} answers error 10: what?\n  ${first.at} closed the connection\n`,
  );
});

test("read ends well when nobody reads its output", async () => {
  const node = await FakeNode.start("n1", serving([[["a", 1, [1]]], [["a", 2, [2]]]]));
  const { io, out } = listen("", { outDrained: () => Promise.resolve(false) });
  await withNodes([node], async () => equal(await read(["--at", node.at], io), 0));
  deepEqual(out, ["1\n"]);
});

const bad: readonly (readonly [string, Script, RegExp])[] = [
  ["runs that are none", serving([[["a", 0, [1]]]]), /sends values that are malformed/],
  ["more entries than can be counted", serving([[["a", Number.MAX_SAFE_INTEGER, [1, 2]]]]), /malformed/],
  ["a longer gap than can be counted", serving([[["a", Number.MAX_SAFE_INTEGER, 1]]]), /malformed/],
  [
    "what is passed over and cannot be",
    (body, visit) => {
      visit.say({ type: "watch_ok", values: 0 }, body);
      visit.say({ type: "values", runs: [], had: [["a", [3, 1]]] }, body);
    },
    /malformed/,
  ],
  ["records that are none", serving([[["a", 1, [[1, 2, 3]], "t"]]]), /malformed/],
  [
    "another type",
    (body, visit) => visit.say({ type: "read_ok" }, body),
    /answers a watch with something else/,
  ],
  ["garbage after a good start", serving([], (visit) => visit.write("x\n")), /does not speak as a node does/],
];

for (const [what, script, reason] of bad) {
  test(`a node is given up that answers a watch with ${what}`, async () => {
    const { status, err } = await reading([await FakeNode.start("n1", script)]);
    equal(status, 1);
    match(err, reason);
  });
}

test("a node that sends known entries again and again, and hangs up, is given up", async () => {
  const node = await FakeNode.start("n1", serving([[["a", 1, [1]]]], hangUp));
  const { status, out } = await reading([node]);
  deepEqual([status, out, node.count("watch")], [1, "1\n", 2]);
});

test("a node that failed is tried again once another one has brought something", async () => {
  const first = await FakeNode.start("n1", (_, visit) => hangUp(visit));
  const second = await FakeNode.start("n2", (body, visit) => {
    const isFirst = second.asked.length === 1;
    serving([[["a", 1, [1, 2].slice(0, second.asked.length)]]], isFirst ? hangUp : end)(body, visit);
  });
  deepEqual(await reading([first, second]), { status: 0, out: "1\n2\n", err: "" });
  equal(first.asked.length, 2);
});

test("read gives up a node that is silent, though it shows signs of life", async () => {
  const living: ReturnType<typeof setInterval>[] = [];
  const script = serving(
    [],
    (visit) => living.push(setInterval(() => visit.say({ type: "hello", in_reply_to: 9 }), 5)),
  );
  const { status, err } = await reading([await FakeNode.start("n1", script)], "--timeout", `${PATIENCE_MS}`);
  clearInterval(living[0]);
  equal(status, 1);
  ok(err.includes(`is silent for ${PATIENCE_MS} ms`), err);
});

test("a watch of a node with nothing to say lives on its signs of life, and goes on when it is silent", async () => {
  const idle = await FakeNode.start("n1", (body, visit) => {
    if (body.type === "watch") visit.say({ type: "watch_ok", values: 0 }, body);
    else if (idle.count("echo") <= 3) visit.say({ type: "echo_ok", echo: null }, body);
  });
  const next = await FakeNode.start("n2", serving([[["a", 1, [1]]]], stay));
  await withNodes([idle, next], async () => {
    const { stream, taken } = streamOf([idle, next], { timeoutMs: PATIENCE_MS });
    const ran = stream.run();
    await until(() => taken.length === 1, "the next node was asked");
    ok(idle.count("echo") >= 2);
    deepEqual([idle.count("watch"), next.count("watch")], [1, 1]);
    stream.stop();
    equal(await ran, "stopped");
  });
});

test("a watch goes on at the next node from its position, misses nothing and repeats nothing", async () => {
  const first = await FakeNode.start("n1", serving([[["a", 1, [1, 2, 3]]]], hangUp));
  // It has one that the first had not, sends again what the position covers, and an equal value of another origin.
  const second = await FakeNode.start("n2", serving([[["a", 2, [2, 3, 4]], ["b", 1, [0, 1, 5]]]], stay));
  await withNodes([first, second], async () => {
    const { stream, taken, position } = streamOf([first, second]);
    const ran = stream.run();
    await until(() => taken.length === 6, "all values came");
    stream.stop();
    equal(await ran, "stopped");
    deepEqual(taken, [1, 2, 3, 4, 0, 5]);
    deepEqual(second.asked[0]?.["from"], [["a", [1, 3]]]);
    equal(positionText(position), "a:1-4;b:1-3");
  });
});

test("values that were not taken are in no position", async () => {
  const node = await FakeNode.start("n1", serving([[["a", 1, [1]]], [["a", 2, [2]]]], stay));
  await withNodes([node], async () => {
    const taken: Json[] = [];
    const { stream, position } = streamOf([node], {
      take: ({ items }) => Promise.resolve(taken.push(...valuesIn(items)) < 2),
    });
    equal(await stream.run(), "stopped");
    deepEqual([taken, positionText(position)], [[1, 2], "a:1"]);
  });
});

test("a stop waits for the values that are being taken, and its position has them", async () => {
  const node = await FakeNode.start("n1", serving([[["a", 1, [1]]], [["a", 2, [2]]]], stay));
  await withNodes([node], async () => {
    const printed = Promise.withResolvers<boolean>();
    let takes = 0;
    const { stream, position } = streamOf([node], { take: () => (takes++, printed.promise) });
    const ran = stream.run();
    await until(() => takes === 1, "the first batch came");
    stream.stop();
    printed.resolve(true);
    equal(await ran, "stopped");
    deepEqual([takes, positionText(position)], [1, "a:1"]);
  });
});

test("while values are not taken the node has to wait", async () => {
  const batch = "x".repeat(100_000);
  const batches = Array.from({ length: 400 }, (_, i): WireRun[] => [["a", i + 1, [`${i}${batch}`]]]);
  const node = await FakeNode.start("n1", serving(batches));
  await withNodes([node], async () => {
    const printed = Promise.withResolvers<boolean>();
    let takes = 0;
    const take = () => takes++ === 0 ? printed.promise : Promise.resolve(true);
    const { stream } = streamOf([node], { take, follow: false });
    const ran = stream.run();
    await until(() => takes === 1, "the first batch came");
    const held = () => node.visits[0]?.socket.writableLength ?? 0;
    // Sockets hold a few MB; it is at rest once nothing leaves any more.
    let before = -1;
    for (let rests = 0; rests < 10; rests++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (held() !== before) rests = 0;
      before = held();
    }
    ok(before > 20_000_000, `${before} bytes wait at the node`);
    printed.resolve(true);
    equal(await ran, "end");
    equal(takes, 400);
  });
});

test("a node that is not listened to owes no sign of life", async () => {
  let goOn = () => {};
  const node = await FakeNode.start(
    "n1",
    serving([[["a", 1, [1]]]], (visit, body) => goOn = () => end(visit, body)),
  );
  await withNodes([node], async () => {
    const take = async () => {
      await new Promise((resolve) => setTimeout(resolve, 2 * PATIENCE_MS));
      goOn();
      return true;
    };
    const { stream } = streamOf([node], { take, follow: false, timeoutMs: PATIENCE_MS });
    equal(await stream.run(), "end");
    equal(node.count("watch"), 1);
  });
});

test("a watch that had a node tries all again while none answers, and says so once", async () => {
  const said: boolean[] = [];
  let script = serving([[["a", 1, [1]]]], hangUp);
  const node = await FakeNode.start("n1", (body, visit) => script(body, visit));
  await withNodes([node], async () => {
    const { stream, taken } = streamOf([node], { onOutage: (isOut) => said.push(isOut) });
    const ran = stream.run();
    await until(() => taken.length === 1, "the first value came");
    script = (_, visit) => visit.socket.destroy();
    await until(() => node.count("watch") >= 4, "it was tried again and again");
    script = serving([[["a", 1, [1, 2]]]], stay);
    await until(() => taken.length === 2, "the node was watched again");
    deepEqual([taken, said], [[1, 2], [true, false]]);
    stream.stop();
    equal(await ran, "stopped");
  });
});

test("a watch that never had a node fails, and one in an outage can be stopped at once", async () => {
  const dead = await deadAddress();
  equal(await streamOf([{ at: `x:${dead.port}` }]).stream.run(), "failed");
  const node = await FakeNode.start("n1", serving([], hangUp));
  const { stream } = streamOf([node], { onOutage: () => stream.stop() });
  const ending: Ending = await stream.run();
  equal(ending, "stopped");
  await node.stop();
});

test("waits in an outage lie between RETRY_MS_MIN and RETRY_MS_MAX", async () => {
  const tries: number[] = [];
  const node = await FakeNode.start(
    "n1",
    serving([], (visit) => {
      tries.push(performance.now());
      hangUp(visit);
    }),
  );
  await withNodes([node], async () => {
    const said: boolean[] = [];
    const { stream } = streamOf([node], { onOutage: (isOut) => said.push(isOut) });
    const ran = stream.run();
    await until(() => tries.length === 4, "it was tried again");
    stream.stop();
    await ran;
    deepEqual(said, [true], "a node that hangs up at once has ended no outage");
    for (let i = 1; i < tries.length; i++) {
      const waitedMs = (tries[i] ?? 0) - (tries[i - 1] ?? 0);
      ok(waitedMs >= RETRY_MS_MIN - TIMER_EARLY_MS && waitedMs < RETRY_MS_MAX + BUSY_MS, `${waitedMs} ms`);
    }
  });
});

test("a node that stays for SETTLED_MS has ended an outage", async () => {
  const said: boolean[] = [];
  let hungUpAt = Infinity;
  const node = await FakeNode.start(
    "n1",
    serving([], (visit) => {
      if (node.visits.length >= 3) return stay();
      hungUpAt = performance.now();
      hangUp(visit);
    }),
  );
  await withNodes([node], async () => {
    const { stream } = streamOf([node], { onOutage: (isOut) => said.push(isOut) });
    const ran = stream.run();
    await until(() => node.count("watch") === 3, "it was tried again");
    await until(() => said.length === 2, "the outage is over");
    // Read before it could begin to settle: whatever holds this process up makes it only longer.
    ok(performance.now() - hungUpAt >= SETTLED_MS - TIMER_EARLY_MS);
    stream.stop();
    await ran;
    deepEqual(said, [true, false]);
  });
});

test("values are printed as they leave, a line each", async () => {
  const { io, out } = listen();
  const items = [1, "a\nb", { x: [] }].map((value) => ({
    ...{ text: JSON.stringify(value), topic: "", origin: "a", seq: 1 },
  }));
  equal(
    await linePrinter(io, spellValue).print(items),
    true,
  );
  deepEqual(out, ['1\n"a\\nb"\n{"x":[]}\n']);
});
