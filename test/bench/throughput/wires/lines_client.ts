/** A client of lines of JSON, lean: for hearsay, and for the relays that stand beside it. */
import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { LineReader } from "../../../../transports/lines.ts";
import type { Arrivals } from "../arrivals.ts";
import { now } from "../clock.ts";
import type { Wire } from "../systems/system.ts";

const DIAL_EVERY_MS = 20;

/** Hands over what one line brings a watcher. */
type Take = (line: string, arrivals: Arrivals) => void;

/** What stands behind the number in a large value. */
const PADDING = ` ${"x".repeat(1_024)}`;

const small = laneWith(String);
/** A text that begins with the number. */
const large = laneWith((value) => `"${value}${PADDING}"`);

export const hearsayWire: Wire = { openLane: small, openWatch: watchWith(takeRuns) };
export const largeWire: Wire = { openLane: large, openWatch: watchWith(takeTexts) };
export const relayWire: Wire = { openLane: small, openWatch: watchWith(takeValues) };

/** Resolves to a socket that is connected, sends at once and breaks the process when it breaks. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  socket.on("close", () => assert.fail(`the server at port ${port} has closed the connection`));
  return socket;
}

/** The server may be on its way. */
export async function dialUntilTaken(port: number): Promise<Socket> {
  for (;;) {
    try {
      return await dial(port);
    } catch {
      await pause(DIAL_EVERY_MS);
    }
  }
}

/** `encode` says a value as JSON. */
function laneWith(encode: (value: number) => string): Wire["openLane"] {
  return async ({ ports }, index, onAcked) => {
    const socket = await dial(ports[index] ?? 0);
    listenForAcks(socket, onAcked);
    return {
      publish: (first, count) => {
        let text = "";
        for (let value = first; value < first + count; value++) text += request(encode(value), value + 1);
        socket.write(text);
      },
    };
  };
}

function request(message: string, id: number): string {
  return `{"src":"c1","dest":"*","body":{"type":"broadcast","message":${message},"msg_id":${id}}}\n`;
}

function listenForAcks(socket: Socket, onAcked: (count: number) => void): void {
  let acked = 0;
  const reader = new LineReader({
    onLine: (line) => {
      assert.ok(line.includes(`"broadcast_ok"`), line);
      acked++;
    },
    onOverlong: () => assert.fail("an answer is too long"),
  });
  socket.on("data", (chunk: Uint8Array) => {
    acked = 0;
    reader.push(chunk);
    if (acked > 0) onAcked(acked);
  });
}

function watchWith(take: Take): Wire["openWatch"] {
  return async ({ ports }, node, arrivals) => {
    const socket = await dial(ports[node] ?? 0);
    const { promise, resolve } = Promise.withResolvers<void>();
    const reader = new LineReader({
      onLine: (line) => line.includes(`"watch_ok"`) ? resolve() : take(line, arrivals),
      onOverlong: () => assert.fail("what came is too long"),
    });
    socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
    socket.write(Buffer.from(`{"src":"c2","dest":"*","body":{"type":"watch","msg_id":1}}\n`));
    await promise;
  };
}

interface ValuesLine<Value> {
  readonly body: { readonly runs: readonly (readonly [string, number, readonly Value[]])[] };
}

function takeTexts(line: string, arrivals: Arrivals): void {
  const { body }: ValuesLine<string> = JSON.parse(line);
  const at = now();
  for (const [, , values] of body.runs) for (const value of values) arrivals.take(parseInt(value), at);
}

function takeRuns(line: string, arrivals: Arrivals): void {
  const { body }: ValuesLine<number> = JSON.parse(line);
  const at = now();
  for (const [, , values] of body.runs) for (const value of values) arrivals.take(value, at);
}

/** One value, or a list of them. */
function takeValues(line: string, arrivals: Arrivals): void {
  const values: number | readonly number[] = JSON.parse(line);
  const at = now();
  if (typeof values === "number") arrivals.take(values, at);
  else for (const value of values) arrivals.take(value, at);
}
