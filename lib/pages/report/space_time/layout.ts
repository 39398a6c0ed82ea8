/** Where everything stands in the diagram, px: a row for each node, time to the right. */
import { drops } from "../../../workbench/report/columns/columns.ts";
import type { Messages, Stretch } from "../../../workbench/report/columns/messages.ts";

export const TOP = 26;
export const BOTTOM = 30;
const ROW_MAX = 36;
/** As long as all rows fit in so much, they are this high at least. */
const ROW_MIN = 7;
const ROWS_HEIGHT = 620;
const ROWS_HEIGHT_MAX = 910;
const ROW_LEAST = 1.5;
/** Names stand no closer than this. */
const NAME_HEIGHT = 10;
/** How much of its way a message gets that does not arrive, by `drops`. Where a cut or chance takes it nobody sees. */
const shares: Readonly<Record<typeof drops[number], number>> = {
  "": 1,
  "partition": 0.5,
  "loss": 0.45,
  "down": 0.9,
  "overflow": 0.95,
};
/** How long a message seems to take that does not arrive, where none does, ms. */
const TRIP_MS = 10;

export interface Segment {
  readonly message: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly lost: boolean;
}

export class Layout {
  readonly view: Stretch;
  readonly width: number;
  readonly left: number;
  readonly height: number;
  readonly row: number;
  /** Every so many rows have a name. */
  readonly nameEvery: number;
  readonly #tripMs: number;

  constructor(view: Stretch, width: number, nodes: number, tripMs: number) {
    this.view = view;
    this.width = width;
    this.left = width < 600 ? 42 : 62;
    const least = Math.max(ROW_LEAST, Math.min(ROW_MIN, ROWS_HEIGHT_MAX / nodes));
    this.row = Math.max(least, Math.min(ROW_MAX, ROWS_HEIGHT / nodes));
    this.height = Math.round(TOP + nodes * this.row + BOTTOM);
    this.nameEvery = Math.ceil(NAME_HEIGHT / this.row);
    this.#tripMs = tripMs;
  }

  x(ms: number): number {
    const { from, to } = this.view;
    const share = (ms - from) / (to - from);
    // What is far outside ends just there: pictures cannot bear coordinates of any size.
    return Math.round(10 * (this.left + (this.width - this.left) * Math.max(-5, Math.min(6, share)))) / 10;
  }

  /** The moment at a place. */
  ms(x: number): number {
    const { from, to } = this.view;
    return from + (to - from) * (x - this.left) / (this.width - this.left);
  }

  y(row: number): number {
    return Math.round(10 * (TOP + (row + 0.5) * this.row)) / 10;
  }

  get bottom(): number {
    return this.height - BOTTOM;
  }

  segment(messages: Messages, message: number): Segment {
    const sentAt = messages.sentAt[message] ?? 0;
    const drop = drops[messages.drop[message] ?? 0] ?? "";
    const share = shares[drop];
    const endedAt = drop === "" ? messages.endedAt[message] ?? 0 : sentAt + share * this.#tripMs;
    const [y1, y2] = [this.y(messages.src[message] ?? 0), this.y(messages.dest[message] ?? 0)];
    const end = Math.round(10 * (y1 + share * (y2 - y1))) / 10;
    return { message, x1: this.x(sentAt), y1, x2: this.x(endedAt), y2: end, lost: drop !== "" };
  }
}

/** How long a message mostly takes that arrives, ms. */
export function typicalTripMs(messages: Messages): number {
  const every = Math.ceil(messages.count / 10_000);
  const trips: number[] = [];
  for (let i = 0; i < messages.count; i += every) {
    if (messages.drop[i] === 0) trips.push((messages.endedAt[i] ?? 0) - (messages.sentAt[i] ?? 0));
  }
  return trips.sort((a, b) => a - b)[Math.floor(trips.length / 2)] ?? TRIP_MS;
}

/** The segment that is nearest to a point, if one is near enough, px. */
export function nearest(segments: readonly Segment[], x: number, y: number, most = 7): Segment | undefined {
  let best: Segment | undefined;
  let least = most;
  for (const segment of segments) {
    const distance = distanceTo(segment, x, y);
    // Of two that are equally near the later drawn lies on top.
    if (distance <= least) [best, least] = [segment, distance];
  }
  return best;
}

function distanceTo({ x1, y1, x2, y2 }: Segment, x: number, y: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const square = dx * dx + dy * dy;
  const share = square === 0 ? 0 : Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / square));
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}
