/** `hearsay status`: asks every node how it is, for people as tables and for programs as JSON. */
import type { Body } from "../../core/message.ts";
import { duration } from "../../service/duration.ts";
import { type LinkStatus, type PeerStatus, type Status, statusOf } from "../../client/answers.ts";
import { elsewhere, nobodyDoes } from "./asking.ts";
import { listed, summaryOf } from "./summary.ts";
import { parseStatus, type StatusConfig } from "../config/client.ts";
import { codeOfAll, type ErrorCode, isRefusal } from "../../client/errors.ts";
import { askOnce } from "../../client/nodes.ts";
import { codeOf, refusal } from "../../client/connection.ts";
import {
  columnsOf,
  FAILED,
  type Io,
  OK,
  type Paint,
  paintFor,
  printLines,
  refuse,
  shownJson,
} from "../terminal/io.ts";
import { tables } from "../terminal/table.ts";
import { type Address, addressText } from "../../../transports/address.ts";
import { dateText } from "../../../transports/tcp/tls/identity.ts";

type Reply =
  | { readonly kind: "good"; readonly at: string; readonly status: Status }
  | { readonly kind: "bad"; readonly at: string; readonly error: string; readonly code: ErrorCode };
type Good = Extract<Reply, { readonly kind: "good" }>;

/** So much of a digest tells two apart to the eye, characters. */
const DIGEST_SHOWN = 8;
/** A certificate that ends sooner is named, ms. */
const EXPIRING_MS = 30 * 86_400_000;

export async function status(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseStatus(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { at, json, links, ready, verbose } = parsed.config;
  const replies = await Promise.all(at.map(async (address) => {
    const reply = await askOne(address, parsed.config);
    if (verbose) io.err(`${reply.at} ${reply.kind === "bad" ? reply.error : "answers"}\n`);
    return reply;
  }));
  if (json) io.out(`${shownJson(io, JSON.stringify(replies.map(jsonOf)))}\n`);
  else print(replies, links, io);
  io.err(elsewhere(parsed.config, replies.some((reply) => reply.kind === "good" || isRefusal(reply.code))));
  const isGood = (reply: Reply) => reply.kind === "good" && !(ready && reply.status.ready === false);
  return replies.every(isGood) ? OK : FAILED;
}

async function askOne(address: Address, config: StatusConfig): Promise<Reply> {
  const at = addressText(address);
  const said = await askOnce(address, { type: "status" }, config.timeoutMs, config);
  return said.ok ? replyOf(at, said.body) : { kind: "bad", at, error: said.reason, code: said.code };
}

function replyOf(at: string, body: Body): Reply {
  if (body.type === "error") return { kind: "bad", at, error: refusal(body), code: codeOf(body) };
  const status = body.type === "status_ok" ? statusOf(body) : undefined;
  return status === undefined
    ? { kind: "bad", at, error: "answers with something that is no status", code: "unreachable" }
    : { kind: "good", at, status };
}

function jsonOf(reply: Reply): unknown {
  const { at } = reply;
  return reply.kind === "good" ? { at, ...reply.status } : { at, error: reply.error };
}

function print(replies: readonly Reply[], showsLinks: boolean, io: Io): void {
  const [paint, columns] = [paintFor(io), columnsOf(io)];
  const good = replies.filter((reply) => reply.kind === "good");
  const peers = good.filter(() => showsLinks)
    .flatMap(({ status: { id, peers } }) => peers.map((peer) => peerCells(id, peer, paint)));
  const down = good.flatMap(({ status: { id, peers } }) => whyDown(id, peers));
  const bad = replies.filter((reply) => reply.kind === "bad");
  const [nodeLines = [], peerLines = []] = tables(
    [{ rows: [nodeHead, ...good.map(nodeCells)], names: 1 }, { rows: [peerHead, ...peers], names: 2 }],
    columns,
  );
  const code = codeOfAll(bad);
  const { text, isGood } = good.length === 0 && isRefusal(code)
    ? { text: nobodyDoes({ code }), isGood: false }
    : summaryOf(good.map(({ status }) => status), replies.length);
  const blocks = [
    [(isGood ? paint.good : paint.bad)(`${paint.sign(isGood)}${text}`)],
    good.length === 0 ? [] : nodeLines,
    membership(good.map(({ status }) => status), paint),
    peers.length === 0 ? [] : peerLines,
    good.flatMap(({ status }) => expiring(status)).map((text) => paint.bad(text)),
    down.map((text) => paint.bad(text)),
    bad.map(({ at, error }) => paint.bad(`${at} ${error}`)),
  ].filter((block) => block.length > 0);
  printLines(io, blocks.flatMap((block, i) => i === 0 ? block : ["", ...block]));
}

const nodeHead = [
  ...["node", "at", "cluster", "storage", "values", "digest", "relay"],
  ...["clients", "watchers", "memory", "up for"],
];

function nodeCells({ at, status }: Good): string[] {
  const { id, cluster, storage, values, digest, relay, clients, watchers, memory_bytes, uptime_ms } = status;
  return [
    ...[id, at, cluster, storage, String(values), (digest ?? "").slice(0, DIGEST_SHOWN), relay ?? "itself"],
    ...[String(clients), String(watchers), `${Math.round(memory_bytes / 1_000_000)} MB`, duration(uptime_ms)],
  ];
}

/** Of which clusters the nodes are, who is none of them any longer, and who waits. */
function membership(good: readonly Status[], paint: Paint): string[] {
  const waiting = good.flatMap(({ id, waits_for_a_seed: why }) =>
    why === undefined ? [] : [paint.bad(`${id} is no member yet, and waits for a seed: ${why}`)]
  );
  const found = good.filter(({ cluster_id }) => cluster_id !== undefined);
  const clusters = Map.groupBy(found, ({ cluster, cluster_id }) => `${cluster} ${cluster_id}`);
  const lines = [...clusters].map(([name, nodes]) => {
    const members = nodes.flatMap((node) => node.members ?? []);
    const idsThat = (
      did: string,
    ) => [...new Set(members.flatMap(({ id, status }) => status === did ? [id] : []))];
    const [left, removed] = [idsThat("left"), idsThat("removed")];
    const parts = [
      `${name}: members ${idsThat("joined").join(", ")}`,
      ...left.length > 0 ? [`left ${left.join(", ")}`] : [],
      ...removed.length > 0 ? [`removed ${removed.join(", ")}`] : [],
    ];
    return parts.join("; ");
  });
  return [...waiting, ...lines];
}

/** A certificate that is to be renewed soon. */
function expiring({ id, tls }: Status): string[] {
  const at = Math.min(tls?.expires_at ?? Infinity, tls?.authorities_expire_at ?? Infinity);
  const what = at === tls?.expires_at ? "certificate" : "trust in any certificate";
  return at - Date.now() > EXPIRING_MS ? [] : [`The ${what} of ${id} ends on ${dateText(new Date(at))}.`];
}

const peerHead = [
  ...["node", "peer", "link", "lag", "ahead", "rtt", "unacked", "suspected", "queued", "dropped"],
];

function peerCells(node: string, peer: PeerStatus, paint: Paint): string[] {
  const { id, link, lag, ahead, rtt_ms, oldest_unacked_ms, suspected_for_ms } = peer;
  const { bytes_queued = 0, messages_dropped = 0 } = link ?? {};
  return [
    ...[node, id, linkCell(peer, paint), String(lag ?? ""), String(ahead ?? ""), duration(rtt_ms)],
    ...[duration(oldest_unacked_ms), suspected_for_ms === null ? "" : paint.bad(duration(suspected_for_ms))],
    ...[kilobytes(bytes_queued), messages_dropped === 0 ? "" : String(messages_dropped)],
  ];
}

function linkCell({ connected, link }: PeerStatus, paint: Paint): string {
  const lasts = link === undefined ? "" : ` ${duration(link.for_ms)}`;
  if (!connected) return paint.bad(`down${lasts}`);
  return link?.hears === false ? paint.bad(`deaf${lasts}`) : `up${lasts}`;
}

/** One line for each reason why a node does not reach others, with their names. */
function whyDown(node: string, peers: readonly PeerStatus[]): string[] {
  const down = peers.flatMap(({ id, connected, link }) =>
    link === undefined || (connected && link.hears) ? [] : [{ id, connected, link }]
  );
  const alike = Map.groupBy(down, ({ connected, link }) => connected ? "" : `: ${link.reason}`);
  return [...alike].map(([why, those]) => {
    const did = why === "" ? "heard" : "reached";
    const for_ms = Math.max(...those.map(({ link }) => link.for_ms));
    return `${node} has not ${did} ${whom(those)} for ${duration(for_ms)}${why}`;
  });
}

/** One with its address, which may be wrong. */
function whom(peers: readonly { readonly id: string; readonly link: LinkStatus }[]): string {
  const [only] = peers;
  if (only === undefined || peers.length > 1) return listed(peers.map(({ id }) => id));
  return `${only.id} at ${only.link.address === "" ? "an unknown address" : only.link.address}`;
}

function kilobytes(bytes: number): string {
  return bytes === 0 ? "" : `${Math.ceil(bytes / 1000)} kB`;
}
