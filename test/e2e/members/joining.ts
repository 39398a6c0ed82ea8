/** Real nodes that find each other: at addresses of their own on loopback, by a name server of the test's. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Status } from "../../../lib/client/answers.ts";
import { type Address, addressText } from "../../../transports/address.ts";
import { DnsServer } from "../../shared/dns_server.ts";
import { Client } from "../fixtures/client.ts";
import { freePorts } from "../../shared/free_ports.ts";
import { type Cluster, eventually, makeCluster, type Serving, withNodes } from "../fixtures/serving.ts";

/** Under this name the name server knows the members. */
export const NAME = "hearsay.test";
const SERVICE = `_hearsay._tcp.${NAME}`;

export interface Place {
  readonly dns: DnsServer;
  readonly cluster: Cluster;
  /** A node that is to be started; every one has an address of its own, and keeps its log in a directory of this name. */
  node(id: string, options?: { readonly flags?: readonly string[]; readonly data?: string }): Serving;
  /** From now on the name server says that these are the members, by A and by SRV records. */
  name(...nodes: readonly Serving[]): void;
  /** The flags of a node that finds others by that name. */
  readonly byName: readonly string[];
  readonly byService: readonly string[];
}

/** A place for nodes, none of which outlives its use. */
export async function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const dns = await DnsServer.start();
  const cluster = await makeCluster({ ids: [] });
  const [port = assert.fail()] = await freePorts(1);
  const asking = ["--dns", addressText(dns.address)];
  let hosts = 1;
  const place: Place = {
    dns,
    cluster,
    node: (id, { flags = [], data = id } = {}) =>
      cluster.add({
        id,
        address: { host: `127.0.${hosts >> 8}.${++hosts & 255}`, port },
        members: new Map(),
        data: join(cluster.folder, data),
        flags,
      }),
    name: (...nodes) => {
      const hostOf = ({ id }: Serving) => `${id}.${NAME}`;
      dns.set(NAME, { a: nodes.map(({ address }) => address.host) });
      dns.set(SERVICE, { srv: nodes.map((node) => ({ target: hostOf(node), port: node.address.port })) });
      for (const node of nodes) dns.set(hostOf(node), { a: [node.address.host] });
    },
    byName: ["--join", `dns+${NAME}:${port}`, ...asking],
    byService: ["--join", `dnssrv+${SERVICE}`, ...asking],
  };
  try {
    await withNodes(cluster, () => use(place));
  } finally {
    dns.stop();
  }
}

/** The same member at another address. */
export function moved(place: Place, node: Serving, flags = node.options.flags ?? []): Serving {
  return place.node(node.id, { flags });
}

/** They all know the same members, which are these, and are linked with each other. */
export async function areMembers(nodes: readonly Serving[]): Promise<void> {
  const ids = nodes.map(({ id }) => id).sort();
  for (const node of nodes) {
    await eventually(`${node.id} knows all members, and is linked to them`, async () => {
      const status = await node.status();
      assert.deepEqual(joinedIn(status), ids);
      assert.deepEqual(
        status.peers.flatMap(({ id, connected, link }) => connected ? [] : [`${id}: ${link?.reason}`]),
        [],
      );
      return status.peers.length === ids.length - 1;
    });
  }
}

/** They all know the same members, which are these; where machines are busy, links may come and go. */
export async function knowMembers(nodes: readonly Serving[], members = nodes): Promise<void> {
  const ids = members.map(({ id }) => id).sort();
  for (const node of nodes) {
    await eventually(`${node.id} knows all members`, async () => {
      assert.deepEqual(joinedIn(await node.status()), ids);
      return true;
    });
  }
}

export function joinedIn({ members = [] }: Status): string[] {
  return members.filter(({ status }) => status === "joined").map(({ id }) => id);
}

/** Its exit status, once it has ended by itself. */
export async function endOf(node: Serving): Promise<number | null> {
  let status: number | null | undefined;
  node.ended.then((each) => status = each);
  await eventually(`${node.id} ends`, () => status !== undefined);
  return status ?? null;
}

export async function tell(node: Serving, ...values: readonly string[]): Promise<void> {
  await Client.with(node.address, async (client) => {
    for (const value of values) await client.broadcast(value);
  });
}

export async function valuesAt({ address }: Serving): Promise<readonly unknown[]> {
  return await Client.with(address, (client) => client.read());
}

export async function ask({ address }: { readonly address: Address }, type: string, more = {}) {
  return await Client.with(address, (client) => client.ask({ type, ...more }));
}
