/** What a space-time diagram shows of a recording: which nodes and messages, on which lines, for how long. */
import { canonical } from "../../core/log/canonical.ts";
import type { Json } from "../../core/message.ts";
import { component, type Grudge } from "../faults/grudge.ts";
import type { Passage } from "../world/network.ts";
import { type Gain, type Loss, type Recording, type Span, valuesIn } from "./recording.ts";
import { shortened } from "./text.ts";

export interface View extends Span {
  readonly nodes: readonly string[];
  /** The value that is followed. */
  readonly value: Json;
  /** At most so many nodes have a line, and so many messages an arrow. */
  readonly rowsMax?: number;
  readonly arrowsMax?: number;
}

export interface Arrow extends Span {
  readonly source: number;
  readonly target: number;
  /** A message brings the followed value, or other values, or is an acknowledgement, a probe or the like. */
  readonly kind: "value" | "other" | "control";
  readonly lost: boolean;
}

export interface Band extends Span {
  readonly label: string;
  /** Row i of these and row i + 1 are on different sides. */
  readonly walls: readonly number[];
}

export interface Row {
  readonly node: string;
  /** When it held the value; more than once where it lost it meanwhile. */
  readonly holds: readonly Span[];
  /** When a client told it the value. */
  readonly toldAt: number | undefined;
  readonly outages: readonly Span[];
}

export interface Scene extends Span {
  readonly value: Json;
  readonly rows: readonly Row[];
  readonly arrows: readonly Arrow[];
  readonly bands: readonly Band[];
  /** What there was, and is not shown. */
  readonly rowsLeftOut: number;
  readonly arrowsLeftOut: number;
}

const ROWS_MAX = 32;
const ARROWS_MAX = 600;
/** How much is shown before and after, as a share of the time that matters. */
const MARGIN_SHARE = 0.15;
/** Longer lists of nodes are counted instead. */
const NAMES_MAX = 4;
const NAME_CHARS_MAX = 20;

/** From before the value was told, or the cut began that it met, until after the last node came to hold it; undefined where none ever did. */
export function viewOf(recording: Recording, nodes: readonly string[], value: Json): View | undefined {
  const { holds } = courseOf(recording, sameAs(value));
  const moments = [...holds.values()].flatMap((spans) => spans.slice(0, 1)).map(({ from }) => from);
  if (moments.length === 0) return undefined;
  const [first, last] = [Math.min(...moments), Math.max(...moments)];
  const met = recording.cuts.filter((cut) => overlaps(cut, { from: first, to: last }));
  const from = Math.min(first, ...met.map((cut) => cut.from));
  const margin = Math.max(1, MARGIN_SHARE * (last - from));
  return { nodes, value, from: from - margin, to: last + margin };
}

export function sceneOf(recording: Recording, view: View): Scene {
  const { nodes, from, to, rowsMax = ROWS_MAX, arrowsMax = ARROWS_MAX } = view;
  const passages = recording.passages.filter(({ sentAt, endedAt }) => sentAt < to && endedAt > from);
  const cuts = recording.cuts.filter((cut) => overlaps(cut, view));
  const sides = cuts.map(({ grudge }) => sidesOf(nodes, grudge));
  const isValue = sameAs(view.value);
  const course = courseOf(recording, isValue);
  const first = sides[0] ?? [new Set(nodes)];
  const telling = mostTelling(first, rowsMax, course.bringers, passages);
  const shown = bySide(nodes.filter((node) => telling.has(node)), first);
  const all = passages.flatMap((passage) => arrowOf(passage, shown, isValue));
  const arrows = thinned(all, arrowsMax, (node) => course.holds.get(node) ?? [], shown);
  return {
    from,
    to,
    value: view.value,
    rows: shown.map((node) => ({
      node,
      holds: course.holds.get(node) ?? [],
      toldAt: course.toldAt.get(node),
      outages: recording.outages.filter((outage) => outage.node === node && overlaps(outage, view)),
    })),
    arrows,
    bands: cuts.map((cut, i) => ({ ...bandOf(sides[i] ?? [], shown), from: cut.from, to: cut.to })),
    rowsLeftOut: nodes.length - shown.length,
    arrowsLeftOut: all.length - arrows.length,
  };
}

function overlaps(a: Span, b: Span): boolean {
  return a.from < b.to && a.to > b.from;
}

function sameAs(value: Json): (other: Json) => boolean {
  const key = canonical(value);
  return (other) => canonical(other) === key;
}

/** How the value went through the nodes. */
interface Course {
  /** By node, ms. */
  readonly toldAt: ReadonlyMap<string, number>;
  readonly holds: ReadonlyMap<string, readonly Span[]>;
  /** The nodes that were told it, and those by which another first heard of it. */
  readonly bringers: ReadonlySet<string>;
}

function courseOf({ told, held, lost, passages }: Recording, isValue: (value: Json) => boolean): Course {
  const brought = passages.filter(({ envelope, dropped }) =>
    dropped === undefined && valuesIn(envelope.body).some(isValue)
  );
  const hasIt = ({ values }: Gain | Loss) => values === "all" || values.some(isValue);
  const tellings = told.filter(hasIt);
  // Where a host does not see inside its node, what the node was told and brought is what it holds.
  const arrivals = brought.map(({ envelope, endedAt }) => ({ node: envelope.dest, at: endedAt }));
  const gains = [...tellings, ...held.filter(hasIt), ...arrivals].map((gain) => ({ ...gain, isGain: true }));
  const losses = lost.filter(hasIt).map((loss) => ({ ...loss, isGain: false }));
  const firstBrought = firsts(brought, ({ envelope }) => envelope.dest);
  return {
    toldAt: new Map(firsts(tellings, ({ node }) => node).map(({ node, at }) => [node, at])),
    holds: holdsOf([...gains, ...losses].toSorted((a, b) => a.at - b.at)),
    bringers: new Set([
      ...tellings.map(({ node }) => node),
      ...firstBrought.map(({ envelope }) => envelope.src),
    ]),
  };
}

interface Change {
  readonly node: string;
  readonly at: number;
  readonly isGain: boolean;
}

/** From each gain until the next loss, by node. */
function holdsOf(changes: readonly Change[]): Map<string, readonly Span[]> {
  const holds = new Map<string, readonly Span[]>();
  for (const { node, at, isGain } of changes) {
    const spans = holds.get(node) ?? [];
    const last = spans.at(-1);
    const isHeld = last?.to === Infinity;
    if (isGain && !isHeld) holds.set(node, [...spans, { from: at, to: Infinity }]);
    if (!isGain && isHeld) holds.set(node, [...spans.slice(0, -1), { from: last.from, to: at }]);
  }
  return holds;
}

/** The first of the items with each key. */
function firsts<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(keyOf(item)) && seen.add(keyOf(item)));
}

/** The nodes by which the value came have a line before all others, then those with the most messages on each side. */
function mostTelling(
  sides: readonly ReadonlySet<string>[],
  rowsMax: number,
  bringers: ReadonlySet<string>,
  passages: readonly Passage[],
): ReadonlySet<string> {
  const messages = new Map<string, number>();
  for (const { envelope: { src, dest } } of passages) {
    for (const node of [src, dest]) messages.set(node, (messages.get(node) ?? 0) + 1);
  }
  const weight = (node: string) => messages.get(node) ?? 0;
  const ranked = sides.map((side) => [...side].toSorted((a, b) => weight(b) - weight(a)));
  const longest = Math.max(0, ...ranked.map((side) => side.length));
  const inTurns = Array.from({ length: longest }, (_, i) => ranked.flatMap((side) => side.slice(i, i + 1)));
  const [first, rest] = [[...bringers], inTurns.flat().filter((node) => !bringers.has(node))];
  return new Set([...first, ...rest].slice(0, rowsMax));
}

/** The components that a cut leaves, each in the order of the nodes; one where there is a way round. */
export function sidesOf(nodes: readonly string[], grudge: Grudge): readonly ReadonlySet<string>[] {
  const sides: ReadonlySet<string>[] = [];
  for (const node of nodes) {
    if (!sides.some((side) => side.has(node))) sides.push(component(grudge, nodes, node));
  }
  return sides;
}

function sideOf(node: string, sides: readonly ReadonlySet<string>[]): number {
  return sides.findIndex((side) => side.has(node));
}

function bySide(nodes: readonly string[], sides: readonly ReadonlySet<string>[]): readonly string[] {
  return nodes.toSorted((a, b) => sideOf(a, sides) - sideOf(b, sides));
}

function bandOf(
  sides: readonly ReadonlySet<string>[],
  rows: readonly string[],
): Pick<Band, "label" | "walls"> {
  const walls = rows.flatMap((node, i) => {
    const next = rows[i + 1];
    return next !== undefined && sideOf(node, sides) !== sideOf(next, sides) ? [i] : [];
  });
  const names = (side: ReadonlySet<string>) =>
    side.size > NAMES_MAX
      ? `${side.size} nodes`
      : [...side].toSorted().map((node) => shortened(node, NAME_CHARS_MAX)).join(",");
  const label = sides.length > 1
    ? `cut: ${sides.map(names).join(" | ")}`
    : "cut: some links, with a way round";
  return { label, walls };
}

function arrowOf(
  { envelope, sentAt, endedAt, dropped }: Passage,
  rows: readonly string[],
  isValue: (value: Json) => boolean,
): Arrow[] {
  const [source, target] = [rows.indexOf(envelope.src), rows.indexOf(envelope.dest)];
  if (source < 0 || target < 0) return [];
  const values = valuesIn(envelope.body);
  const kind = values.some(isValue) ? "value" : values.length > 0 ? "other" : "control";
  return [{ source, target, from: sentAt, to: endedAt, kind, lost: dropped !== undefined }];
}

/** The arrow by which a node got the value always stays; the others are thinned evenly where there are too many. */
function thinned(
  arrows: readonly Arrow[],
  arrowsMax: number,
  holdsOf: (node: string) => readonly Span[],
  rows: readonly string[],
): readonly Arrow[] {
  if (arrows.length <= arrowsMax) return arrows;
  const isFirst = ({ kind, lost, to, target }: Arrow) =>
    kind === "value" && !lost && holdsOf(rows[target] ?? "").some(({ from }) => from === to);
  const others = arrows.filter((arrow) => !isFirst(arrow)).length;
  const share = Math.max(0, arrowsMax - (arrows.length - others)) / others;
  let credit = 0;
  return arrows.filter((arrow) => {
    if (isFirst(arrow)) return true;
    credit += share;
    if (credit < 1) return false;
    credit--;
    return true;
  });
}
