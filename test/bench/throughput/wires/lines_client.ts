/** A client of lines of JSON, lean: for hearsay, and for the relays that stand beside it. */
import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Tls, type TlsFiles } from "../../../../transports/tcp/tls/tls.ts";
import { LineReader } from "../../../../transports/lines/reader.ts";
import type { Arrivals } from "../arrivals.ts";
import { now } from "../clock.ts";
import { numberAt, type Payload, payloads } from "../payloads.ts";
import type { Lane, Target, Wire } from "../systems/system.ts";

const DIAL_EVERY_MS = 20;

/** Hands over what one line brings a watcher. */
type Take = (line: string, arrivals: Arrivals, payload: Payload) => void;

/** Before the runs of entries, and before the values of each run. */
const RUNS = `"runs":[`;
const VALUES = ",[";
const COMMA = 44;

export const hearsayWire: Wire = { openLane, openWatch: watchWith(takeRuns) };
export const relayWire: Wire = { openLane, openWatch: watchWith(takeValues) };

/** Resolves to a socket that is connected, sends at once and breaks the process when it breaks. */
export async function dial(port: number, tls?: TlsFiles): Promise<Socket> {
  const address = { host: "127.0.0.1", port };
  const socket = tls === undefined ? connect(address) : new Tls(tls).dial(address);
  socket.setNoDelay(true);
  await once(socket, tls === undefined ? "connect" : "secureConnect");
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

async function openLane(
  { ports, payload, tls }: Target,
  index: number,
  onAcked: (count: number) => void,
): Promise<Lane> {
  const { encode } = payloads[payload];
  const socket = await dial(ports[index] ?? 0, tls);
  listenForAcks(socket, onAcked);
  return {
    publish: (first, count) => {
      let text = "";
      for (let value = first; value < first + count; value++) text += request(encode(value), value + 1);
      socket.write(text);
    },
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
  return async ({ ports, payload, tls }, node, arrivals) => {
    const socket = await dial(ports[node] ?? 0, tls);
    const { promise, resolve } = Promise.withResolvers<void>();
    const reader = new LineReader({
      onLine: (line) => line.includes(`"watch_ok"`) ? resolve() : take(line, arrivals, payloads[payload]),
      onOverlong: () => assert.fail("what came is too long"),
    });
    socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
    socket.write(Buffer.from(`{"src":"c2","dest":"*","body":{"type":"watch","msg_id":1}}\n`));
    await promise;
  };
}

interface ValuesLine {
  readonly body: { readonly runs: readonly (readonly [string, number, readonly number[]])[] };
}

/** Numbers are parsed; values of one length are found by it, and not looked at. */
function takeRuns(line: string, arrivals: Arrivals, payload: Payload): void {
  if (payload.length !== undefined) return takeEqual(line, arrivals, payload, payload.length);
  const { body }: ValuesLine = JSON.parse(line);
  const at = now();
  for (const [, , values] of body.runs) for (const value of values) arrivals.take(value, at);
}

/** `["n1.x",7,[value,value]],["n2.y",1,[value]]]`, each value of the same length. */
function takeEqual(line: string, arrivals: Arrivals, payload: Payload, length: number): void {
  const at = now();
  let i = line.indexOf(RUNS) + RUNS.length;
  while (line.charAt(i) === "[") {
    i = line.indexOf(VALUES, i) + VALUES.length - 1;
    do {
      arrivals.take(numberAt(payload, line, i + 1), at);
      i += 1 + length;
    } while (line.charCodeAt(i) === COMMA);
    i += "]],".length;
  }
}

/** One value, or a list of them. */
function takeValues(line: string, arrivals: Arrivals): void {
  const values: number | readonly number[] = JSON.parse(line);
  const at = now();
  if (typeof values === "number") arrivals.take(values, at);
  else for (const value of values) arrivals.take(value, at);
}
