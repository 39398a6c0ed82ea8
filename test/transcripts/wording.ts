/** The words of a transcript: what happens in a cluster, as a person would write it down. */
import { type Run, valuesOf } from "../../lib/core/log/runs.ts";
import type { NodeStatus } from "../../lib/core/node.ts";
import { type WireMember, writeMember } from "../../lib/core/membership/record.ts";
import { type Body, type Exchange, readPeerMessage } from "../../lib/core/message.ts";
import { RawJson } from "../../lib/core/raw.ts";
import type { Happening } from "./cluster.ts";

/** A line of output; those of messages are aligned with each other. */
export interface Line {
  readonly at: number;
  /** From whom to whom, what and which number; absent where the line is no message. */
  readonly head?: readonly [route: string, type: string];
  readonly text: string;
  /** The node whose place in the tree it tells. */
  readonly place?: string;
}

/** Lists of more are told by their length. */
const NAMED_MAX = 5;
/** Of longer values the beginning is told. */
const TEXT_MAX = 80;

/** Lines in columns; the time stands only where it is another than that of the line before. */
export function inColumns(lines: readonly Line[]): string[] {
  const width = (cell: (line: Line) => string) => Math.max(0, ...lines.map((line) => cell(line).length));
  const [times, routes, types] = [
    width(({ at }) => timeOf(at)),
    width(({ head }) => head?.[0] ?? ""),
    width(({ head }) => head?.[1] ?? ""),
  ];
  return lines.map(({ at, head, text }, i) => {
    const isAnother = i === 0 || timeOf(lines[i - 1]?.at ?? 0) !== timeOf(at);
    const time = (isAnother ? timeOf(at) : "").padStart(times);
    const said = head === undefined ? text : `${head[0].padEnd(routes)}  ${head[1].padEnd(types)}  ${text}`;
    return `${time}  ${said}`.trimEnd();
  });
}

function timeOf(at: number): string {
  return Math.round(at).toLocaleString("en-US");
}

/** Tells one transcript. What a node said of its links is told in full once, and by its version after that. */
export class Wording {
  readonly #advertised = new Set<string>();

  /** The line that tells of it; undefined where another line does so already. */
  lineOf(happening: Happening, at: number): Line | undefined {
    switch (happening.kind) {
      case "message":
        return this.#messageLine(happening, at);
      case "effect":
        return effectLine(happening, at);
      case "suspects":
        return { at, text: `${happening.id} takes ${happening.peer} for lost` };
      case "sees":
        return { at, text: `${happening.id} sees ${happening.peer} again` };
      case "place":
        return { at, text: `${happening.id} is now ${placeText(happening.status)}`, place: happening.id };
    }
  }

  #messageLine({ envelope, fate }: Happening & { kind: "message" }, at: number): Line {
    const { src, dest, body } = envelope;
    const said = this.#said(body);
    const text = fate === "lost later" ? "does not arrive" : said.text;
    return { at, head: [`${src} ${fate === "sent" ? "->" : "-x"} ${dest}`, said.type], text };
  }

  /** Between nodes, or to a client. */
  #said(body: Body): { type: string; text: string } {
    const message = readPeerMessage(body);
    if (message === undefined) {
      const read = body["messages"];
      const values = read instanceof RawJson ? read.toJSON() : undefined;
      return { type: body.type, text: Array.isArray(values) ? values.map(valueText).join(" ") : "" };
    }
    if (message.type === "malformed") throw new Error(message.reason);
    if (message.type === "push") return { type: message.type, text: runsText(message.runs.runs) };
    if (message.type === "members") return { type: message.type, text: membersText(message.members) };
    return { type: `${message.type} #${message.seq}`, text: this.#exchangeText(message) };
  }

  #exchangeText(
    { incarnation, runs, window, ack, digest, poll, links = [], members = [] }: Exchange,
  ): string {
    const parts = [
      incarnation > 1 && `life ${incarnation}`,
      runsText(runs?.runs ?? []),
      window !== undefined && `window ${timeOf(window)}`,
      ack !== undefined && ackText(ack),
      digest.length > 0 && `holds ${digest.map(([origin, spans]) => spansText(origin, spans)).join(" ")}`,
      this.#allLinksText(links),
      members.length > 0 && membersText(members),
      poll === true && "asks",
    ];
    return parts.filter((part) => part !== false && part !== "").join("  ");
  }

  #allLinksText(links: NonNullable<Exchange["links"]>): string {
    if (links.length > NAMED_MAX) return `{links of ${links.length} nodes}`;
    return links.length === 0 ? "" : `{${links.map((each) => this.#linksText(each)).join("; ")}}`;
  }

  #linksText([node, life, version, suspected, heard]: NonNullable<Exchange["links"]>[number]): string {
    const name = `${node} v${life > 1 ? `${life}.` : ""}${version}`;
    if (this.#advertised.has(name)) return name;
    this.#advertised.add(name);
    const lost = suspected.length > 0 ? ` lost ${namesText(suspected)},` : "";
    return `${name}${lost} sees ${namesText(heard)}`;
  }
}

function effectLine({ id, effect }: Happening & { kind: "effect" }, at: number): Line | undefined {
  // Whatever is persisted is delivered next.
  if (effect.kind === "deliver" || effect.kind === "trace") return undefined;
  if (effect.kind === "drop") return { at, text: `${id} drops a message ${effect.reason}` };
  if (effect.kind === "notice") return { at, text: `${id} notes: ${effect.text}` };
  if (effect.kind === "gone") return { at, text: `${id} is no member any longer: ${effect.reason}` };
  if (effect.kind === "members") {
    return { at, text: `${id} learns ${membersText(effect.news.map(writeMember))}` };
  }
  const own = effect.own ? "its own " : "";
  return { at, text: `${id} persists and delivers ${own}${runsText(effect.runs)}` };
}

function membersText(members: readonly WireMember[]): string {
  const statuses = ["joined", "left", "removed"];
  return members.map(([id, epoch, incarnation, status]) =>
    `${id} ${statuses[status]} ${epoch}.${incarnation}`
  )
    .join(", ");
}

function ackText([life, seq, heldMs]: NonNullable<Exchange["ack"]>): string {
  const held = Math.round(heldMs) > 0 ? ` after ${timeOf(heldMs)}` : "";
  return `acks #${seq}${life > 1 ? ` of life ${life}` : ""}${held}`;
}

function runsText(runs: readonly Run[]): string {
  return runs.map((run) => {
    const { origin, seq, texts } = run;
    const spans = spansText(origin, [seq, seq + texts.length - 1]);
    return texts.length > NAMED_MAX
      ? `${spans} (${texts.length} values)`
      : [spans, ...valuesOf(run).map(valueText)].join(" ");
  }).join(", ");
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > TEXT_MAX ? `${text.slice(0, 4)}…"` : text;
}

/** Entries by number. The origin of a first life is told by the node alone. */
function spansText(origin: string, spans: readonly number[]): string {
  const told: string[] = [];
  for (let i = 0; i + 1 < spans.length; i += 2) {
    told.push(spans[i] === spans[i + 1] ? `${spans[i]}` : `${spans[i]}-${spans[i + 1]}`);
  }
  return `${origin.replace(/\.1$/, "")}:${told.join(",")}`;
}

function namesText(names: readonly string[]): string {
  if (names.length === 0) return "nobody";
  return names.length > NAMED_MAX ? `${names.length} nodes` : names.join(" ");
}

function placeText({ relay, peers }: NodeStatus): string {
  const below = peers.filter(({ id, neighbour }) => neighbour && id !== relay).map(({ id }) => id);
  if (relay === undefined && below.length === 0) return "alone";
  const above = relay === undefined ? "root" : `under ${relay}`;
  return below.length === 0 ? above : `${above}, over ${namesText(below)}`;
}

/** What a node says of itself and of those that it passes on to or has lost, for people. */
export function statusLines(id: string, status: NodeStatus, shown: ReadonlySet<string>): string[] {
  const peers = status.peers.filter((peer) => shown.has(peer.id)).flatMap((peer) => {
    // What it holds is only known of a neighbour.
    const rtt = peer.rttMs === undefined ? "unknown" : `${Math.round(peer.rttMs)} ms`;
    const lag = `behind by ${peer.lag}, round trip ${rtt}`;
    const lost = peer.suspectedAt === undefined ? [] : [`lost since ${timeOf(peer.suspectedAt)}`];
    const said = [...peer.neighbour ? [lag] : [], ...lost];
    return said.length === 0 ? [] : [`  ${peer.id}: ${said.join(", ")}`];
  });
  return [`${id} is ${placeText(status)}, entries held: ${status.entries}`, ...peers];
}
