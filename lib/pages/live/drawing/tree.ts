/** The tree, drawn: every member in its place, who passes on to whom, and who does not reach whom. */
/// <reference lib="dom" />
import type { Seen } from "../state/health.ts";
import { layoutOf, type Placed } from "./layout.ts";
import { put, svg } from "./svg.ts";

/** More lost links than this would hide the drawing; the table has them all. */
const LOSSES_MAX = 60;
/** So many characters of a name are drawn. */
const NAME_CHARS_MAX = 12;

/** How large all is drawn where there are so many members at most. */
const sizes = [
  { most: 12, radius: 11, text: 14, gap: 19 },
  { most: 40, radius: 7, text: 12, gap: 14 },
  { most: Infinity, radius: 4, text: 10, gap: 9 },
] as const;

/** So much the lines of lost links are bent, as a share of their length: they part from others between the same ends. */
const BEND = 0.09;

/** The lines of more members than this are fine ones. */
const FINE_FROM = 40;
/** A name takes so much of the rim, as a part of the height of its letters. */
const NAME_ROOM = 2.4;

interface Edge {
  readonly key: string;
  readonly from: Placed;
  readonly to: Placed;
  readonly look: string;
}

export class TreeDrawing {
  readonly #stage: HTMLElement;
  readonly #svg = svg("svg");
  readonly #edges = svg("g");
  readonly #nodes = svg("g");
  /** By what they join, and by member. */
  readonly #pathOf = new Map<string, SVGPathElement>();
  readonly #nodeOf = new Map<string, SVGGElement>();
  #seen: readonly Seen[] = [];
  #me = "";

  constructor(stage: HTMLElement) {
    this.#stage = stage;
    this.#svg.setAttribute("role", "img");
    this.#svg.append(this.#edges, this.#nodes);
    stage.append(this.#svg);
    new ResizeObserver(() => this.#draw()).observe(stage);
  }

  /** `said`: the drawing in words. */
  show(me: string, seen: readonly Seen[], said: string): void {
    [this.#me, this.#seen] = [me, seen];
    put(this.#svg, { "aria-label": said });
    this.#draw();
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#stage;
    if (width === 0 || this.#seen.length === 0) return;
    put(this.#svg, { viewBox: `${-width / 2} ${-height / 2} ${width} ${height}` });
    const size = sizes.find(({ most }) => this.#seen.length <= most) ?? sizes[2];
    const margin = size.gap + 1.2 * size.text;
    const rim = { x: width / 2 - margin - 2.2 * size.text, y: height / 2 - margin };
    const stands = this.#seen.map(({ member: { id, relay }, state }) => ({
      id,
      ...relay !== undefined && state !== "out" && { relay },
    }));
    const placed = layoutOf(stands, rim.x, rim.y);
    put(this.#edges, { class: this.#seen.length > FINE_FROM ? "fine" : "" });
    this.#drawEdges(new Map(placed.map((each) => [each.id, each])));
    this.#drawNodes(placed, size, rim);
  }

  #drawEdges(at: ReadonlyMap<string, Placed>): void {
    const edges = [...this.#relayEdges(at), ...this.#losses(at)];
    const keys = new Set(edges.map(({ key }) => key));
    for (const [key, path] of this.#pathOf) {
      if (keys.has(key)) continue;
      path.remove();
      this.#pathOf.delete(key);
    }
    for (const { key, from, to, look } of edges) {
      let path = this.#pathOf.get(key);
      if (path === undefined) this.#pathOf.set(key, path = svg("path"));
      put(path, { class: look, d: wayOf(from, to, look === "relays" ? 0 : BEND) });
      if (path.parentNode === null) this.#edges.append(path);
    }
  }

  #relayEdges(at: ReadonlyMap<string, Placed>): Edge[] {
    return this.#seen.flatMap(({ member: { id, relay }, state, unreachedBy }) => {
      const [from, to] = [at.get(relay ?? ""), at.get(id)];
      // The tree is another one only once something is to be passed on.
      const isStale = state === "out" || unreachedBy.includes(relay ?? "");
      if (from === undefined || to === undefined || isStale) return [];
      return [{ key: `${id} is told`, from, to, look: "relays" }];
    });
  }

  #losses(at: ReadonlyMap<string, Placed>): Edge[] {
    const edges = this.#seen.flatMap(({ member: { id }, unreachedBy }) =>
      unreachedBy.flatMap((other) => {
        const [from, to] = [at.get(other), at.get(id)];
        return from === undefined || to === undefined
          ? []
          : [{ key: `${other} does not reach ${id}`, from, to, look: "lost" }];
      })
    );
    const own = edges.filter(({ from }) => from.id === this.#me);
    return edges.length > LOSSES_MAX ? own : edges;
  }

  #drawNodes(placed: readonly Placed[], size: typeof sizes[number], rim: { x: number; y: number }): void {
    const ids = new Set(placed.map(({ id }) => id));
    for (const [id, node] of this.#nodeOf) {
      if (ids.has(id)) continue;
      node.remove();
      this.#nodeOf.delete(id);
    }
    // Where not all names have room at the rim, some do, and those that one looks for.
    const around = Math.PI * (rim.x + rim.y) / placed.length;
    const every = placed.length <= 12 ? 1 : Math.ceil(NAME_ROOM * size.text / around);
    for (const [i, place] of placed.entries()) {
      const seen = this.#seen[i];
      if (seen !== undefined) this.#drawNode(place, seen, size, i % every === 0);
    }
  }

  #drawNode(
    { id, x, y, out }: Placed,
    { state, member, words }: Seen,
    size: typeof sizes[number],
    named: boolean,
  ): void {
    let node = this.#nodeOf.get(id);
    if (node === undefined) {
      this.#nodeOf.set(id, node = svg("g"));
      node.append(svg("title"), svg("circle", "halo"), svg("circle", "dot"), svg("text"));
      this.#nodes.append(node);
    }
    const isMe = id === this.#me;
    put(node, { class: `node ${state}${isMe ? " me" : ""}` });
    node.style.transform = `translate(${x}px, ${y}px)`;
    const [title, halo, dot, text] = node.children;
    if (title !== undefined && title.textContent !== `${id}: ${words}`) title.textContent = `${id}: ${words}`;
    const radius = member.relay === null ? size.radius * 1.25 : size.radius;
    if (halo instanceof SVGCircleElement) put(halo, { r: radius + 4 });
    if (dot instanceof SVGCircleElement) put(dot, { r: radius });
    if (!(text instanceof SVGTextElement)) return;
    const isWorthIt = named || isMe || member.relay === null || state !== "up";
    const [dx, dy] = out;
    put(text, {
      x: dx * (radius + 0.5 * size.gap),
      y: dy * (radius + 0.75 * size.gap) + 0.35 * size.text,
      "font-size": size.text,
      "text-anchor": Math.abs(dx) < 0.4 ? "middle" : dx > 0 ? "start" : "end",
    });
    const name = isWorthIt ? shortened(id) : "";
    if (text.textContent !== name) text.textContent = name;
  }
}

function shortened(name: string): string {
  return name.length <= NAME_CHARS_MAX ? name : `${name.slice(0, NAME_CHARS_MAX - 1)}…`;
}

function wayOf(from: Placed, to: Placed, bend: number): string {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [x, y] = [(from.x + to.x) / 2 - bend * dy, (from.y + to.y) / 2 + bend * dx];
  const at = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return `M${at(from.x, from.y)}Q${at(x, y)} ${at(to.x, to.y)}`;
}
