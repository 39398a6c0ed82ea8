/** A pipe is read to its end, however fast it comes, and is never paused meanwhile. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { Readable } from "node:stream";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { LineValues } from "../../../lib/client/values.ts";
import { readPipe } from "../../../transports/lines/pipe.ts";
import { LineReader } from "../../../transports/lines/reader.ts";

const CHUNK = Buffer.from(`${"1".repeat(1_023)}\n`.repeat(64));
const CHUNKS = 50;

/** As the input of a process is under Bun: once it was paused, nobody is told of its end. */
class Pausing extends Readable {
  #left = CHUNKS;
  #wasPaused = false;

  override _read(): void {
    if (this.#left === 0) return void (this.#wasPaused || this.push(null));
    this.#left -= 1;
    // A pipe is never there at once.
    setImmediate(() => this.push(CHUNK));
  }

  override pause(): this {
    this.#wasPaused = true;
    return super.pause();
  }
}

test("a flood is read to its end, and others have their turn meanwhile", async () => {
  let [lines, turns] = [0, 0];
  const pipe = new Pausing();
  const ended = once(pipe, "end");
  readPipe(pipe, new LineReader({ onLine: () => lines += 1, onOverlong: () => assert.fail() }));
  const timer = setInterval(() => turns += 1, 0);
  await ended;
  clearInterval(timer);
  assert.equal(lines, CHUNKS * 64);
  assert(turns > 1);
});

test("values are read to the end of the input, however often they have to wait", async () => {
  const values = new LineValues(new Pausing(), true);
  let taken = 0;
  while (!values.ended) {
    if (values.next() === undefined) await values.ready();
    else taken += 1;
  }
  assert.equal(taken, CHUNKS * 64);
});

test("a pipe of which no more is read stays as it is", async () => {
  let lines = 0;
  const pipe = new Readable({ read() {} });
  const stop = readPipe(pipe, new LineReader({ onLine: () => lines += 1, onOverlong: () => assert.fail() }));
  pipe.push("one\n");
  await once(pipe, "readable");
  stop();
  pipe.push("two\n");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([lines, pipe.readableLength], [1, 4]);
});
