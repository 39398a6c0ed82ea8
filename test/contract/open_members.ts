/** Carriers over TCP of members that come and go. */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import type { Envelope } from "../../lib/core/message.ts";
import type { Address } from "../../transports/address.ts";
import type { Departure, Member, Membership } from "../../transports/membership.ts";
import { type TcpOptions, TcpTransport } from "../../transports/tcp/tcp.ts";
import { Ear, options, until } from "../unit/transports/tcp/rig.ts";

export const ID = "4f00112233445566";

interface Told extends Partial<Member> {
  readonly id: string;
  readonly epoch: number;
}

interface Open extends Told {
  readonly node: TcpTransport;
  readonly ear: Ear;
  readonly address: Address;
  openForMs(): number;
}

export async function open(id: string, given: Partial<TcpOptions> = {}): Promise<Open> {
  const ear = new Ear();
  const node = new TcpTransport(options(id, given));
  const at = performance.now();
  node.open(ear);
  return { id, node, ear, address: await node.listening, epoch: 1, openForMs: () => performance.now() - at };
}

export async function joined<const Ids extends readonly string[]>(...ids: Ids) {
  return await Promise.all(ids.map((id) => open(id))) as unknown as { [I in keyof Ids]: Open };
}

/** What a node is told of these members. */
export function membership(
  { id }: Told,
  members: readonly Told[],
  gone: ReadonlyMap<string, Departure> = new Map(),
): Membership {
  const all = new Map(members.map(({ id, address, epoch, incarnation = 0 }): [string, Member] => {
    return [id, { epoch, incarnation, ...address !== undefined && { address } }];
  }));
  const self = all.get(id);
  all.delete(id);
  return { clusterId: ID, peers: all, gone, ...self !== undefined && { self } };
}

export function tell(
  nodes: readonly Open[],
  members: readonly Told[],
  gone?: ReadonlyMap<string, Departure>,
): void {
  for (const one of nodes) one.node.setMembers(membership(one, members, gone));
}

export function left(id: string): Departure {
  return { through: 5, reason: `${id} has left` };
}

export async function linked(...nodes: readonly Open[]): Promise<void> {
  const isLinked = ({ node }: Open) => {
    const links = node.links();
    return links.length === nodes.length - 1 && links.every(({ connected, hears }) => connected && hears);
  };
  await until(() => nodes.every(isLinked), nodes.map(({ node }) => JSON.stringify(node.links())).join());
}

/** Sends one message a turn until it ends; then all must have arrived, in order. */
export function flowing(from: Open, to: Open) {
  let sent = 0;
  const send = () => from.node.send(note(from.id, to.id, sent++));
  const timer = setInterval(send, 1);
  send();
  const notes = () => to.ear.received.filter(({ src }) => src === from.id).map(({ body }) => body.number);
  return {
    async end() {
      clearInterval(timer);
      await until(() => notes().length === sent);
      assert.deepEqual(notes(), Array.from({ length: sent }, (_, i) => i));
    },
  };
}

export function note(src: string, dest: string, number: number): Envelope {
  return { src, dest, body: { type: "note", number } };
}

export function greeting(given: object): object {
  return { hearsay: 1, cluster: "test", id: "n2", incarnation: 1, cluster_id: ID, ...given };
}

export async function closeAll(...nodes: readonly Open[]): Promise<void> {
  await Promise.all(nodes.map(({ node }) => node.close()));
}
