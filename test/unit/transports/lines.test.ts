/** Lines: how bytes are cut, which faults are tolerated, and that every limit holds. */
import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { below, seeded } from "../../../lib/core/random.ts";
import { FREE_BUFFERS_MAX, giveBuffer, takeBuffer } from "../../../transports/lines/buffers.ts";
import { LINE_BYTES_MAX, LineReader } from "../../../transports/lines/reader.ts";
import { LineWriter, PASSED_ON_MAX } from "../../../transports/lines/writer.ts";

const encoder = new TextEncoder();

test("LineReader cuts at newlines and keeps a beginning for the next chunk", () => {
  assert.deepEqual(read(["one\ntw", "o\nthree", "\n"]).lines, ["one", "two", "three"]);
});

test("LineReader passes over NUL bytes, empty lines and carriage returns", () => {
  assert.deepEqual(read(["\0one\r\n\n\r\n\0\ntw\0o\0\n\r", "\n"]).lines, ["one", "two"]);
});

test("LineReader tells of empty lines, however the bytes are cut, and how a line begins that has not ended", () => {
  for (const chunks of [["\none\r\n\r\n\nhé"], [..."\none\r\n\r\n\nhé"]]) {
    const heard: string[] = [];
    const reader = new LineReader({
      onLine: (line) => heard.push(line),
      onEmpty: () => heard.push("(empty)"),
      onOverlong: () => assert.fail(),
    });
    assert.equal(reader.half(9), "");
    for (const chunk of chunks) reader.push(encoder.encode(chunk));
    assert.deepEqual([reader.half(9), reader.half(1)], ["hé", "h…"]);
    reader.end();
    assert.equal(reader.half(9), "");
    assert.deepEqual(heard, ["(empty)", "one", "(empty)", "(empty)", "hé"]);
  }
});

test("LineReader takes a last line without a newline at the end of input", () => {
  assert.deepEqual(read(["one\n", "last"]).lines, ["one", "last"]);
  assert.deepEqual(read(["one\n"]).lines, ["one"]);
});

test("LineReader puts characters together that chunks cut apart", () => {
  const bytes = encoder.encode("é€𝄞\n𝄞\n");
  const single = [...bytes].map((byte) => Uint8Array.of(byte));
  assert.deepEqual(readBytes(single).lines, ["é€𝄞", "𝄞"]);
});

test("LineReader turns bytes that are no UTF-8 into U+FFFD and goes on", () => {
  assert.deepEqual(readBytes([Uint8Array.of(0xff, 10, 0xc3, 10, 65, 10)]).lines, ["\ufffd", "\ufffd", "A"]);
});

test("LineReader tells of a line that is no UTF-8 by itself, wherever chunks are cut, and of no other", () => {
  const lines = [[65, 0xff], [], [0xc3, 0xa9], [0xef, 0xbf, 0xbd], [0xed, 0xa0, 0x80], [0xc3], [66]];
  const bytes = Uint8Array.from(lines.flatMap((line) => [...line, 10]));
  for (let size = 1; size <= bytes.length; size++) {
    const heard: string[] = [];
    const reader = new LineReader({
      onLine: (line) => heard.push(line),
      onBroken: (line) => heard.push(`broken ${line}`),
      onOverlong: () => assert.fail(),
    });
    for (let from = 0; from < bytes.length; from += size) reader.push(bytes.subarray(from, from + size));
    assert.deepEqual(heard, [
      "broken A\ufffd",
      "é",
      "\ufffd",
      "broken \ufffd\ufffd\ufffd",
      "broken \ufffd",
      "B",
    ]);
  }
});

test("LineReader reads the same lines however the bytes are cut", () => {
  const random = seeded(7);
  const bytes = encoder.encode("\ufeffa\nbé\r\n\0\n\ufeffc€c\n\n𝄞x\u2028\nlast");
  const whole = readBytes([bytes]).lines;
  for (let round = 0; round < 500; round++) {
    const chunks: Uint8Array[] = [];
    for (let from = 0; from < bytes.length;) {
      const to = from + below(random, 9);
      chunks.push(bytes.subarray(from, to));
      from = to;
    }
    assert.deepEqual(readBytes(chunks).lines, whole);
  }
});

test("LineReader reads a line of LINE_BYTES_MAX bytes and drops one of a byte more", () => {
  const longest = "x".repeat(LINE_BYTES_MAX);
  assert.deepEqual(read([`${longest}\nnext\n`]), { lines: [longest, "next"], overlong: 0 });
  assert.deepEqual(read([`${longest}x\nnext\n`]), { lines: ["next"], overlong: 1 });
  assert.deepEqual(read([`${longest}x`]), { lines: [], overlong: 1 });
});

test("LineReader counts bytes, not characters", () => {
  assert.equal(read([`${"é".repeat(LINE_BYTES_MAX / 2)}\n`]).overlong, 0);
  assert.equal(read([`${"é".repeat(LINE_BYTES_MAX / 2)}x\n`]).overlong, 1);
});

test("LineReader says once, and before its end, that a line is too long", () => {
  let overlong = 0;
  const reader = new LineReader({
    onLine: () => assert.fail("the line is dropped"),
    onOverlong: () => overlong++,
  }, 8);
  reader.push(encoder.encode("12345678"));
  assert.equal(overlong, 0);
  reader.push(encoder.encode("9"));
  assert.equal(overlong, 1);
  for (let i = 0; i < 1000; i++) reader.push(encoder.encode("more"));
  reader.end();
  assert.equal(overlong, 1);
});

test("LineReader says each line that is too long, also within one chunk", () => {
  const { lines, overlong } = read(
    ["123456789\nok\n123456789\n123456789012345678901234567890\n12345678\n"],
    8,
  );
  assert.deepEqual({ lines, overlong }, { lines: ["ok", "12345678"], overlong: 3 });
});

test("LineReader tells a line that has begun from none, whatever it is of", () => {
  const reader = new LineReader({ onLine: () => {}, onOverlong: () => {} }, 8);
  const seen: boolean[] = [];
  for (const piece of ["one", "\n", "\n", "two\nth", "ree is too long", "\n"]) {
    reader.push(encoder.encode(piece));
    seen.push(reader.midLine);
  }
  assert.deepEqual(seen, [true, false, false, true, true, false]);
});

test("LineReader counts on whenever lines end, also empty ones and those that are too long", () => {
  const reader = new LineReader({ onLine: () => {}, onOverlong: () => {} }, 8);
  let before = reader.linesEnded;
  const grew = (piece: string) => {
    reader.push(encoder.encode(piece));
    const grown = reader.linesEnded > before;
    before = reader.linesEnded;
    return grown;
  };
  assert.deepEqual(["x", "y\n", "\nz", "z", "123456789", "\n"].map(grew), [
    false,
    true,
    true,
    false,
    false,
    true,
  ]);
});

test("LineReader gives back the memory of a long line at the second tick after it, be it read or dropped", () => {
  const reader = new LineReader({ onLine: () => {}, onOverlong: () => {} });
  const atFirst = reader.bufferBytes;
  const long = "x".repeat(LINE_BYTES_MAX);
  reader.push(encoder.encode(long));
  assert.equal(reader.bufferBytes, LINE_BYTES_MAX);
  reader.tick();
  reader.push(encoder.encode("\n"));
  reader.tick();
  assert.equal(reader.bufferBytes, LINE_BYTES_MAX);
  reader.tick();
  assert.equal(reader.bufferBytes, atFirst);
  reader.push(encoder.encode(long));
  reader.push(encoder.encode("x"));
  reader.tick();
  assert.equal(reader.bufferBytes, atFirst);
});

test("LineReader reads a long line into a buffer that another has given back", () => {
  const handlers = { onLine: () => {}, onOverlong: () => assert.fail() };
  const [first, next] = [new LineReader(handlers), new LineReader(handlers)];
  first.push(encoder.encode("x".repeat(LINE_BYTES_MAX)));
  first.close();
  assert.equal(first.midLine, false);
  const buffer = takeBuffer(LINE_BYTES_MAX);
  giveBuffer(buffer);
  next.push(encoder.encode("y".repeat(LINE_BYTES_MAX)));
  assert.deepEqual([buffer[0], buffer.at(-1)], [...encoder.encode("yy")]);
});

test("LineWriter writes what one turn wrote in one write", async () => {
  const output = new Slow();
  const writer = new LineWriter(output);
  for (const line of ["one", "two", "three"]) writer.write(line);
  await output.next();
  assert.deepEqual(output.written, ["one\ntwo\nthree\n"]);
});

test("LineWriter gathers what is written while a write is under way", async () => {
  const output = new Slow();
  const writer = new LineWriter(output);
  writer.write("one");
  await output.next();
  writer.write("two");
  writer.write("three");
  output.release();
  await output.next();
  assert.deepEqual(output.written, ["one\n", "two\nthree\n"]);
});

test("LineWriter writes a line in parts among others, counts what it says, and takes no buffer twice before it has left", async () => {
  const [first, second] = [new Slow(), new Slow()];
  const long = (text: string) => ({ parts: ["[", text, "]"], bytes: encoder.encode(text).length + 2 });
  const texts = ["a".repeat(5_000), "é😀".repeat(70_000)];
  const [one, two] = [new LineWriter(first), new LineWriter(second)];
  one.write("before");
  assert.equal(one.write(long(texts[0] ?? "")), true);
  one.write("behind");
  assert.equal(one.heldBytes, 7 + 5_003 + 7);
  assert.equal(one.write(long(texts[1] ?? ""), 5_017 + 420_002), false);
  await first.next();
  two.write(long(texts[1] ?? ""));
  await second.next();
  first.release();
  second.release();
  assert.deepEqual(first.written, [`before\n[${texts[0]}]\nbehind\n`]);
  assert.deepEqual(second.written, [`[${texts[1]}]\n`]);
  assert.equal(two.sentBytes, 420_003);
});

test("a buffer is taken again once it was given back, and only FREE_BUFFERS_MAX of a size wait for that", () => {
  const buffers = Array.from({ length: FREE_BUFFERS_MAX + 1 }, () => takeBuffer(100_000));
  assert.equal(new Set(buffers).size, FREE_BUFFERS_MAX + 1);
  assert.ok(buffers.every(({ length }) => length >= 100_000));
  for (const buffer of buffers) giveBuffer(buffer);
  const again = buffers.map(() => takeBuffer(100_001));
  assert.equal(new Set([...buffers, ...again]).size, FREE_BUFFERS_MAX + 2);
  const huge = takeBuffer(3_000_000);
  giveBuffer(huge);
  assert.notEqual(takeBuffer(3_000_000), huge);
});

test("LineWriter drops a line whole that would pass the limit, and takes lines again once there is room", async () => {
  const output = new Slow();
  const writer = new LineWriter(output);
  assert.equal(writer.write("1234567", 12), true);
  assert.equal(writer.write("1234", 12), false);
  assert.equal(writer.write("123", 12), true);
  assert.equal(writer.heldBytes, 12);
  await output.next();
  assert.equal(writer.write("x", 12), false);
  output.release();
  await writer.drain();
  assert.equal(writer.write("x", 12), true);
});

test("LineWriter.drain() resolves when everything has left, not before", async () => {
  const output = new Slow();
  const writer = new LineWriter(output);
  writer.write("one");
  let drained = false;
  const draining = writer.drain().then(() => drained = true);
  await output.next();
  assert.equal(drained, false);
  output.release();
  await draining;
  assert.equal(writer.heldBytes, 0);
});

test("LineWriter takes the failure of its stream for the end: nothing throws, nothing is held", async () => {
  const output = new Slow();
  const closed = Promise.withResolvers<void>();
  const writer = new LineWriter(output, closed.resolve);
  writer.write("one");
  assert.equal(writer.closed, false);
  output.destroy(new Error("EPIPE"));
  await closed.promise;
  assert.equal(writer.closed, true);
  assert.equal(writer.write("two"), false);
  assert.equal(writer.heldBytes, 0);
  await writer.drain();
});

test("LineWriter takes an exception of its stream for the end as well", async () => {
  const output = new Slow();
  output.write = () => {
    throw new Error("No space left on device");
  };
  const closed = Promise.withResolvers<void>();
  new LineWriter(output, closed.resolve).write("one");
  await closed.promise;
});

test("LineWriter writes at the planned moment all that was written before it", async () => {
  const output = new Slow();
  const planned: (() => void)[] = [];
  const writer = new LineWriter(output, () => {}, { plan: (run) => planned.push(run) });
  writer.write("one");
  await Promise.resolve();
  writer.write("two");
  assert.deepEqual([planned.length, output.written], [1, []]);
  planned[0]?.();
  assert.deepEqual(output.written, ["one\ntwo\n"]);
});

test("LineWriter lets leave at once what is written when all has left, PASSED_ON_MAX times before the planned moment", async () => {
  const output = new Slow();
  const planned: (() => void)[] = [];
  const plan = (run: () => void) => planned.push(run);
  let count = 0;
  const writer = new LineWriter(output, () => {}, { plan, onDrained: () => writer.write(`${++count}`) });
  writer.write("0");
  const leave = async () => {
    await output.next();
    output.release();
    await new Promise((resolve) => setImmediate(resolve));
  };
  for (let round = 0; round < 2; round++) {
    assert.equal(output.written.length, round * (PASSED_ON_MAX + 1));
    for (const run of planned.splice(0)) run();
    for (let i = 0; i <= PASSED_ON_MAX; i++) await leave();
  }
  assert.deepEqual(output.written, Array.from({ length: count }, (_, i) => `${i}\n`));
  assert.equal(output.written.length, 2 * (PASSED_ON_MAX + 1));
});

test("LineWriter says when all has left, and counts it", async () => {
  const output = new Slow();
  let drained = 0;
  const writer = new LineWriter(output, () => {}, { onDrained: () => drained++ });
  writer.write("one");
  await output.next();
  writer.write("three");
  output.release();
  await output.next();
  assert.deepEqual([drained, writer.sentBytes], [0, 4]);
  output.release();
  await writer.drain();
  assert.deepEqual([drained, writer.sentBytes], [1, 10]);
});

test("LineWriter.end() ends the stream after the last line", async () => {
  const output = new Slow();
  const finished = new Promise((resolve) => output.once("finish", resolve));
  const writer = new LineWriter(output);
  writer.write("last");
  writer.end();
  await output.next();
  output.release();
  await finished;
  assert.deepEqual(output.written, ["last\n"]);
});

interface Reading {
  readonly lines: string[];
  readonly overlong: number;
}

function read(chunks: readonly string[], lineBytesMax?: number): Reading {
  return readBytes(chunks.map((chunk) => encoder.encode(chunk)), lineBytesMax);
}

function readBytes(chunks: readonly Uint8Array[], lineBytesMax?: number): Reading {
  const lines: string[] = [];
  let overlong = 0;
  const reader = new LineReader(
    { onLine: (line) => lines.push(line), onOverlong: () => overlong++ },
    lineBytesMax,
  );
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { lines, overlong };
}

/** A stream that takes one write at a time and finishes it when released. */
class Slow extends Writable {
  readonly written: string[] = [];
  #release: () => void = () => {};
  #arrived = Promise.withResolvers<void>();

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.written.push(new TextDecoder().decode(chunk));
    this.#release = done;
    this.#arrived.resolve();
  }

  /** Resolves when a write is under way that has not been waited for. */
  async next(): Promise<void> {
    await this.#arrived.promise;
    this.#arrived = Promise.withResolvers();
  }

  release(): void {
    this.#release();
  }
}
