/** The space-time diagram as people see and touch it: it follows the session, or shows what they have moved it to. */
/// <reference lib="dom" />
import { type Colours, contextOf } from "./colours.ts";
import { canvas, element } from "./page.ts";
import type { Player } from "./player.ts";
import { drawSpaceTime, heightOf } from "./space_time.ts";

/** How much time the width shows, ms. */
const spans = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000] as const;
const USUAL_SPAN = 5;
/** As narrow as a telephone, it shows less. */
const NARROW_PX = 600;
/** So much of the width is left free to the right of now. */
const FREE_SHARE = 0.04;

export class Diagram {
  readonly #player: Player;
  readonly #canvas = canvas("space-time");
  #span: number = USUAL_SPAN;
  #width = 0;
  /** Where the right edge stands, ms; undefined while it follows. */
  #to: number | undefined;
  dirty = true;

  constructor(player: Player) {
    this.#player = player;
    element("closer").addEventListener("click", () => this.#zoom(-1));
    element("wider").addEventListener("click", () => this.#zoom(1));
    element("latest").addEventListener("click", () => this.#moveTo(undefined));
    this.#canvas.addEventListener("pointerdown", (event) => this.#canvas.setPointerCapture(event.pointerId));
    this.#canvas.addEventListener("pointermove", (event) => {
      if (event.buttons === 1) this.#moveTo(this.#right - event.movementX * this.#spanMs / this.#width);
    });
    new ResizeObserver(() => this.#measure()).observe(this.#canvas);
    this.#measure();
  }

  draw(colours: Colours): void {
    const { session: { nodes, picture, script, now } } = this.#player;
    const height = heightOf(nodes.length);
    if (this.#canvas.style.height !== `${height}px`) this.#canvas.style.height = `${height}px`;
    const to = this.#right;
    const context = contextOf(this.#canvas, this.#width, height);
    const from = to - this.#spanMs;
    drawSpaceTime(context, { names: nodes, picture, script, now, from, to, width: this.#width }, colours);
    this.dirty = false;
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
