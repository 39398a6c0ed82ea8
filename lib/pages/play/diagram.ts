/** The space-time diagram as people see and touch it: it follows the session, or shows what they have moved it to. */
/// <reference lib="dom" />
import { type Colours, contextOf } from "./drawing/colours.ts";
import type { Flight } from "../../workbench/session/picture.ts";
import type { Key } from "../../workbench/verdict/values.ts";
import { distanceTo, type Point } from "./layout.ts";
import { canvas, element, say } from "./page.ts";
import type { Player } from "./player.ts";
import {
  type Diagram as Shown,
  drawSpaceTime,
  frameOf,
  heightOf,
  shareOf,
  shownBy,
} from "./drawing/space_time.ts";

/** How much time the width shows, ms. */
const spans = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000] as const;
const USUAL_SPAN = 5;
/** As narrow as a telephone, it shows less. */
const NARROW_PX = 600;
/** A message is hit within this, CSS pixels. */
const NEAR_PX = 6;
/** So many of a message's values are named. */
const NAMED_MAX = 6;
/** So much of the width is left free to the right of now. */
const FREE_SHARE = 0.04;

export class Diagram {
  readonly #player: Player;
  readonly #canvas = canvas("space-time");
  #span: number = USUAL_SPAN;
  #width = 0;
  /** Where the right edge stands, ms; undefined while it follows. */
  #to: number | undefined;
  /** The value that is looked at. */
  marked: Key | undefined;
  dirty = true;

  constructor(player: Player) {
    this.#player = player;
    element("closer").addEventListener("click", () => this.#zoom(-1));
    element("wider").addEventListener("click", () => this.#zoom(1));
    element("latest").addEventListener("click", () => this.#moveTo(undefined));
    this.#canvas.addEventListener("pointerdown", (event) => this.#canvas.setPointerCapture(event.pointerId));
    this.#canvas.addEventListener("pointermove", (event) => {
      if (event.buttons === 1) this.#moveTo(this.#right - event.movementX * this.#spanMs / this.#width);
      this.#point(event);
    });
    this.#canvas.addEventListener("pointerleave", () => element("tip").hidden = true);
    new ResizeObserver(() => this.#measure()).observe(this.#canvas);
    this.#measure();
  }

  draw(colours: Colours): void {
    const shown = this.#shown;
    const height = heightOf(shown.names.length);
    if (this.#canvas.style.height !== `${height}px`) this.#canvas.style.height = `${height}px`;
    drawSpaceTime(contextOf(this.#canvas, this.#width, height), shown, colours);
    this.dirty = false;
  }

  get #shown(): Shown {
    const { session: { nodes: names, picture, script, now } } = this.#player;
    const to = this.#right;
    return {
      names,
      picture,
      script,
      now,
      marked: this.marked,
      from: to - this.#spanMs,
      to,
      width: this.#width,
    };
  }

  /** Says what the message is that is pointed at. */
  #point(event: PointerEvent): void {
    const tip = element("tip");
    const flight = this.#flightAt({ x: event.offsetX, y: event.offsetY });
    tip.hidden = flight === undefined;
    if (flight === undefined) return;
    say(tip, wordsOf(flight, this.#player.session.nodes));
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(event.clientX + 12, innerWidth - width - 8))}px`;
    tip.style.top = `${event.clientY - height - 12}px`;
  }

  #flightAt(point: Point): Flight | undefined {
    const shown = this.#shown;
    const { x, y } = frameOf(shown);
    let [nearest, least]: [Flight | undefined, number] = [undefined, NEAR_PX];
    for (const flight of shownBy(shown)) {
      const [share, end] = [shareOf(flight), flight.dropped === undefined ? flight.endedAt : undefined];
      const [from, to] = [{ x: x(flight.sentAt), y: y(flight.from) }, {
        x: x(end ?? flight.dueAt),
        y: y(flight.to),
      }];
      const stop = { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
      const distance = distanceTo(point, from, stop);
      if (distance < least) [nearest, least] = [flight, distance];
    }
    return nearest;
  }

  get #spanMs(): number {
    return spans[this.#span] ?? 1_000;
  }

  get #right(): number {
    const { now } = this.#player.session;
    // It begins at the left, and moves on once it is full.
    return this.#to ?? Math.max(this.#spanMs, now + this.#spanMs * FREE_SHARE);
  }

  #zoom(by: number): void {
    this.#span = Math.max(0, Math.min(spans.length - 1, this.#span + by));
    this.dirty = true;
  }

  /** Not beyond what there is. */
  #moveTo(to: number | undefined): void {
    const { now } = this.#player.session;
    const isBack = to !== undefined && to < now;
    this.#to = isBack ? Math.max(this.#spanMs, to) : undefined;
    element("latest").hidden = this.#to === undefined;
    this.dirty = true;
  }

  #measure(): void {
    const { width } = this.#canvas.getBoundingClientRect();
    if (this.#width === 0 && width < NARROW_PX) this.#span--;
    this.#width = width;
    this.dirty = true;
  }
}

/** "n0 to n3, sent at 1.204 s: brings A, B; there after 100 ms" */
function wordsOf(
  { from, to, kind, values, sentAt, dueAt, endedAt, dropped }: Flight,
  nodes: readonly string[],
): string {
  const named = values.slice(0, NAMED_MAX).map((value) =>
    typeof value === "string" ? value : JSON.stringify(value)
  );
  const more = values.length > NAMED_MAX ? ` and ${values.length - NAMED_MAX} more` : "";
  const what = kind === "value"
    ? `brings ${named.join(", ")}${more}`
    : kind === "probe"
    ? "a probe"
    : "an answer";
  const took = Math.round(10 * ((endedAt ?? dueAt) - sentAt)) / 10;
  const end = dropped !== undefined
    ? `lost (${dropped})`
    : endedAt === undefined
    ? "under way"
    : `there after ${took} ms`;
  return `${nodes[from]} to ${nodes[to]}, sent at ${(sentAt / 1000).toFixed(3)} s: ${what}; ${end}`;
}
