/** Draws the space-time diagram: a line for each node, time to the right, messages from the line of one to that of another. */
/// <reference lib="dom" />
import {
  type Flight,
  type FlightKind,
  flightKinds,
  type Picture,
} from "../../../workbench/session/picture.ts";
import { type Key, keyOf } from "../../../workbench/verdict/values.ts";
import type { Action } from "../../../workbench/script/script.ts";
import type { Colours } from "./colours.ts";
import { thinned } from "../layout.ts";
import { brings } from "./stage.ts";

const LEFT = 44;
const TOP = 22;
const BOTTOM = 22;
/** A line for each node takes so much, CSS pixels. */
const ROW_MAX = 26;
const ROW_MIN = 11;
const LOST_SHARE = 0.45;
/** So many messages are drawn at once; of more, some. */
const LINES_MAX = 2_500;
/** Between two ticks, CSS pixels. */
const TICK_PX = 90;

export interface Diagram {
  readonly names: readonly string[];
  readonly picture: Picture;
  readonly script: readonly Action[];
  readonly now: number;
  /** The value that is looked at: only what brings it is drawn. */
  readonly marked: Key | undefined;
  /** What the width shows, ms. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

export interface Frame {
  readonly x: (at: number) => number;
  readonly y: (node: number) => number;
  readonly bottom: number;
}

export function frameOf({ from, to, width, names }: Diagram): Frame {
  return {
    x: (at) => LEFT + (width - LEFT - 8) * (at - from) / (to - from),
    y: (node) => TOP + (node + 0.5) * rowHeight(names.length),
    bottom: TOP + names.length * rowHeight(names.length),
  };
}

function rowHeight(nodes: number): number {
  return Math.max(ROW_MIN, Math.min(ROW_MAX, 420 / nodes));
}

export function heightOf(nodes: number): number {
  return TOP + BOTTOM + nodes * rowHeight(nodes);
}

export function drawSpaceTime(context: CanvasRenderingContext2D, diagram: Diagram, colours: Colours): void {
  const { width } = diagram;
  const frame = frameOf(diagram);
  drawNames(context, diagram, frame, colours);
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, width - LEFT, frame.bottom + BOTTOM);
  context.clip();
  drawCuts(context, diagram, frame, colours);
  drawTicks(context, diagram, frame, colours);
  drawLives(context, diagram, frame, colours);
  drawMessages(context, diagram, frame, colours);
  drawArrivals(context, diagram, frame, colours);
  drawActions(context, diagram, frame, colours);
  drawNow(context, diagram, frame, colours);
  context.restore();
}

type Draw = (context: CanvasRenderingContext2D, diagram: Diagram, frame: Frame, colours: Colours) => void;

const drawNames: Draw = (context, { names }, { y }, colours) => {
  context.font = `500 ${rowHeight(names.length) < 13 ? 9 : 11}px system-ui, sans-serif`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = colours.soft;
  names.forEach((name, node) => context.fillText(name, LEFT - 8, y(node)));
};

const drawCuts: Draw = (context, { picture: { partings }, from, to, now }, { x, bottom }, colours) => {
  context.fillStyle = colours.side1;
  partings.forEach(({ at, grudge }, i) => {
    const end = Math.min(now, partings[i + 1]?.at ?? Infinity);
    if (grudge.size === 0 || end < from || at > to) return;
    context.fillRect(x(at), TOP, x(end) - x(at), bottom - TOP);
  });
};

const drawTicks: Draw = (context, { from, to, width }, { x, bottom }, colours) => {
  const step = niceStep((to - from) * TICK_PX / width);
  context.textAlign = "center";
  context.textBaseline = "top";
  context.font = "11px system-ui, sans-serif";
  context.lineWidth = 1;
  for (let at = Math.max(0, Math.ceil(from / step) * step); at <= to; at += step) {
    context.strokeStyle = colours.faint;
    context.beginPath();
    context.moveTo(x(at), TOP);
    context.lineTo(x(at), bottom + 3);
    context.stroke();
    context.fillStyle = colours.soft;
    const said = `${Number((at / 1000).toFixed(3))} s`;
    const half = context.measureText(said).width / 2;
    context.fillText(said, Math.max(LEFT + half, Math.min(width - half, x(at))), bottom + 6);
  }
};

const drawLives: Draw = (context, { names, picture: { outages }, from, to, now }, { x, y }, colours) => {
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  names.forEach((_, node) => {
    context.moveTo(x(Math.max(0, from)), y(node));
    context.lineTo(x(now), y(node));
  });
  context.stroke();
  context.lineWidth = 4;
  for (const outage of outages) {
    if (outage.to < from || outage.from > to) continue;
    context.strokeStyle = outage.state === "down" ? colours.lost : colours.probe;
    context.globalAlpha = 0.5;
    context.beginPath();
    context.moveTo(x(outage.from), y(outage.node));
    context.lineTo(x(Math.min(now, outage.to)), y(outage.node));
    context.stroke();
  }
  context.globalAlpha = 1;
};

const drawMessages: Draw = (context, diagram, frame, colours) => {
  const byKind: Record<FlightKind, Flight[]> = { value: [], answer: [], probe: [] };
  const lost: Flight[] = [];
  for (const flight of shownBy(diagram)) {
    if (flight.dropped === undefined) byKind[flight.kind].push(flight);
    else lost.push(flight);
  }
  context.lineWidth = 1;
  for (const kind of flightKinds.toReversed()) {
    context.strokeStyle = colours[kind];
    context.globalAlpha = kind === "value" ? 0.85 : 0.5;
    context.beginPath();
    for (const flight of byKind[kind]) lineOf(context, flight, diagram.now, frame);
    context.stroke();
  }
  context.globalAlpha = 1;
  drawLost(context, lost, diagram.now, frame, colours);
};

/** The messages between its edges, thinned where they are too many. */
export function shownBy({ picture: { trail }, from, to, now, marked }: Diagram): readonly Flight[] {
  const seen: Flight[] = [];
  for (let i = trail.length - 1; i >= 0; i--) {
    const flight = trail[i];
    if (flight === undefined || flight.sentAt > to) continue;
    // Messages are in the order in which they were sent; few are so long under way.
    if (flight.sentAt < from - 5 * (to - from)) break;
    if ((flight.endedAt ?? now) >= from || flight.dueAt >= from) seen.push(flight);
  }
  return thinned(brings(seen, marked), LINES_MAX);
}

/** Where a message that did not arrive ends, as a share of its way. */
export function shareOf({ dropped }: Flight): number {
  return dropped === undefined ? 1 : LOST_SHARE;
}

/** While it is under way, as far as it has come. */
function lineOf(context: CanvasRenderingContext2D, flight: Flight, now: number, { x, y }: Frame): void {
  const { sentAt, dueAt, endedAt } = flight;
  const trip = Math.max(0.001, (endedAt ?? dueAt) - sentAt);
  const share = Math.min(1, (now - sentAt) / trip);
  context.moveTo(x(sentAt), y(flight.from));
  context.lineTo(x(sentAt + share * trip), y(flight.from) + share * (y(flight.to) - y(flight.from)));
}

function drawLost(
  context: CanvasRenderingContext2D,
  lost: readonly Flight[],
  now: number,
  { x, y }: Frame,
  colours: Colours,
): void {
  context.strokeStyle = colours.lost;
  context.setLineDash([2, 2]);
  context.globalAlpha = 0.7;
  context.beginPath();
  for (const { sentAt, dueAt, from, to } of lost) {
    const share = Math.min(LOST_SHARE, (now - sentAt) / Math.max(0.001, dueAt - sentAt));
    context.moveTo(x(sentAt), y(from));
    context.lineTo(x(sentAt + share * (dueAt - sentAt)), y(from) + share * (y(to) - y(from)));
  }
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  for (const { sentAt, dueAt, from, to } of lost) {
    if (now - sentAt < LOST_SHARE * (dueAt - sentAt)) continue;
    const [endX, endY] = [
      x(sentAt + LOST_SHARE * (dueAt - sentAt)),
      y(from) + LOST_SHARE * (y(to) - y(from)),
    ];
    for (const side of [-1, 1]) {
      context.moveTo(endX - 2.5, endY - 2.5 * side);
      context.lineTo(endX + 2.5, endY + 2.5 * side);
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** A node came to hold a value. */
const drawArrivals: Draw = (context, { picture: { arrivals }, from, to, marked }, { x, y }, colours) => {
  context.fillStyle = colours.held;
  context.beginPath();
  for (let i = arrivals.length - 1; i >= 0; i--) {
    const arrival = arrivals[i];
    if (arrival === undefined || arrival.at > to) continue;
    if (arrival.at < from) break;
    if (marked !== undefined && !arrival.values.some((value) => keyOf(value) === marked)) continue;
    context.moveTo(x(arrival.at) + 2.2, y(arrival.node));
    context.arc(x(arrival.at), y(arrival.node), 2.2, 0, 2 * Math.PI);
  }
  context.fill();
};

const drawActions: Draw = (context, { script, from, to, now }, { x, bottom }, colours) => {
  context.font = "500 10px system-ui, sans-serif";
  context.textAlign = "left";
  context.textBaseline = "middle";
  let free = -Infinity;
  for (const action of script) {
    if (action.at > now || action.at > to) break;
    if (action.at < from) continue;
    const [left, said] = [x(action.at), "node" in action ? `${action.kind} ${action.node}` : action.kind];
    context.strokeStyle = context.fillStyle = action.kind === "broadcast" ? colours.value : colours.cut;
    context.lineWidth = 1;
    context.globalAlpha = 0.6;
    context.beginPath();
    context.moveTo(left, TOP - 6);
    context.lineTo(left, bottom);
    context.stroke();
    context.globalAlpha = 1;
    if (left < free) continue;
    context.fillText(said.replace("broadcast", "tell"), left + 2, TOP - 12);
    free = left + context.measureText(said).width + 8;
  }
};

const drawNow: Draw = (context, { now }, { x, bottom }, colours) => {
  context.strokeStyle = colours.soft;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x(now), TOP - 4);
  context.lineTo(x(now), bottom);
  context.stroke();
};

/** 1, 2 or 5 times a power of ten, ms: the smallest that is not smaller. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((each) => each * power >= least) ?? 10) * power;
}
