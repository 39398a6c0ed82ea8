/** The members of the cluster as this node knows them, put together from what its parts know. */
import { addressText } from "../../../transports/address.ts";
import type { LinkStatus } from "../../../transports/tcp/tcp.ts";
import type { NodeStatus, TopologyStatus } from "../../core/node.ts";
import { isUp } from "./own_view.ts";
import type { Member } from "./snapshot.ts";

export interface Known {
  readonly me: string;
  /** Undefined before this node is a member. */
  readonly topology: TopologyStatus | undefined;
  readonly peers: NodeStatus["peers"];
  readonly links: readonly LinkStatus[];
  readonly said: (peer: string) => Member["said"];
}

/** In order of rank; this node alone before it is a member. */
export function membersOf({ me, topology, peers, links, said }: Known): Member[] {
  const [linkOf, peerOf] = [new Map(links.map((link) => [link.peer, link])), byId(peers)];
  return (topology?.ids ?? [me]).map((id) => {
    const [link, peer, relay] = [linkOf.get(id), peerOf.get(id), topology?.relays.get(id)];
    const near = peer?.neighbour === true;
    return {
      id,
      address: link?.address === undefined ? "" : addressText(link.address),
      link: id === me ? null : linkStateOf(link),
      ...relay !== undefined && { relay },
      suspects: topology?.suspected.get(id) ?? [],
      lag: near ? peer.lag : null,
      ahead: near ? peer.ahead : null,
      rtt_ms: peer?.rttMs === undefined ? null : Math.round(peer.rttMs * 100) / 100,
      said: id === me ? null : said(id),
    };
  });
}

/** Without what moves all the time: where this is another text, something has happened. */
export function eventfulOf(members: readonly Member[]): string {
  return JSON.stringify(members.map(({ id, link, relay, suspects, said }) => [
    ...[id, link?.up, relay, suspects, said?.view.storage, said?.view.down],
  ]));
}

function linkStateOf(link: LinkStatus | undefined): NonNullable<Member["link"]> {
  if (link === undefined) return { up: false, for_ms: 0, reason: "its address is not known yet" };
  const { connected, hears, forMs, reason } = link;
  const up = isUp(link);
  const deaf = connected && !hears ? "it is not heard" : reason;
  return { up, for_ms: Math.round(forMs), reason: up ? "" : deaf };
}

function byId(peers: NodeStatus["peers"]): Map<string, NodeStatus["peers"][number]> {
  return new Map(peers.map((peer) => [peer.id, peer]));
}
