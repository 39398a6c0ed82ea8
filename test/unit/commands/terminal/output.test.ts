/** An output of the process: what is held for a reader, what is dropped and said later, and what is lost. */
import { deepEqual, equal } from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { logTo } from "../../../../lib/commands/terminal/logging.ts";
import { Output } from "../../../../lib/commands/terminal/output.ts";
import { listen } from "../../../shared/io.ts";

test("Output holds at most its limit for a reader that has stalled, counts the rest, and says so when it flows", async () => {
  const pipe = new Pipe();
  const [four, long] = ["four", "l".repeat(100)];
  const err = new Output(2, 2 * long.length, () => pipe);
  for (const text of [four, long, long, four, long]) err.write(text);
  deepEqual(pipe.taken, [four]);
  pipe.flow();
  await err.drained();
  const notice = "hearsay: 2 texts were dropped here, as nobody read them\n";
  deepEqual(pipe.taken, [four, long, four, notice]);
  err.write(long);
  await err.drained();
  deepEqual(pipe.taken.at(-1), long);
});

test("Output says what was dropped in the form that is asked for, and silence holds up no end", async () => {
  const pipe = new Pipe();
  const err = new Output(2, 1, () => pipe);
  const said: number[] = [];
  err.onDropped((texts) => said.push(texts));
  for (const text of ["1", "2", "3"]) err.write(text);
  pipe.flow();
  await err.drained();
  deepEqual([pipe.taken, said], [["1"], [2]]);
});

test("a log says what was dropped as one of its lines", async () => {
  let say = (_: number) => {};
  const { io, err } = listen("", { onErrDropped: (how) => say = how });
  await logTo(io, "info", "json");
  say(3);
  const { level, message, properties } = JSON.parse(err[0] ?? "");
  deepEqual([level, message, properties], ["WARN", "log lines were dropped, as nobody read them", {
    dropped: 3,
  }]);
});

test("Output that fails is a fault, and its first error tells", async () => {
  const out = new Output(1, Infinity, once(() => new Failing("ENOSPC")));
  for (const text of ["one", "two"]) out.write(text);
  await out.drained();
  equal(out.fault, "Cannot write to standard output as there is no room left on the disk");
  equal(out.isRead, false);
});

test("Output whose reader has left is no fault", async () => {
  const out = new Output(1, Infinity, once(() => new Failing("EPIPE")));
  for (const text of ["one", "two"]) out.write(text);
  await out.drained();
  deepEqual([out.fault, out.isRead, out.isGivenUp], [undefined, false, false]);
});

test("Output that is given up is waited for no longer, and counts as not read", async () => {
  const out = new Output(1, Infinity, once(() => new Pipe()));
  out.giveUp();
  equal(out.isGivenUp, false);
  out.write("stuck");
  const drained = out.drained();
  out.giveUp();
  await drained;
  deepEqual([out.isGivenUp, out.isRead, out.fault], [true, false, undefined]);
});

/** One stream, made when it is needed; its errors end nothing. */
function once(make: () => Writable): () => Writable {
  let stream: Writable | undefined;
  return () => stream ??= make().on("error", () => {});
}

/** Takes one text, and the next ones once it flows. */
class Pipe extends Writable {
  readonly taken: string[] = [];
  #flow: (() => void) | undefined;
  #flows = false;

  override _write(chunk: Uint8Array, _encoding: unknown, callback: () => void): void {
    this.taken.push(String(chunk));
    if (this.#flows) callback();
    else this.#flow = callback;
  }

  flow(): void {
    this.#flows = true;
    this.#flow?.();
  }
}

class Failing extends Writable {
  readonly #code: string;

  constructor(code: string) {
    super();
    this.#code = code;
  }

  override _write(_chunk: unknown, _encoding: unknown, callback: (error: Error) => void): void {
    callback(Object.assign(new Error("it failed"), { code: this.#code }));
  }
}
