/** Draws the stage: nodes, the links between them, and the messages under way. */
/// <reference lib="dom" />
import { type Flight, type FlightKind, flightKinds } from "../../../workbench/session/picture.ts";
import type { ToldValue } from "../../../workbench/session/ledger.ts";
import { type Key, keyOf } from "../../../workbench/verdict/values.ts";
import type { Colours } from "./colours.ts";
import { type Link, type Point, thinned } from "../layout.ts";

/** So many of the latest values have a mark at every node. */
export const MARKS = 8;
/** How far a lost message comes, as a share of its way. */
const LOST_SHARE = 0.45;
/** How long the end of a lost message stays to be seen, as a share of its way. */
const LOST_LINGER_SHARE = 1.2;
/** More cut links than these are not drawn one by one. */
const CUT_LINES_MAX = 80;
const LANE = 3.5;
/** So many messages are drawn at once; of more, some. */
const DOTS_MAX = 1_000;

export interface Scene {
  readonly points: readonly Point[];
  readonly names: readonly string[];
  /** By node: "up", "paused" or "down". */
  readonly states: readonly string[];
  readonly slow: readonly boolean[];
  /** By node: its part of a cut, 0 for the largest. */
  readonly sides: readonly number[];
  /** By node: whether others pass on to it first. */
  readonly relays: readonly boolean[];
  readonly links: readonly Link[];
  readonly cutLinks: readonly Link[];
  readonly slowLinks: readonly Link[];
  readonly underWay: Iterable<Flight>;
  /** Lately lost. */
  readonly lost: readonly Flight[];
  readonly values: readonly (ToldValue | undefined)[];
  readonly now: number;
  readonly radius: number;
  /** Messages do not move: their ways are shown instead. */
  readonly still: boolean;
  readonly focused: { readonly node?: number; readonly link?: Link };
  /** The value that is looked at: what brings it stands out. */
  readonly marked: Key | undefined;
  /** What a pointer draws to cut links. */
  readonly knife: readonly Point[];
}

/** Those that bring the value that is looked at; all where none is. */
export function brings(flights: readonly Flight[], marked: Key | undefined): readonly Flight[] {
  if (marked === undefined) return flights;
  return flights.filter(({ values }) => values.some((value) => keyOf(value) === marked));
}

export function drawStage(context: CanvasRenderingContext2D, scene: Scene, colours: Colours): void {
  context.lineCap = "round";
  drawSides(context, scene, colours);
  drawLinks(context, scene, colours);
  drawFlights(context, scene, colours);
  scene.points.forEach((point, index) => drawNode(context, scene, point, index, colours));
  drawKnife(context, scene, colours);
}

/** Nodes that a cut keeps from the largest part stand on a ground of their own. */
function drawSides(
  context: CanvasRenderingContext2D,
  { points, sides, radius }: Scene,
  colours: Colours,
): void {
  const tints = [colours.side1, colours.side2, colours.side3];
  sides.forEach((side, index) => {
    const point = points[index];
    if (side === 0 || point === undefined) return;
    context.fillStyle = tints[(side - 1) % tints.length] ?? colours.side1;
    context.beginPath();
    context.arc(point.x, point.y, radius * 2, 0, 2 * Math.PI);
    context.fill();
  });
}

function drawLinks(context: CanvasRenderingContext2D, scene: Scene, colours: Colours): void {
  const { links, cutLinks, slowLinks, focused } = scene;
  const isCut = new Set(cutLinks.map(linkKey));
  context.strokeStyle = colours.line;
  context.lineWidth = 1.5;
  stroke(context, scene, links.filter((link) => !isCut.has(linkKey(link))));
  context.strokeStyle = colours.probe;
  context.lineWidth = 2.5;
  stroke(context, scene, slowLinks);
  context.setLineDash([2, 5]);
  context.strokeStyle = colours.cut;
  context.lineWidth = 1.2;
  context.globalAlpha = Math.max(0.25, 1 - cutLinks.length / CUT_LINES_MAX);
  if (cutLinks.length <= CUT_LINES_MAX) stroke(context, scene, cutLinks);
  context.setLineDash([]);
  context.globalAlpha = 1;
  if (focused.link === undefined) return;
  context.strokeStyle = colours.ink;
  context.lineWidth = 3;
  stroke(context, scene, [focused.link]);
}

function linkKey([a, b]: Link): number {
  return Math.min(a, b) * 1_000 + Math.max(a, b);
}

function stroke(context: CanvasRenderingContext2D, { points }: Scene, links: readonly Link[]): void {
  context.beginPath();
  for (const [a, b] of links) {
    const [from, to] = [points[a], points[b]];
    if (from === undefined || to === undefined) continue;
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
  }
  context.stroke();
}

function drawFlights(context: CanvasRenderingContext2D, scene: Scene, colours: Colours): void {
  const byKind: Record<FlightKind, Flight[]> = { answer: [], probe: [], value: [] };
  for (const flight of thinned([...scene.underWay], DOTS_MAX)) byKind[flight.kind].push(flight);
  // What matters most lies on top.
  for (const kind of flightKinds.toReversed()) {
    const flights = brings(byKind[kind], scene.marked);
    context.fillStyle = context.strokeStyle = colours[kind];
    context.lineWidth = kind === "value" ? 1.6 : 1;
    context.globalAlpha = scene.still ? 0.9 : 0.22;
    context.beginPath();
    for (const flight of flights) {
      wayOf(context, scene, flight, scene.still ? 1 : shareOf(flight, scene.now));
    }
    context.stroke();
    context.globalAlpha = 1;
    if (scene.still) continue;
    context.beginPath();
    for (const flight of flights) dotOf(context, scene, flight);
    context.fill();
  }
  drawLost(context, scene, colours);
}

function shareOf({ sentAt, dueAt }: Flight, now: number): number {
  return dueAt <= sentAt ? 1 : Math.max(0, Math.min(1, (now - sentAt) / (dueAt - sentAt)));
}

/** Messages there and back have a lane each; the way ends at the rim of the node. */
function placeOf({ points, radius }: Scene, { from, to }: Flight, share: number): Point | undefined {
  const [a, b] = [points[from], points[to]];
  if (a === undefined || b === undefined) return undefined;
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const along = radius + share * Math.max(0, length - 2 * radius);
  return { x: a.x + ux * along - uy * LANE, y: a.y + uy * along + ux * LANE };
}

function wayOf(context: CanvasRenderingContext2D, scene: Scene, flight: Flight, share: number): void {
  const [from, to] = [placeOf(scene, flight, 0), placeOf(scene, flight, share)];
  if (from === undefined || to === undefined) return;
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
}

function dotOf(context: CanvasRenderingContext2D, scene: Scene, flight: Flight): void {
  const place = placeOf(scene, flight, shareOf(flight, scene.now));
  if (place === undefined) return;
  // A message that brings more is larger, and none is as large as a node.
  const size = flight.kind === "value"
    ? Math.min(4 + Math.min(3, Math.log2(flight.values.length || 1)), scene.radius * 0.36)
    : 2.6;
  context.moveTo(place.x + size, place.y);
  context.arc(place.x, place.y, size, 0, 2 * Math.PI);
}

function drawLost(context: CanvasRenderingContext2D, scene: Scene, colours: Colours): void {
  context.strokeStyle = colours.lost;
  context.lineWidth = 2;
  for (const flight of scene.lost) {
    const age = (scene.now - flight.sentAt) / Math.max(1, flight.dueAt - flight.sentAt);
    const share = Math.min(LOST_SHARE, scene.still ? LOST_SHARE : age);
    const place = placeOf(scene, flight, share);
    if (place === undefined) continue;
    context.globalAlpha = Math.max(0, Math.min(1, (LOST_LINGER_SHARE - age) / 0.5));
    context.beginPath();
    if (age < LOST_SHARE && !scene.still) {
      context.fillStyle = colours[flight.kind];
      context.arc(place.x, place.y, 3, 0, 2 * Math.PI);
      context.fill();
    } else {
      for (const side of [-1, 1]) {
        context.moveTo(place.x - 4, place.y - 4 * side);
        context.lineTo(place.x + 4, place.y + 4 * side);
      }
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

/** Whether the end of a lost message is still to be seen. */
export function isLostInSight({ sentAt, dueAt }: Flight, now: number): boolean {
  return now - sentAt < LOST_LINGER_SHARE * Math.max(1, dueAt - sentAt);
}

function drawNode(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { x, y }: Point,
  index: number,
  colours: Colours,
): void {
  const { radius, focused } = scene;
  const state = scene.states[index] ?? "up";
  const isRelay = scene.relays[index] === true && state !== "down";
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = isRelay ? colours.ink : colours.node;
  context.fill();
  context.globalAlpha = state === "down" ? 0.55 : 1;
  context.lineWidth = focused.node === index ? 3 : 1.5;
  context.strokeStyle = state === "down"
    ? colours.lost
    : focused.node === index
    ? colours.value
    : colours.ink;
  if (state !== "up") context.setLineDash([3, 3]);
  context.stroke();
  context.setLineDash([]);
  drawMarks(context, scene, { x, y }, index, colours);
  context.fillStyle = isRelay ? colours.card : colours.ink;
  context.font = `600 ${Math.max(9, Math.round(radius * 0.62))}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(scene.names[index] ?? "", x, y + 0.5);
  context.globalAlpha = 1;
  const said = state === "down" ? "down" : state === "paused" ? "paused" : scene.slow[index] ? "slow" : "";
  if (said === "") return;
  context.font = "500 11px system-ui, sans-serif";
  context.fillStyle = state === "down" ? colours.lost : colours.probe;
  context.fillText(said, x, y + radius + 17);
}

/** Around each node the latest values, clockwise from the top: those that it holds are strong. */
function drawMarks(
  context: CanvasRenderingContext2D,
  { values, radius, marked }: Scene,
  { x, y }: Point,
  index: number,
  colours: Colours,
): void {
  const part = 2 * Math.PI / MARKS;
  for (const [slot, value] of values.entries()) {
    if (value === undefined) continue;
    const holds = value.holds[index] === 1;
    const from = slot * part - Math.PI / 2 + 0.09;
    context.beginPath();
    context.arc(x, y, radius + 5, from, from + part - 0.18);
    context.lineCap = "butt";
    context.lineWidth = marked === value.key ? 8 : 4;
    context.strokeStyle = holds ? colours.held : colours.faint;
    context.stroke();
  }
  context.lineCap = "round";
}

function drawKnife(context: CanvasRenderingContext2D, { knife }: Scene, colours: Colours): void {
  const [first, ...rest] = knife;
  if (first === undefined) return;
  context.strokeStyle = colours.lost;
  context.lineWidth = 2.5;
  context.setLineDash([6, 6]);
  context.beginPath();
  context.moveTo(first.x, first.y);
  for (const { x, y } of rest) context.lineTo(x, y);
  context.stroke();
  context.setLineDash([]);
}
