/** Values are told to one node after the other until each is acknowledged, with bounds on what is under way. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { broadcast, REFUSALS_SHOWN_MAX } from "../../../lib/commands/client/broadcast.ts";
import { type Belongings, Broadcaster } from "../../../lib/client/broadcaster.ts";
import { ENVELOPE_BYTES, IN_FLIGHT_BYTES_MAX } from "../../../lib/client/requests.ts";
import { Nodes } from "../../../lib/client/nodes.ts";
import { LineValues, valueOf, valuesOf } from "../../../lib/client/values.ts";
import { VALUE_DEPTH_MAX } from "../../../lib/core/log/canonical.ts";
import { KEY_BYTES_MAX } from "../../../lib/core/keys/names.ts";
import type { Body } from "../../../lib/core/message.ts";
import { VALUE_BYTES_MAX } from "../../../lib/core/node.ts";
import { LINE_BYTES_MAX } from "../../../transports/lines/reader.ts";
import { listen } from "../../shared/io.ts";
import { deadAddress, FakeNode, type Script, until, type Visit, withNodes } from "./fake_node.ts";

/** What a request takes beside its value, about. */
const REQUEST_BYTES = ENVELOPE_BYTES + '"type":"broadcast","message":'.length;

const acknowledge: Script = (body, visit) => visit.say({ type: "broadcast_ok" }, body);

function messages({ asked }: FakeNode): unknown[] {
  return asked.map((body) => body["message"]);
}

async function run(nodes: readonly { readonly at: string }[], words: readonly string[], input = "") {
  const { io, out, err } = listen(input);
  const at = nodes.map((node) => node.at).join(",");
  const status = await broadcast(["--at", at, "--timeout", "20000", ...words], io);
  return { status, out: out.join(""), err: err.join("") };
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, i) => `${i}\n`).join("");
}

test("a value is JSON where it is JSON, otherwise a string, or always a string", () => {
  const texts = ["1", "hello", '{"a":[null]}', '"1"', "007", "", "-1.5"];
  const json = (asString: boolean) =>
    texts.map((text) => {
      const value = valueOf(text, asString);
      return value.ok ? JSON.parse(value.json) : value.reason;
    });
  deepEqual(json(false), [1, "hello", { a: [null] }, "1", "007", "", -1.5]);
  deepEqual(json(true), texts);
});

test("a value is sent as it was written, and whatever is no JSON as a string", async () => {
  const told: string[] = [];
  const node = await FakeNode.start("n1", acknowledge, ({ socket }) => {
    socket.on("data", (chunk: Uint8Array) => told.push(String(chunk)));
  });
  await withNodes([node], async () => {
    const texts = ['{"b": 1e2,"a":[1,  2]}', "1,2", '1},"x":{', "\\u0041", '"\\u0041"'];
    equal((await run([node], [], texts.map((text) => `${text}\n`).join(""))).status, 0);
    deepEqual(messages(node), [{ b: 100, a: [1, 2] }, "1,2", '1},"x":{', "\\u0041", "A"]);
    ok(told.join("").includes('"message":{"b": 1e2,"a":[1,  2]},"msg_id":1}}'));
  });
});

test("values are told with their topic and their key", async () => {
  const node = await FakeNode.start("n1", acknowledge);
  await withNodes([node], async () => {
    equal((await run([node], ["--topic", "t", "--id", 'x"y', "1"])).status, 0);
    equal((await run([node], ["--topic", "t", "2"])).status, 0);
    deepEqual(node.asked.map(({ message, topic, id, key }) => [message, topic, id, key]), [
      [1, "t", 'x"y', undefined],
      [2, "t", undefined, undefined],
    ]);
  });
});

for (const words of [["--event"], ["--key", "k"]]) {
  test(`each value with ${words[0]} has an id of its own, which stays its own at the next node`, async () => {
    const first = await FakeNode.start("n1", (body, visit) => {
      if (first.asked.length <= 4) acknowledge(body, visit);
      if (first.asked.length === 10) visit.socket.end();
    });
    const second = await FakeNode.start("n2", acknowledge);
    await withNodes([first, second], async () => {
      equal((await run([first, second], words, "same\n".repeat(10))).status, 0);
      const ids = ({ asked }: FakeNode) => asked.map((body) => String(body["id"]));
      equal(new Set(ids(first)).size, 10);
      deepEqual(ids(second), ids(first).slice(4));
      match(ids(first)[0] ?? "", /^[0-9a-z]{15,25}-1$/);
      deepEqual(first.asked.map((body) => body["key"]), Array(10).fill(words[1]));
      equal((await run([second], words, "same\n")).status, 0);
      ok(!ids(first).includes(ids(second).at(-1) ?? ""), "another run has other ids");
    });
  });
}

test("a value that no node would take is not sent", () => {
  const longest = "x".repeat(VALUE_BYTES_MAX - 2);
  const deepest = "[".repeat(VALUE_DEPTH_MAX) + "]".repeat(VALUE_DEPTH_MAX);
  const fault = (text: string) => {
    const value = valueOf(text, false);
    return value.ok ? undefined : value.reason;
  };
  // Written anew, each takes 21 characters and a comma.
  const longNumbers = (count: number) => `[${Array(count).fill("1e20").join()}]`;
  const most = Math.floor((VALUE_BYTES_MAX - 1) / 22);
  const texts = [longest, `${longest}x`, longNumbers(most), longNumbers(most + 1), deepest, `[${deepest}]`];
  deepEqual(texts.map(fault), [
    undefined,
    `it is over ${VALUE_BYTES_MAX} bytes as JSON`,
    undefined,
    `it is over ${VALUE_BYTES_MAX} bytes as JSON`,
    undefined,
    `it is nested over ${VALUE_DEPTH_MAX} deep`,
  ]);
});

test("each value is told once, and nothing is printed when all are acknowledged", async () => {
  const node = await FakeNode.start("n1", acknowledge);
  await withNodes([node], async () => {
    deepEqual(await run([node], ["1", "two", "--", "--three"]), { status: 0, out: "", err: "" });
    deepEqual(messages(node), [1, "two", "--three"]);
    deepEqual(await run([node], ["1", "--string", "--verbose"]), {
      status: 0,
      out: "",
      err: "1 value acknowledged by n1.\n",
    });
    equal(messages(node).at(-1), "1");
  });
});

test("lines of input are values, the last one without its end, and empty ones are none", async () => {
  const node = await FakeNode.start("n1", acknowledge);
  await withNodes([node], async () => {
    equal((await run([node], [], "1\n\n[2]\r\nthree\n4")).status, 0);
    deepEqual(messages(node), [1, [2], "three", 4]);
    // No node is needed where there is nothing to tell.
    const dead = await deadAddress();
    equal((await run([{ at: `127.0.0.1:${dead.port}` }], [], "")).status, 0);
  });
});

test("a line of input that is no UTF-8 is not told, and the others are", async () => {
  const node = await FakeNode.start("n1", acknowledge);
  await withNodes([node], async () => {
    const input = () => Readable.from([Buffer.from("1\n\xff2\n3\n", "latin1")]);
    const { io, err } = listen("", { input });
    equal(await broadcast(["--at", node.at], io), 1);
    deepEqual(messages(node), [1, 3]);
    equal(err.join(""), "Cannot broadcast \ufffd2: it is not UTF-8\n2 of 3 values acknowledged.\n");
  });
});

test("a byte order mark is no part of the first value, and elsewhere it is what it is", async () => {
  const node = await FakeNode.start("n1", acknowledge);
  await withNodes([node], async () => {
    equal((await run([node], [], "\ufeff41\r\n\ufeff42\n")).status, 0);
    equal((await run([node], [], "\ufeff\n43\n")).status, 0);
    deepEqual(messages(node), [41, "\ufeff42", 43]);
  });
});

test("a node that takes values no more has answered, and values that were not read are not counted", async () => {
  const node = await FakeNode.start("n1", (body, visit) => {
    if (Number(body["message"]) < 2_000) acknowledge(body, visit);
    else visit.say({ type: "error", code: 11, text: "full" }, body);
  });
  await withNodes([node], async () => {
    // Longer than what is under way.
    const input = new PassThrough();
    input.write(lines(40_000));
    const { io, err } = listen("", { input: () => input });
    equal(await broadcast(["--at", node.at], io), 1);
    const said = err.join("");
    const underWay = Number(/^[^:]+: 2000 values acknowledged\. Up to (\d+) more /.exec(said)?.[1]);
    ok(underWay > 0 && underWay <= IN_FLIGHT_BYTES_MAX / REQUEST_BYTES, said);
    equal(
      said,
      `No node takes values now: 2000 values acknowledged. Up to ${underWay} more may have been taken all the same. ` +
        `What follows was not sent.\n  ${node.at} answers error 11: full\n`,
    );
  });
});

test("values that are unanswered when a connection breaks are told to the next node, and no others", async () => {
  // Of ten it answers four.
  const first = await FakeNode.start("n1", (body, visit) => {
    if (first.asked.length <= 4) acknowledge(body, visit);
    if (first.asked.length === 10) visit.socket.end();
  });
  const second = await FakeNode.start("n2", acknowledge);
  await withNodes([first, second], async () => {
    const { status, err } = await run([first, second], ["--verbose"], lines(10));
    deepEqual(messages(second), [4, 5, 6, 7, 8, 9]);
    deepEqual([status, err], [
      0,
      `${first.at} closed the connection\n10 values acknowledged by n1, n2.\n`,
    ]);
  });
});

test("a node that is temporarily unavailable, silent or not there is followed by the next", async () => {
  const full = await FakeNode.start(
    "n1",
    (body, visit) => visit.say({ type: "error", code: 11, text: "full" }, body),
  );
  const silent = await FakeNode.start("n2", () => {});
  const dead = await deadAddress();
  const good = await FakeNode.start("n3", acknowledge);
  await withNodes([full, silent, good], async () => {
    const nodes = [full, { at: `127.0.0.1:${dead.port}` }, silent, good];
    const { io, err } = listen("1\n2\n");
    equal(
      await broadcast(["--verbose", "--timeout", "1000", "--at", nodes.map(({ at }) => at).join()], io),
      0,
    );
    deepEqual(messages(good), [1, 2]);
    deepEqual(err, [
      `${full.at} answers error 11: full\n`,
      `127.0.0.1:${dead.port} refuses the connection: nothing listens there\n`,
      `${silent.at} gives no answer within 1000 ms\n`,
      "2 values acknowledged by n3.\n",
    ]);
  });
});

test("when every node has failed it says why each did, and what became of the values", async () => {
  const first = await FakeNode.start("n1", (body, visit) => {
    if (body["message"] === 0) acknowledge(body, visit);
    else visit.socket.end();
  });
  const second = await FakeNode.start("n2", (_, visit) => void visit.socket.end());
  await withNodes([first, second], async () => {
    const { status, out, err } = await run([first, second], [], lines(3));
    deepEqual([status, out], [1, ""]);
    equal(
      err,
      "No node answers: 1 of 3 values acknowledged. Up to 2 more may have been taken all the same.\n" +
        `  ${second.at} closed the connection\n  ${first.at} closed the connection\n`,
    );
  });
});

test("a value that is refused is named, and the others are told all the same", async () => {
  const node = await FakeNode.start("n1", (body, visit) => {
    const isBad = body["message"] === "bad";
    visit.say(isBad ? { type: "error", code: 12, text: "not this" } : { type: "broadcast_ok" }, body);
  });
  await withNodes([node], async () => {
    const { status, err } = await run([node], [], `1\nbad\n${"x".repeat(LINE_BYTES_MAX + 1)}\n2\n`);
    deepEqual(messages(node), [1, "bad", 2]);
    equal(status, 1);
    deepEqual(err.split("\n").toSorted(), [
      "",
      "2 of 4 values acknowledged.",
      `Cannot broadcast "bad": answers error 12: not this`,
      `Cannot broadcast (a line): it is longer than ${LINE_BYTES_MAX} bytes`,
    ]);
  });
});

test("at most REFUSALS_SHOWN_MAX refused values are named, and all are counted", async () => {
  const node = await FakeNode.start(
    "n1",
    (body, visit) => visit.say({ type: "error", code: 12, text: "no" }, body),
  );
  await withNodes([node], async () => {
    const { err } = await run([node], [], lines(REFUSALS_SHOWN_MAX + 1));
    equal(err.split("\n").filter((line) => line.startsWith("Cannot broadcast ")).length, REFUSALS_SHOWN_MAX);
    ok(err.endsWith(`\n0 of ${REFUSALS_SHOWN_MAX + 1} values acknowledged.\n`));
  });
});

/** What is under way to a node that answers nothing, until `release`. */
async function underWay(words: readonly string[], belongings: Belongings = {}): Promise<number> {
  const waiting: (readonly [Body, Visit])[] = [];
  let isOpen = false;
  const node = await FakeNode.start("n1", (body, visit) => {
    if (isOpen) acknowledge(body, visit);
    else waiting.push([body, visit]);
  });
  let most = 0;
  await withNodes([node], async () => {
    const nodes = new Nodes({ at: [node.address], timeoutMs: 20_000, verbose: false }, () => {});
    const values = valuesOf(words, false);
    const broadcaster = new Broadcaster({ nodes, values, belongings, onRefused() {} });
    const ran = broadcaster.run();
    await until(
      () => broadcaster.unanswered > 0 && waiting.length === broadcaster.unanswered,
      "all under way came",
    );
    most = broadcaster.unanswered;
    isOpen = true;
    for (const [body, visit] of waiting) acknowledge(body, visit);
    equal(await ran, true);
    equal(broadcaster.acknowledged, words.length);
  });
  return most;
}

test("no more values are under way once their requests have IN_FLIGHT_BYTES_MAX", async () => {
  const most = Math.ceil(IN_FLIGHT_BYTES_MAX / (REQUEST_BYTES + 5));
  equal(await underWay(Array.from({ length: 2 * most }, (_, i) => `${10_000 + i}`)), most);
});

test("so it is with the longest values, each of which may go over", async () => {
  const value = "x".repeat(VALUE_BYTES_MAX - 2);
  const enough = IN_FLIGHT_BYTES_MAX / VALUE_BYTES_MAX;
  equal(await underWay(Array.from({ length: 3 * enough }, () => value)), enough);
});

for (const words of [[], ["--topic", "t", "--key", "k".repeat(KEY_BYTES_MAX)]]) {
  test(`about REQUEST_BYTES are what a request takes beside its value and ${words[0] ?? "nothing"}`, async () => {
    let bytes = 0;
    const node = await FakeNode.start("n1", acknowledge, ({ socket }) => {
      socket.on("data", (chunk: Uint8Array) => bytes += chunk.length);
    });
    await withNodes([node], async () => {
      equal((await run([node], words, lines(1_000))).status, 0);
      const [, topic, , key] = words;
      const ids = node.asked.reduce(
        (sum, { id }) => sum + (id === undefined ? 0 : `,"id":"${id}"`.length),
        0,
      );
      const told = topic === undefined ? 0 : `,"topic":"${topic}","key":"${key}"`.length;
      const each = (bytes - lines(1_000).length - ids) / 1_000 - told;
      ok(Math.abs(each - REQUEST_BYTES) < 8, `${each} bytes`);
    });
  });
}

test("what values are told with counts, too", async () => {
  const key = "k".repeat(KEY_BYTES_MAX);
  const most = Math.ceil(IN_FLIGHT_BYTES_MAX / (REQUEST_BYTES + `,"key":"${key}"`.length + 5));
  equal(await underWay(Array.from({ length: 2 * most }, (_, i) => `${10_000 + i}`), { key }), most);
});

test("more input is read only when all of it so far was taken", async () => {
  let reads = 0;
  const input = new Readable({
    highWaterMark: 1,
    read() {
      this.push(reads++ < 100 ? Buffer.from(`${reads}\n${reads}\n`) : null);
    },
  });
  const values = new LineValues(input, false);
  await values.ready();
  // What the stream has read ahead of itself.
  ok(reads <= 3, `${reads} reads`);
  const taken: unknown[] = [];
  while (!values.ended) {
    const value = values.next();
    if (value === undefined) await values.ready();
    else if (value.ok) taken.push(JSON.parse(value.json));
    ok(values.waiting <= 2);
  }
  deepEqual(taken, Array.from({ length: 200 }, (_, i) => 1 + Math.floor(i / 2)));
});

test("input that comes slowly keeps the connection, and a node that goes meanwhile has not failed", async () => {
  const node = await FakeNode.start("n1", acknowledge);
  await withNodes([node], async () => {
    const input = new Readable({ read() {} });
    const { io } = listen("", { input: () => input });
    const ran = broadcast(["--at", node.at], io);
    input.push("1\n");
    await until(() => messages(node).length === 1, "the first value came");
    input.push("2\n");
    await until(() => messages(node).length === 2, "the second value came");
    equal(node.visits.length, 1);
    node.hangUp();
    input.push("3\n");
    await until(() => messages(node).length === 3, "the third value came");
    input.push(null);
    equal(await ran, 0);
  });
});

test("a node that goes after it has answered all, though it took nothing, has not failed", async () => {
  const node = await FakeNode.start("n1", (body, visit) => {
    if (body["message"] !== "bad") return acknowledge(body, visit);
    visit.say({ type: "error", code: 12, text: "not this" }, body);
    visit.socket.end();
  });
  await withNodes([node], async () => {
    const input = new Readable({ read() {} });
    const { io, err } = listen("", { input: () => input });
    const ran = broadcast(["--at", node.at, "--verbose"], io);
    input.push("bad\n");
    await until(() => err.join("").includes("closed the connection"), "the node went");
    input.push("good\n");
    input.push(null);
    equal(await ran, 1);
    deepEqual(messages(node), ["bad", "good"]);
  });
});
