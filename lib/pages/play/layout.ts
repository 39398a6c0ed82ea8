/** Where nodes stand on the stage, and which links are drawn while nothing travels. */
import { type Topology, topology } from "../../workbench/load/topology.ts";
import type { Session } from "../../workbench/session/session.ts";
import type { Story } from "../../workbench/session/story.ts";
import type { ProtocolName } from "../../workbench/settings.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Two nodes by their index. */
export type Link = readonly [number, number];

/** Protocols whose nodes talk to the neighbours that they are advised to talk to. */
const advised: readonly ProtocolName[] = [
  ...["neighbours-retry", "send-without-ack", "retry-without-pause"] as const,
  ...["no-ack-for-duplicates", "exponential-backoff"] as const,
];

/** Beyond these, lines between all nodes hide what matters. */
const ALL_LINKS_NODES_MAX = 9;
/** A closed curve is walked in so many steps. */
const RING_STEPS = 2_000;
const RADIUS_MIN = 8;
const RADIUS_MAX = 22;
/** Around a node stand the marks of what it holds, CSS pixels. */
const AROUND = 9;
/** Around the stage, CSS pixels. */
const MARGIN = 46;

/** In CSS pixels, by index. */
export function places(
  { nodeCount, protocol, topology: name }: Story,
  width: number,
  height: number,
): Point[] {
  const within = (x: number, y: number): Point => ({
    x: MARGIN + x * (width - 2 * MARGIN),
    y: MARGIN + y * (height - 2 * MARGIN),
  });
  const indexes = Array.from({ length: nodeCount }, (_, i) => i);
  if (nodeCount === 1) return [within(0.5, 0.5)];
  if (!advised.includes(protocol) || name === "line" || name === "total") {
    return ring(nodeCount, (angle) => within(0.5 + Math.cos(angle) / 2, 0.5 + Math.sin(angle) / 2));
  }
  const rows = name === "grid" ? gridRows(indexes) : tiers(indexes, Number(name.slice(4)) || 2);
  const columns = Math.max(...rows.map((row) => row.length));
  return rows.flatMap((row, i) =>
    row.map((_, j) => {
      const x = name === "grid" ? (columns === 1 ? 0.5 : j / (columns - 1)) : (j + 0.5) / row.length;
      return within(x, rows.length === 1 ? 0.5 : i / (rows.length - 1));
    })
  );
}

/** Evenly apart on a closed curve, from its top on, clockwise. */
function ring(count: number, at: (angle: number) => Point): Point[] {
  const fine = Array.from(
    { length: RING_STEPS + 1 },
    (_, i) => at(2 * Math.PI * i / RING_STEPS - Math.PI / 2),
  );
  let walked = 0;
  const points: Point[] = [];
  const gaps = fine.map((point, i) => {
    const next = fine[i + 1] ?? point;
    return Math.hypot(next.x - point.x, next.y - point.y);
  });
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  fine.forEach((point, i) => {
    if (points.length < count && walked >= whole * points.length / count - 1e-6) points.push(point);
    walked += gaps[i] ?? 0;
  });
  return points;
}

/** So large that two nodes next to each other do not touch, in CSS pixels. */
export function radiusFor(points: readonly Point[]): number {
  let nearest = Infinity;
  points.forEach((a, i) => {
    for (const b of points.slice(i + 1)) nearest = Math.min(nearest, Math.hypot(b.x - a.x, b.y - a.y));
  });
  return Math.max(RADIUS_MIN, Math.min(RADIUS_MAX, nearest / 2 - AROUND));
}

/** The links over which nodes mostly talk: the tree by their own word, or the neighbours that they are advised to have. */
export function mainLinks(story: Story, session: Session): Link[] {
  if (story.protocol === "hearsay") {
    return session.nodes.flatMap((node, index): Link[] => {
      const relay = session.nodes.indexOf(session.relayOf(node) ?? "");
      return relay < 0 ? [] : [[index, relay]];
    });
  }
  if (advised.includes(story.protocol)) {
    return linksOf(topology(story.topology, session.nodes), session.nodes);
  }
  if (story.protocol === "single" || story.nodeCount > ALL_LINKS_NODES_MAX) return [];
  return linksOf(topology("total", session.nodes), session.nodes);
}

function linksOf(neighbours: Topology, nodes: readonly string[]): Link[] {
  return nodes.flatMap((node, a) => {
    const others = (neighbours[node] ?? []).map((other) => nodes.indexOf(other));
    return others.filter((b) => a < b).map((b): Link => [a, b]);
  });
}

function gridRows(indexes: readonly number[]): number[][] {
  const side = Math.ceil(Math.sqrt(indexes.length));
  return Array.from(
    { length: Math.ceil(indexes.length / side) },
    (_, row) => indexes.slice(row * side, (row + 1) * side),
  );
}

function tiers(indexes: readonly number[], branch: number): number[][] {
  const rows: number[][] = [];
  for (let from = 0, size = 1; from < indexes.length; from += size, size *= branch) {
    rows.push(indexes.slice(from, from + size));
  }
  return rows;
}

/** Evenly thinned to about so many, always the same ones, as those that come and go must not make others flicker. */
export function thinned<T extends { readonly index: number }>(
  items: readonly T[],
  most: number,
): readonly T[] {
  if (items.length <= most) return items;
  const every = 2 ** Math.ceil(Math.log2(items.length / most));
  return items.filter(({ index }) => index % every === 0);
}

/** Whether two stretches cross. */
export function crosses([a, b]: readonly [Point, Point], [c, d]: readonly [Point, Point]): boolean {
  const side = (p: Point, q: Point, r: Point) => (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** From a point to a stretch, in the same unit. */
export function distanceTo(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy);
}
