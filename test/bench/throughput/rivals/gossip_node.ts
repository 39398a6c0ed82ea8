/** A node of js-libp2p with gossipsub: takes values from clients by lines, as the relay does, and gossips each. */
import assert from "node:assert/strict";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { noise } from "@libp2p/noise";
import { yamux } from "@libp2p/yamux";
import { gossipsub } from "@libp2p/gossipsub";
import { identify } from "@libp2p/identify";
import { tcp } from "@libp2p/tcp";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { LineFront } from "../systems/line_front.ts";
import { NODES } from "../systems/system.ts";

interface GossipTask {
  readonly ports: readonly number[];
  /** Where the nodes speak to each other. */
  readonly links: readonly number[];
  readonly node: number;
  readonly signed: boolean;
}

const TOPIC = "v";
const LOOK_EVERY_MS = 50;
const { ports, links, node, signed }: GossipTask = JSON.parse(process.argv[2] ?? "");

// Without a signature there is no sequence number either: the value itself tells messages apart.
const unsigned = {
  globalSignaturePolicy: "StrictNoSign",
  msgIdFn: ({ data }: { data: Uint8Array }) => data,
} as const;
const host = await createLibp2p({
  addresses: { listen: [`/ip4/127.0.0.1/tcp/${links[node]}`] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), pubsub: gossipsub(signed ? {} : unsigned) },
});
const { pubsub } = host.services;

function onBroadcast(value: number): Promise<unknown> {
  front.show([value]);
  return pubsub.publish(TOPIC, new TextEncoder().encode(String(value)));
}

const front = new LineFront({
  port: ports[node] ?? 0,
  lists: false,
  onBroadcast,
  onPeer: () => assert.fail("peers speak elsewhere"),
});
pubsub.addEventListener(
  "message",
  ({ detail: { data } }) => front.show([Number(new TextDecoder().decode(data))]),
);
pubsub.subscribe(TOPIC);
for (const port of links.slice(0, node)) await dialUntilTaken(port);
while (pubsub.getSubscribers(TOPIC).length < NODES - 1) await pause(LOOK_EVERY_MS);
process.stdout.write("ready\n");

async function dialUntilTaken(port: number): Promise<void> {
  for (;;) {
    try {
      await host.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}`));
      return;
    } catch {
      await pause(LOOK_EVERY_MS);
    }
  }
}
