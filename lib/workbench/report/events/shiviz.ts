/** A run as a log for ShiViz, which draws who can have known of what: each event of a node with its vector clock. */
import type { Json } from "../../../core/message.ts";
import type { Passage } from "../../world/network.ts";
import { type Recording, valuesIn } from "../recording.ts";
import type { Run } from "../run.ts";
import { happeningsOf } from "./write.ts";

/** ShiViz's own default. It is on the first line, where ShiViz looks for it in a file; the second is for what parts runs. */
export const SHIVIZ_PARSER = String.raw`(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`;

/** Values that the text of an event lists before it says how many more there are, and characters of each. */
const LISTED_MAX = 8;
const VALUE_CHARS_MAX = 40;

/** By node, how many of its events can have been known. */
type Clock = Map<string, number>;

/** What happens at nodes, in an order that can be: no message is received before it was sent. */
export function* shivizLog({ recording }: Pick<Run, "recording">): Generator<string> {
  yield `${SHIVIZ_PARSER}\n\n`;
  const clocks = new Map<string, Clock>();
  /** What the sender could know, of messages under way. */
  const known = new Map<Passage, Clock>();
  for (const step of stepsOf(recording)) {
    const { at, text, sends, receives } = step;
    const node = hostOf(step.node);
    const clock = clocks.get(node) ?? new Map<string, number>();
    clocks.set(node, clock.set(node, (clock.get(node) ?? 0) + 1));
    if (receives !== undefined) merge(clock, known.get(receives));
    if (receives !== undefined) known.delete(receives);
    if (sends !== undefined && sends.dropped === undefined) known.set(sends, new Map(clock));
    yield `${text} (at ${at.toFixed(1)} ms)\n${node} ${JSON.stringify(Object.fromEntries(clock))}\n`;
  }
}

function merge(clock: Clock, other: Clock = new Map()): void {
  for (const [node, count] of other) clock.set(node, Math.max(count, clock.get(node) ?? 0));
}

/** Something that happens at a node. */
interface Step {
  readonly at: number;
  readonly node: string;
  readonly text: string;
  readonly sends?: Passage;
  readonly receives?: Passage;
}

/** By time. At one moment a node is told something before it sends, and a message is sent before it is received. */
function* stepsOf(recording: Recording): Generator<Step> {
  const own = ownSteps(recording);
  const sendings = recording.passages.toSorted((a, b) => a.sentAt - b.sentAt);
  const receipts = recording.passages.filter(({ dropped }) => dropped === undefined);
  const underWay = new Set<Passage>();
  const next = { own: 0, sending: 0, receipt: 0 };
  while (true) {
    const [step, leaving, coming] = [own[next.own], sendings[next.sending], receipts[next.receipt]];
    const at = Math.min(step?.at ?? Infinity, leaving?.sentAt ?? Infinity, coming?.endedAt ?? Infinity);
    if (step?.at === at) {
      next.own++;
      yield step;
    } else if (coming?.endedAt === at && (leaving?.sentAt !== at || underWay.has(coming))) {
      next.receipt++;
      underWay.delete(coming);
      yield receiptOf(coming);
    } else if (leaving !== undefined) {
      next.sending++;
      if (leaving.dropped === undefined) underWay.add(leaving);
      yield sendingOf(leaving);
    } else return;
  }
}

/** What happens at a node without any message of another. */
function ownSteps({ told, lost, outages }: Recording): Step[] {
  const nothing = { operations: [], passages: [], overlooked: 0, held: [], cuts: [], traces: [] };
  const findings = { elements: [], sightings: { duplicated: [], phantoms: [] } };
  return [...happeningsOf({ ...nothing, ...findings, told, lost, outages })].flatMap((event) => {
    switch (event.event) {
      case "told":
        return { at: event.at, node: event.node, text: `a client tells it ${listed(event.values)}` };
      case "lost":
        return {
          at: event.at,
          node: event.node,
          text: `loses ${event.values === "all" ? "all" : listed(event.values)}`,
        };
      case "up":
      case "paused":
      case "down":
        return { at: event.at, node: event.node, text: `is ${event.event}` };
      default:
        return [];
    }
  });
}

function sendingOf(passage: Passage): Step {
  const { envelope: { src, dest }, sentAt: at, dropped } = passage;
  const lost = dropped === undefined ? "" : `, lost: ${dropped}`;
  return { at, node: src, text: `sends ${dest} ${contentOf(passage)}${lost}`, sends: passage };
}

function receiptOf(passage: Passage): Step {
  const { envelope: { src, dest }, endedAt: at } = passage;
  return { at, node: dest, text: `receives from ${src} ${contentOf(passage)}`, receives: passage };
}

/** "delta: 7, 8". */
function contentOf({ envelope: { body } }: Passage): string {
  const values = valuesIn(body);
  // Strangers have a say in it, and an event is one line.
  const type = /^[\w.-]+$/.test(body.type) ? body.type : JSON.stringify(body.type);
  return values.length === 0 ? type : `${type}: ${listed(values)}`;
}

function listed(values: readonly Json[]): string {
  const shown = values.slice(0, LISTED_MAX).map((value) => shortened(JSON.stringify(value)));
  const more = values.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function shortened(text: string): string {
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}

/** A host of ShiViz has no spaces. */
function hostOf(node: string): string {
  return node.replaceAll(/\s/g, "_");
}
