/** Readers over HTTP that do not read: each costs no more than its bound, and others nothing [U5]. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { HTTP_HELD_BYTES_MAX } from "../../../../lib/service/http/limits.ts";
import { Outflow } from "../../../../lib/service/http/outflow.ts";
import { Outflows } from "../../../../lib/service/http/outflows.ts";
import { BareSocket } from "../../../../lib/service/http/serial_socket.ts";
import { WATCH_HELD_BYTES_MAX } from "../../../../lib/service/watches.ts";
import { until } from "../../../shared/until.ts";
import { linesIn, withServed } from "./served.ts";

/** More than the buffers of a connection on this machine take. */
const VALUES = 300;
const VALUE_BYTES = 100_000;
const KERNEL_BYTES_MAX = 12_000_000;
/** The values of one batch, and what is written around them. */
const BATCH_BYTES_MAX = 500_000;

test("http: over what readers may hold all wait, and the one that reads nothing is closed", () => {
  const said: string[] = [];
  const destroyed: string[] = [];
  const outflows = new Outflows((text) => said.push(text));
  const left: (() => void)[] = [];
  const open = (name: string) =>
    new Outflow(
      {
        write: (_text, onLeft) => void left.push(onLeft),
        once() {},
        end() {},
        destroy: () => void destroyed.push(name),
      },
      "",
      outflows,
    );
  const [small, large] = [open("small"), open("large")];
  let goesOn = 0;
  small.onDrained = () => goesOn++;
  small.write("x");
  large.write("x".repeat(HTTP_HELD_BYTES_MAX - 1));
  assert.equal(outflows.heldFor(small), 1);
  large.write("x");
  assert.deepEqual([outflows.heldFor(small), outflows.heldFor(large)], [Infinity, Infinity], "all wait");
  outflows.tick(1);
  assert.deepEqual(destroyed, [], "they have had no time to read yet");
  const [ofSmall = assert.fail()] = left.splice(0, 1);
  ofSmall();
  outflows.tick(1);
  outflows.tick(1);
  assert.deepEqual(destroyed, ["large"]);
  assert.match(said.join(), /hold more than/);
  goesOn = 0;
  for (const leave of left) leave();
  assert.deepEqual([outflows.heldBytes, outflows.heldFor(small), goesOn], [0, 0, 1]);
});

test("http: what was held for a response that is closed is not held any longer, whatever the runtime says of it", () => {
  const outflows = new Outflows(() => {});
  let close = () => {};
  let leave = () => {};
  const sink = {
    write: (_data: string | Uint8Array, onLeft: () => void) => void (leave = onLeft),
    once: (_event: "close", run: () => void) => void (close = run),
    end() {},
    destroy() {},
  };
  const outflow = new Outflow(sink, "", outflows);
  outflow.write("abc");
  close();
  assert.equal(outflows.heldBytes, 0);
  leave();
  outflow.write("abc");
  assert.equal(outflows.heldBytes, 0);
});

test("http: a watcher that does not read is waited for, and has missed nothing once it reads", async () => {
  await withServed(async ({ url }) => {
    const body = Array.from({ length: VALUES }, (_, i) => JSON.stringify(`${i}`.padEnd(VALUE_BYTES, ".")))
      .join("\n");
    const headers = { "content-type": "application/x-ndjson" };
    await fetch(`${url}/v1/values`, { method: "POST", headers, body });
    const written = eventBytes();
    const slow = watching(url);
    slow.socket.pause();
    await until(async () => (await status(url))["watchers"] === 1);
    // Another reader meanwhile has all of it.
    assert.equal((await linesIn(await fetch(`${url}/v1/values`))).length, VALUES);
    // The kernel holds some megabytes of a connection that nobody reads.
    assert.ok(written.bytes > VALUE_BYTES, `${written.bytes}`);
    assert.ok(written.bytes < KERNEL_BYTES_MAX + WATCH_HELD_BYTES_MAX + BATCH_BYTES_MAX, `${written.bytes}`);
    written.stop();
    slow.socket.resume();
    await until(() => slow.bytes > VALUES * VALUE_BYTES);
    slow.socket.destroy();
    await until(async () => (await status(url))["watchers"] === 0);
  });
});

/** Counts the bytes of events that are written from now on, whether they have left or not. */
function eventBytes() {
  let bytes = 0;
  const { write } = BareSocket.prototype;
  BareSocket.prototype.write = function (this: BareSocket, chunk: string | Uint8Array, onLeft: () => void) {
    bytes += chunk.length;
    return Reflect.apply(write, this, [chunk, onLeft]);
  };
  return {
    get bytes() {
      return bytes;
    },
    stop: () => void (BareSocket.prototype.write = write),
  };
}

async function status(url: string): Promise<Record<string, unknown>> {
  return await (await fetch(`${url}/v1/status`)).json();
}

function watching(url: string): { readonly socket: Socket; bytes: number } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const watch = { socket, bytes: 0 };
  socket.on("data", (chunk) => watch.bytes += chunk.length);
  socket.write("GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return watch;
}
