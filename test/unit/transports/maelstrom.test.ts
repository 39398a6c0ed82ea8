/** The stdin/stdout carrier and the node on it: every way to end, and every limit met. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import type { Envelope } from "../../../lib/core/message.ts";
import { HELD_BYTES_MAX } from "../../../transports/lines/writer.ts";
import { DRAIN_MS_MAX, MaelstromTransport } from "../../../transports/maelstrom.ts";
import { REASON_CHARS_MAX, shortened } from "../../../transports/shortened.ts";
import { until } from "../../shared/until.ts";
import { withVirtualTimers } from "../../shared/virtual_timers.ts";
import { REPORTS_PER_SECOND_MAX, runMaelstrom } from "../../../lib/service/maelstrom.ts";

const init = '{"src":"c1","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}}';

const broadcast = '{"src":"c1","dest":"n0","body":{"type":"broadcast","msg_id":2,"message":"?"}}';

test("runMaelstrom() answers, and at the end of input flushes and resolves to 0", async () => {
  const { input, output, run } = rig();
  input.end(init);
  assert.equal(await run, 0);
  const reply: Envelope = { src: "n0", dest: "c1", body: { type: "init_ok", in_reply_to: 1 } };
  assert.deepEqual(linesOf(output).map((line) => JSON.parse(line)), [reply]);
});

test("runMaelstrom() resolves to 0 when the reader of the output leaves, and does not throw", async () => {
  const { input, output, run } = rig();
  output.destroy(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
  input.write(`${init}\n`);
  assert.equal(await run, 0);
});

test("runMaelstrom() resolves to 1 when the output fails, and says why", async () => {
  const { input, output, errors, run } = rig();
  output.destroy(Object.assign(new Error("no room"), { code: "ENOSPC" }));
  input.write(`${init}\n`);
  assert.equal(await run, 1);
  assert.deepEqual(linesOf(errors), [
    "hearsay: Cannot write to standard output as there is no room left on the disk",
  ]);
});

test("runMaelstrom() resolves to 0 when the input fails", async () => {
  const { input, run } = rig();
  input.destroy(new Error("EIO"));
  assert.equal(await run, 0);
});

test("runMaelstrom() puts nothing but messages on its output, whatever comes in", async () => {
  const { input, output, run } = rig();
  input.end(`hello\n\0\n{}\r\n[1]\n${init}\n"x`);
  await run;
  assert.deepEqual(linesOf(output).map((line) => JSON.parse(line).body.type), ["init_ok"]);
});

test("runMaelstrom() refuses what is no UTF-8, where an answer is wanted, and goes on [W1] [W2]", async () => {
  const { input, output, run } = rig();
  input.write(`${init}\n`);
  const [before = "", after = ""] = broadcast.split("?");
  input.write(Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(`${after}\n`)]));
  input.end(`${broadcast.replace("?", "\ufffd")}\n`);
  await run;
  assert.deepEqual(linesOf(output).slice(1).map((line) => JSON.parse(line).body), [
    { type: "error", code: 12, text: "this is not UTF-8", in_reply_to: 2 },
    { type: "broadcast_ok", in_reply_to: 2 },
  ]);
});

test("runMaelstrom() has its timers, however much comes in", async () => {
  const [before, flooded] = [init.replace("[", '["n1",'), "no message\n".repeat(10_000)];
  const { input, output, run } = rig();
  input.write(`${before}\n${broadcast}\n`);
  let said = "";
  output.on("data", (chunk) => said += String(chunk));
  const flood = () => {
    // As a pipe that is always full: whatever is read is there again at once.
    while (!input.writableEnded && input.write(flooded));
  };
  input.on("drain", flood);
  flood();
  await until(() => said.split('"dest":"n1"').length > 2, "it tells n1 again");
  input.end();
  await run;
});

test("runMaelstrom() takes null ids as absent, and answers a refused request where an answer is wanted [W1] [W2]", async () => {
  const { input, output, run } = rig();
  input.write(init.replace('"msg_id":1', '"msg_id":1,"in_reply_to":null') + "\n");
  input.write('{"src":"c1","dest":"n0","body":{"type":5,"msg_id":2}}\n');
  input.write('{"src":"c1","dest":"n0","body":{"type":5,"msg_id":null}}\n');
  input.end('{"src":"c1","dest":"n0","body":{"type":"x","msg_id":3,"in_reply_to":"2"}}\n');
  await run;
  const bodies = linesOf(output).map((line) => JSON.parse(line).body);
  const refused = (text: string, reply: number) => ({ type: "error", code: 12, text, in_reply_to: reply });
  assert.deepEqual(bodies, [
    { type: "init_ok", in_reply_to: 1 },
    refused("an envelope /body/type must be string", 2),
    refused("an envelope /body/in_reply_to must be integer", 3),
  ]);
});

test("runMaelstrom() prints at most REPORTS_PER_SECOND_MAX reports of a flood, and their number", async () => {
  const { input, errors, run } = rig();
  input.end("bad\n".repeat(100_000));
  await run;
  const printed = linesOf(errors);
  // A slow machine may take more than a second to read the flood.
  assert.ok(printed.length <= 10 * REPORTS_PER_SECOND_MAX, `${printed.length} lines`);
  assert.equal(printed.at(-1), "hearsay: dropped in all: 100000");
});

test("shortened() gives one printable line of at most REASON_CHARS_MAX characters", () => {
  const longest = "x".repeat(REASON_CHARS_MAX);
  assert.equal(shortened(longest), longest);
  assert.equal(shortened(`${longest}x`), `${longest}…`);
  assert.equal(shortened("a\nb\u001b[1m\u0085"), "a?b?[1m?");
});

test("the Maelstrom carrier holds at most HELD_BYTES_MAX for a stalled output, and replies still find room", () => {
  const transport = new MaelstromTransport(new PassThrough(), new Stalled());
  const dropped: string[] = [];
  transport.open({ ...silent, onDropped: (reason) => dropped.push(reason) });
  const text = "x".repeat(1_000_000);
  for (let held = 0; held < HELD_BYTES_MAX; held += text.length) transport.send(envelope("n1", text));
  assert.deepEqual(dropped, [`to n1: the output holds ${HELD_BYTES_MAX} bytes that nobody reads`]);
  transport.send(envelope("c1", text));
  assert.equal(dropped.length, 1);
  for (let held = 0; held < HELD_BYTES_MAX; held += text.length) transport.send(envelope("c1", text));
  assert.match(dropped[1] ?? "", /^to c1: /);
});

test("the Maelstrom carrier gives a client a reply longer than a line from a node may be", async () => {
  const output = new PassThrough();
  const transport = new MaelstromTransport(new PassThrough(), output);
  transport.open({ ...silent, onDropped: (reason) => assert.fail(reason) });
  transport.send(envelope("c1", "x".repeat(3_000_000)));
  const [line] = await firstLine(output);
  assert.equal(line?.length, JSON.stringify(envelope("c1", "x".repeat(3_000_000))).length);
});

test("the Maelstrom carrier closes over a stalled output after its drain limit, and says what was cut", async () => {
  const transport = new MaelstromTransport(new PassThrough(), new Stalled(), 10);
  const dropped: string[] = [];
  transport.open({ ...silent, onDropped: (reason) => dropped.push(reason) });
  transport.send(envelope("c1", ""));
  await transport.close();
  const bytes = JSON.stringify(envelope("c1", "")).length + 1;
  assert.deepEqual(dropped, [`nobody read the last ${bytes} bytes within 10 ms`]);
});

test("the Maelstrom carrier waits for a stalled output for DRAIN_MS_MAX, and no longer", () =>
  withVirtualTimers(DRAIN_MS_MAX, async ({ pass }) => {
    const transport = new MaelstromTransport(new PassThrough(), new Stalled());
    transport.open(silent);
    transport.send(envelope("c1", ""));
    let isClosed = false;
    const closed = transport.close().then(() => isClosed = true);
    pass(DRAIN_MS_MAX - 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal(isClosed, false);
    pass(1);
    await closed;
    assert.ok(transport.cutBytes > 0);
  }));

const silent = { onEnvelope: () => {}, onDropped: () => {}, onEnd: () => {} };

function rig() {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  return { input, output, errors, run: runMaelstrom({ input, output, errors }) };
}

function envelope(dest: string, text: string): Envelope {
  return { src: "n0", dest, body: { type: "note", text } };
}

function linesOf(stream: PassThrough): string[] {
  let text = "";
  for (let chunk: unknown = stream.read(); chunk !== null; chunk = stream.read()) text += String(chunk);
  return text === "" ? [] : text.trimEnd().split("\n");
}

async function firstLine(stream: PassThrough): Promise<string[]> {
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.endsWith("\n")) break;
  }
  return text.split("\n");
}

/** A stream whose first write never ends. */
class Stalled extends Writable {
  override _write(): void {}
}
