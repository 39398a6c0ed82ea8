/** The stage as people see and touch it: draws it, and finds out what they point at and cut. */
/// <reference lib="dom" />
import { cutLinksOf, linkOf } from "../../workbench/session/cut_links.ts";
import type { Flight } from "../../workbench/session/picture.ts";
import type { Key } from "../../workbench/verdict/values.ts";
import { component, linkIn } from "../../workbench/faults/grudge.ts";
import { type Colours, contextOf } from "./drawing/colours.ts";
import { crosses, distanceTo, type Link, mainLinks, places, type Point, radiusFor } from "./layout.ts";
import { type Choice, Overlay, type Target } from "./overlay.ts";
import { canvas, element } from "./page.ts";
import type { Player } from "./player.ts";
import { drawStage, isLostInSight, MARKS } from "./drawing/stage.ts";

/** A pointer that moves less than this has not drawn a line, CSS pixels. */
const LINE_PX_MIN = 8;
/** A link is hit within this, CSS pixels. */
const NEAR_PX = 12;
/** The links in use are looked for so often, ms. */
const LINKS_EVERY_MS = 120;
/** More than these have no buttons: one gets to them by the nodes. */
const LINK_BUTTONS_MAX = 120;

export class View {
  readonly #player: Player;
  readonly #stage = element("stage");
  readonly #canvas = canvas("world");
  readonly #overlay: Overlay;
  readonly #still: MediaQueryList;
  #points: readonly Point[] = [];
  #radius = 20;
  #size = { width: 0, height: 0 };
  #links: readonly Link[] = [];
  #cutLinks: readonly Link[] = [];
  #sides: readonly number[] = [];
  #linksAt = -Infinity;
  #generation = -1;
  #lookedAt: object | undefined;
  #focused: Target | undefined;
  #knife: Point[] = [];
  /** Whether the pointer drew a line when it was last down. */
  #isLine = false;
  #lost: Flight[] = [];
  /** The value that is looked at. */
  marked: Key | undefined;
  /** Something is to be drawn though time stands still. */
  dirty = true;

  constructor(player: Player, choicesOf: (target: Target) => readonly Choice[], still: MediaQueryList) {
    this.#player = player;
    this.#still = still;
    this.#overlay = new Overlay({
      choicesOf,
      nameOf: (target) => this.nameOf(target),
      detailOf: (target) => this.detailOf(target),
      onFocus: (target) => {
        this.#focused = target;
        this.dirty = true;
      },
    });
    this.#stage.addEventListener("pointerdown", (event) => this.#onDown(event));
    this.#stage.addEventListener("pointermove", (event) => this.#onMove(event));
    this.#stage.addEventListener("pointerup", (event) => this.#onUp(event));
    this.#stage.addEventListener("click", (event) => this.#onClick(event));
    this.#stage.addEventListener("pointercancel", () => this.#drop());
    new ResizeObserver(() => this.#place()).observe(this.#stage);
  }

  /** What there is to know of a node beside its name. */
  detailOf(target: Target): string {
    if ("link" in target) return "";
    const { session, session: { nodes, picture: { ledger: { values } } } } = this.#player;
    const held = values.filter(({ holds }) => holds[target.node] === 1).length;
    const relay = session.relayOf(nodes[target.node] ?? "");
    const holds = values.length === 0 ? "no value was told yet" : `holds ${held} of ${values.length} values`;
    return `${holds}${relay === undefined ? "" : `, passes on to ${relay} first`}`;
  }

  nameOf(target: Target): string {
    const { nodes, picture } = this.#player.session;
    if ("link" in target) {
      const [a, b] = target.link;
      const isSlow = (this.#player.set.slowMs.get(`${nodes[a]}-${nodes[b]}`) ?? 0) > 0;
      return `link ${nodes[a]} – ${nodes[b]}${this.#player.isCut(a, b) ? ", cut" : ""}${
        isSlow ? ", slow" : ""
      }`;
    }
    const state = picture.states[target.node];
    const isSlow = (this.#player.set.slowMs.get(nodes[target.node] ?? "") ?? 0) > 0;
    return [nodes[target.node], ...state === "up" ? [] : [state], ...isSlow ? ["slow"] : []].join(", ");
  }

  draw(colours: Colours, now: number): void {
    if (this.#generation !== this.#player.generation) this.#place();
    this.#look(now);
    const { session, session: { picture } } = this.#player;
    const { width, height } = this.#size;
    const relays = new Set(
      this.#player.story.protocol === "hearsay" ? this.#links.map(([, relay]) => relay) : [],
    );
    const { slowMs } = this.#player.set;
    const { values } = picture.ledger;
    drawStage(contextOf(this.#canvas, width, height), {
      points: this.#points,
      names: session.nodes,
      states: picture.states,
      slow: session.nodes.map((node) => (slowMs.get(node) ?? 0) > 0),
      sides: this.#sides,
      relays: session.nodes.map((_, index) => relays.has(index)),
      links: this.#links,
      cutLinks: this.#cutLinks,
      slowLinks: [...slowMs].flatMap(([where, ms]) => ms > 0 ? linkNamed(where, session.nodes) : []),
      underWay: picture.underWay,
      lost: this.#lately(),
      values: latest(values),
      now: session.now,
      radius: this.#radius,
      still: this.#still.matches,
      focused: { ...this.#focused },
      marked: this.marked,
      knife: this.#knife,
    }, colours);
    this.dirty = false;
  }

  #lately(): readonly Flight[] {
    const { session: { now, picture: { trail } } } = this.#player;
    this.#lost = [];
    for (let i = trail.length - 1; i >= 0; i--) {
      const flight = trail[i];
      if (flight === undefined || now - flight.sentAt > 10_000 || trail.length - i > 3_000) break;
      if (flight.dropped !== undefined && isLostInSight(flight, now)) this.#lost.push(flight);
    }
    return this.#lost;
  }

  #place(): void {
    const { width, height } = this.#stage.getBoundingClientRect();
    this.#size = { width, height };
    this.#generation = this.#player.generation;
    const { story } = this.#player;
    this.#points = places(story, width, height);
    this.#radius = radiusFor(this.#points);
    this.#overlay.placeNodes(this.#points, this.#radius);
    this.#linksAt = -Infinity;
    this.dirty = true;
  }

  /** Now and then: which links are in use, and who is cut off from whom. */
  #look(now: number): void {
    const { session, session: { nodes, picture }, story } = this.#player;
    if (now - this.#linksAt < LINKS_EVERY_MS && this.#lookedAt === picture.grudge) return;
    this.#linksAt = now;
    this.#lookedAt = picture.grudge;
    this.#links = mainLinks(story, session);
    this.#cutLinks = [...cutLinksOf(picture.grudge, nodes)].map((link): Link => {
      const [a = 0, b = 0] = link.split(" ").map(Number);
      return [a, b];
    });
    this.#sides = this.#sidesOf();
    const buttons = [...this.#links, ...this.#cutLinks];
    this.#overlay.placeLinks(unique(buttons.length > LINK_BUTTONS_MAX ? this.#links : buttons), this.#points);
    this.#overlay.rename();
  }

  /** By node, which part of the cut it is in: the largest is 0. */
  #sidesOf(): readonly number[] {
    const { nodes, picture: { grudge } } = this.#player.session;
    if (grudge.size === 0) return nodes.map(() => 0);
    const parts: Set<string>[] = [];
    for (const node of nodes) {
      if (!parts.some((part) => part.has(node))) parts.push(component(grudge, nodes, node));
    }
    parts.sort((a, b) => b.size - a.size);
    return nodes.map((node) => parts.findIndex((part) => part.has(node)));
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0 || event.target instanceof HTMLButtonElement) return;
    this.#knife = [this.#at(event)];
    this.#stage.setPointerCapture(event.pointerId);
  }

  #onMove(event: PointerEvent): void {
    if (this.#knife.length === 0) {
      this.#stage.style.cursor = this.#linkAt(this.#at(event)) === undefined ? "" : "pointer";
      return;
    }
    this.#knife.push(this.#at(event));
    this.dirty = true;
  }

  #onUp(event: PointerEvent): void {
    const [first, ...rest] = this.#knife;
    this.#drop();
    if (first === undefined) return;
    const line = [first, ...rest, this.#at(event)];
    const isLine = line.some(({ x, y }) => Math.hypot(x - first.x, y - first.y) >= LINE_PX_MIN);
    this.#isLine = isLine;
    if (isLine) this.#player.cut(this.#crossed(line), true);
  }

  /** A menu that opened before the pointer was quite up would be closed by it. */
  #onClick(event: MouseEvent): void {
    if (this.#isLine || event.target instanceof HTMLButtonElement) return;
    const link = this.#linkAt(this.#at(event));
    if (link !== undefined) this.#overlay.open({ link }, event.clientX, event.clientY);
  }

  #drop(): void {
    this.#knife = [];
    this.dirty = true;
  }

  /** Every two nodes have a link, whether it is in use or not. */
  #crossed(line: readonly Point[]): Link[] {
    const crossed: Link[] = [];
    this.#points.forEach((a, i) => {
      this.#points.slice(i + 1).forEach((b, j) => {
        const isCrossed = line.some((point, k) => {
          const next = line[k + 1];
          return next !== undefined && crosses([a, b], [point, next]);
        });
        if (isCrossed) crossed.push([i, i + 1 + j]);
      });
    });
    return crossed;
  }

  #linkAt(point: Point): Link | undefined {
    let [nearest, least]: [Link | undefined, number] = [undefined, NEAR_PX];
    for (const link of unique([...this.#links, ...this.#cutLinks])) {
      const [a, b] = [this.#points[link[0]], this.#points[link[1]]];
      if (a === undefined || b === undefined) continue;
      const distance = distanceTo(point, a, b);
      if (distance < least) [nearest, least] = [link, distance];
    }
    return nearest;
  }

  #at(event: MouseEvent): Point {
    const { left, top } = this.#stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}

/** By its name, as "n0-n1"; none where it is that of a node. */
function linkNamed(name: string, nodes: readonly string[]): Link[] {
  const [a = -1, b = -1] = (linkIn(name, nodes) ?? []).map((node) => nodes.indexOf(node));
  return a < 0 ? [] : [[a, b]];
}

/** Each link once, the lower index first. */
function unique(links: readonly Link[]): Link[] {
  const seen = new Map(links.map(([a, b]): [string, Link] => [linkOf(a, b), a < b ? [a, b] : [b, a]]));
  return [...seen.values()];
}

/** Each value keeps its mark until another takes it. */
function latest<T>(values: readonly T[]): (T | undefined)[] {
  const marks = Array.from({ length: MARKS }, (): T | undefined => undefined);
  for (let i = Math.max(0, values.length - MARKS); i < values.length; i++) marks[i % MARKS] = values[i];
  return marks;
}
