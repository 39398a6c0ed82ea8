/** The ceiling, one node of it: hands what clients tell it to every other node and to its watchers, and forgets it. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import process from "node:process";
import { setImmediate } from "node:timers";
import { LineReader } from "../../../../transports/lines/reader.ts";
import type { LineWriter } from "../../../../transports/lines/writer.ts";
import { batched, LineFront } from "./line_front.ts";
import { dialUntilTaken } from "../wires/lines_client.ts";

export interface RelayTask {
  readonly ports: readonly number[];
  readonly node: number;
  /** Watchers get lists, and not a line for each value. */
  readonly lists: boolean;
}

const { ports, node, lists }: RelayTask = JSON.parse(process.argv[2] ?? "");
const peers: LineWriter[] = [];
let fresh: number[] = [];

function onBroadcast(value: number): void {
  if (fresh.length === 0) setImmediate(flush);
  fresh.push(value);
}

/** What came in one turn leaves as one line. */
function flush(): void {
  const line = `[${fresh.join(",")}]`;
  for (const peer of peers) peer.write(line);
  front.show(fresh);
  fresh = [];
}

function onPeer(socket: Socket): void {
  const reader = new LineReader({
    onLine: (line) => {
      const values: number[] = JSON.parse(line);
      front.show(values);
    },
    onOverlong: () => assert.fail("a list is too long"),
  });
  socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
}

const front = new LineFront({ port: ports[node] ?? 0, lists, onBroadcast, onPeer });
for (const [i, port] of ports.entries()) {
  if (i === node) continue;
  const peer = batched(await dialUntilTaken(port));
  peer.write("peer");
  peers.push(peer);
}
process.stdout.write("ready\n");
