/** A cluster is upgraded node by node while it is told values and cut apart: nothing that was acknowledged is lost. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { originOf } from "../../../lib/core/incarnation.ts";
import { encodeGreeting } from "../../../transports/tcp/greeting.ts";
import type { Address } from "../../../transports/address.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { Proxy } from "../../contract/tcp_proxy.ts";
import { until } from "../../shared/until.ts";
import { Talker } from "../../unit/transports/tcp/rig.ts";
import { Client } from "../fixtures/client.ts";
import { withExecutable } from "../fixtures/hearsay.ts";
import { Load } from "../fixtures/load.ts";
import { needsBun, testNeeding } from "../../shared/needing.ts";
import { needsPrevious, previous } from "../fixtures/previous.ts";
import { freePorts } from "../../shared/free_ports.ts";
import {
  type Cluster,
  connectedAll,
  eventually,
  loopback,
  makeCluster,
  measured,
  type Serving,
  withNodes,
} from "../fixtures/serving.ts";

const ids = ["n1", "n2", "n3", "n4", "n5"];
/** Which nodes are cut off from the rest at each stage, and for how long, and how long the network is whole then, ms. */
const CUTS = [["n1"], ["n1", "n2"], ["n4", "n5"]];
const CUT_MS = 1_000;
const WHOLE_MS = 1_000;

/** The nodes are executables, whoever runs the tests: under one runtime is enough. */
const needs = needsBun.skip === undefined ? needsPrevious() : needsBun;

testNeeding("a cluster is upgraded node by node under load and cuts, and loses nothing", needs, async () => {
  const old = await previous();
  await withExecutable((now) =>
    withWires(async (wires, addresses) => {
      const cluster = await clusterOf(old, wires, addresses);
      await withNodes(cluster, async () => {
        const { nodes } = cluster;
        await Promise.all(nodes.map((node) => node.start()));
        await connectedAll(nodes);
        const load = new Load(nodes);
        await upgrade(nodes.slice(0, 2), now, cluster);
        await cutApart(wires);
        await upgrade(nodes.slice(2, 4), now, cluster);
        await cutApart(wires);
        await upgrade(nodes.slice(4), now, cluster);
        await load.stop();
        await holdAll(cluster.nodes, load);
        measured(`upgrade: ${load.acked.size} of ${load.sent.size} values acknowledged, none lost`);
      });
    })
  );
});

testNeeding("what a later version says of members, an earlier one passes over [W1] [W5]", needs, async () => {
  const [port = 0, other = 0] = await freePorts(2);
  const members = new Map([["n1", loopback(port)], ["n2", loopback(other)]]);
  const cluster = await makeCluster({ ids: [] });
  const node = cluster.add({ id: "n1", address: loopback(port), members, program: await previous() });
  await withNodes(cluster, async () => {
    await node.start();
    const address = loopback(other);
    const me = {
      id: "n2",
      cluster: "hearsay",
      incarnation: 5,
      clusterId: "0123456789abcdef",
      epoch: 5,
      address,
    };
    const talker = new Talker(node.address).say(encodeGreeting(me, "n1"));
    const runs = [[originOf("n2", 5), 1, ["told"]]];
    const told = { type: "delta", incarnation: 5, seq: 1, digest: [[originOf("n2", 5), [1, 1]]], runs };
    talker.say({
      src: "n2",
      dest: "n1",
      body: { ...told, members: [["n2", 5, 5, 0, "127.0.0.1:1", 5], ["n9", 5, 0, 1, "", 7]] },
    });
    await until(async () => (await Client.with(node.address, (client) => client.read())).includes("told"));
    talker.close();
  });
});

/** The wires of a node, by the node at the other end. */
type Wires = ReadonlyMap<string, ReadonlyMap<string, Proxy>>;

/** Every node reaches every other over a wire of its own, which can be cut. */
async function withWires(
  use: (wires: Wires, addresses: ReadonlyMap<string, Address>) => Promise<void>,
): Promise<void> {
  const ports = await freePorts(ids.length);
  const addresses = new Map(ids.map((id, i) => [id, loopback(ports[i])]));
  const wires = new Map<string, Map<string, Proxy>>();
  for (const from of ids) {
    const own = new Map<string, Proxy>();
    wires.set(from, own);
    for (const to of ids.filter((id) => id !== from)) {
      const wire = await Proxy.listen();
      wire.lead(addresses.get(to) ?? assert.fail());
      own.set(to, wire);
    }
  }
  try {
    await use(wires, addresses);
  } finally {
    await Promise.all([...wires.values()].flatMap((own) => [...own.values()].map((wire) => wire.close())));
  }
}

async function clusterOf(
  program: Program,
  wires: Wires,
  addresses: ReadonlyMap<string, Address>,
): Promise<Cluster> {
  const cluster = await makeCluster({ ids: [] });
  for (const [id, address] of addresses) {
    const members = new Map([...wires.get(id) ?? []].map(([peer, wire]) => [peer, wire.address]));
    cluster.add({ id, address, members, data: `${cluster.folder}/${id}`, program });
  }
  return cluster;
}

/** One after the other: each is connected before the next one stops. */
async function upgrade(nodes: readonly Serving[], program: Program, cluster: Cluster): Promise<void> {
  for (const node of nodes) {
    assert.equal(await node.end("SIGTERM"), 0);
    node.program = program;
    await node.start();
    await connectedAll(cluster.nodes);
  }
}

async function cutApart(wires: Wires): Promise<void> {
  for (const side of CUTS) {
    const cut = [...wires].flatMap(([from, own]) =>
      [...own].filter(([to]) => side.includes(from) !== side.includes(to)).map(([, wire]) => wire)
    );
    for (const wire of cut) wire.cut();
    await pause(CUT_MS);
    for (const wire of cut) wire.heal();
    await pause(WHOLE_MS);
  }
}

/** Every node reads what was acknowledged, each value once, and nothing that nobody told. */
async function holdAll(nodes: readonly Serving[], { sent, acked }: Load): Promise<void> {
  for (const node of nodes) {
    const read = async () => await Client.with(node.address, (client) => client.read());
    await eventually(`${node.id} holds all`, async () => {
      const values = new Set(await read());
      return [...acked].every((value) => values.has(value));
    });
    const values = await read();
    assert.equal(new Set(values).size, values.length, `${node.id} reads a value twice`);
    const strangers = values.filter((value) => typeof value !== "number" || !sent.has(value));
    assert.deepEqual(strangers, [], `${node.id} reads what nobody told`);
  }
  const digests = new Set(
    (await Promise.all(nodes.map((node) => node.status()))).map(({ digest }) => digest),
  );
  assert.equal(digests.size, 1);
}
