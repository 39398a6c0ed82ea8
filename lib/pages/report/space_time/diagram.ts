/** The space-time diagram that one can move in. */
/// <reference lib="dom" />
import type { Stretch } from "../../../workbench/report/columns/messages.ts";
import type { Way } from "../../../workbench/report/columns/way.ts";
import { mostTellingFirst } from "../../../workbench/report/html/fate_rows.ts";
import { html } from "../../../workbench/report/html/markup.ts";
import { count } from "../../../workbench/report/html/numbers.ts";
import { isFault } from "../../../workbench/report/values/words.ts";
import { found, oncePerFrame } from "../dom.ts";
import type { Model } from "../model.ts";
import { controls } from "./controls.ts";
import { drawn, type Followed } from "./drawing.ts";
import { listen } from "./gestures.ts";
import { Layout, nearest, type Segment, typicalTripMs } from "./layout.ts";
import { Overview } from "./overview.ts";
import { type Filter, pick } from "./pick.ts";
import { readoutOf } from "./readout.ts";
import { around, lengthOf, moved, within, zoomed } from "./view.ts";

/** In the beginning so many messages are in view, if there is nothing to follow. */
const FIRST_IN_VIEW = 400;

export class Diagram {
  readonly #model: Model;
  readonly #svg: SVGSVGElement;
  readonly #shown: HTMLOutputElement;
  readonly #readout: HTMLElement;
  readonly #overview: Overview;
  readonly #whole: Stretch;
  readonly #tripMs: number;
  readonly #draw: () => void;
  #view: Stretch;
  #filter: Filter = { hidden: new Set() };
  #followed: Followed | undefined;
  #layout: Layout;
  #segments: readonly Segment[] = [];
  #pointed: number | undefined;

  constructor(root: HTMLElement, model: Model) {
    this.#model = model;
    root.innerHTML = html`
      <div class="controls"></div>
      <div class="strip-box"></div>
      <div class="canvas">
        <svg class="live" tabindex="0" role="application" aria-label="Space-time diagram"
          aria-describedby="live-keys"></svg>
      </div>
      <p class="readout" aria-live="polite">Point at a message, or step through them with n and p.</p>
      <p class="keys"
        id="live-keys">Drag or ← → moves; + and − zoom, as does the wheel once the diagram was clicked, or with Ctrl, or two fingers; 0 shows all; a click on a message follows what it brought, Esc ends that. Dashed with a cross: it did not arrive. In a cut the darker rows are cut off from the others. Red dots on a line: the node is down; grey dashes: it is paused.</p>
    `.text;
    this.#svg = found(root, "svg.live", SVGSVGElement);
    this.#readout = found(root, ".readout", HTMLElement);
    this.#tripMs = typicalTripMs(model.messages);
    this.#whole = wholeOf(model);
    this.#view = firstView(model, this.#whole);
    this.#layout = this.#layOut();
    this.#draw = oncePerFrame(() => this.#drawNow());
    this.#overview = new Overview(found(root, ".strip-box", HTMLElement), model, this.#whole, (ms) => {
      const half = lengthOf(this.#view) / 2;
      this.#show({ from: ms - half, to: ms + half });
    });
    model.onFollow((value) => this.#follow(value));
    controls(found(root, ".controls", HTMLElement), model, {
      zoom: (factor) => this.#zoom(factor),
      move: (share) => this.#show(moved(this.#view, this.#whole, share * lengthOf(this.#view))),
      all: () => this.#show(this.#whole),
      filter: (filter) => {
        this.#filter = filter;
        this.#draw();
      },
    });
    this.#shown = found(root, "output", HTMLOutputElement);
    this.#listen();
    new ResizeObserver(this.#draw).observe(this.#svg.parentElement ?? this.#svg);
    this.#drawNow();
  }

  #listen(): void {
    listen(this.#svg, {
      zoom: (factor, x) => this.#zoom(factor, x),
      move: (px) => this.#show(moved(this.#view, this.#whole, this.#layout.ms(px) - this.#layout.ms(0))),
      all: () => this.#show(this.#whole),
      hover: (x, y) => this.#point(nearest(this.#segments, x, y)),
      leave: () => this.#point(undefined),
      press: (x, y) => this.#press(nearest(this.#segments, x, y, 12)),
      step: (by) => this.#step(by),
      choose: () => this.#choose(this.#pointed),
      clear: () => this.#model.follow(undefined),
    });
  }

  #zoom(factor: number, x = (this.#layout.left + this.#layout.width) / 2): void {
    this.#show(zoomed(this.#view, this.#whole, factor, this.#layout.ms(x)));
  }

  #show(view: Stretch): void {
    this.#view = within(view, this.#whole);
    this.#draw();
  }

  #follow(value: number | undefined): void {
    this.#followed = undefined;
    if (value !== undefined) {
      const way = this.#model.wayOf(value);
      const first = new Set(way.steps.flatMap(({ message }) => message ?? []));
      const bringing = new Set(this.#model.messages.bringing(value));
      this.#followed = { value, way, first, bringing };
      this.#view = viewOf(this.#model, value, way, this.#whole);
    }
    this.#draw();
  }

  #press(segment: Segment | undefined): void {
    this.#svg.focus({ preventScroll: true });
    this.#point(segment);
    this.#choose(segment?.message);
  }

  /** Follows what a message brought, if that is one value; of several one is chosen below. */
  #choose(message: number | undefined): void {
    if (message === undefined) return;
    const values = this.#model.messages.valuesOf(message);
    const [first] = values;
    if (values.length === 1 && first !== undefined) this.#model.follow(first);
  }

  #step(by: 1 | -1): void {
    const at = this.#segments.findIndex(({ message }) => message === this.#pointed);
    const next = at < 0 ? (by > 0 ? 0 : this.#segments.length - 1) : at + by;
    if (this.#segments[next] !== undefined) this.#point(this.#segments[next]);
  }

  /** What was said of the last one stays, so that its values can be clicked. */
  #point(segment: Segment | undefined): void {
    this.#pointed = segment?.message ?? this.#pointed;
    if (segment !== undefined) this.#readout.innerHTML = readoutOf(this.#model, segment.message).text;
    this.#mark(segment);
  }

  #mark(segment: Segment | undefined): void {
    this.#svg.querySelector(".pointed")?.remove();
    if (segment === undefined) return;
    const { x1, y1, x2, y2 } = segment;
    this.#svg.insertAdjacentHTML(
      "beforeend",
      html`
        <path class="pointed" d="M${x1} ${y1}L${x2} ${y2}" />
      `.text,
    );
  }

  #layOut(): Layout {
    const width = Math.max(240, this.#svg.parentElement?.clientWidth ?? 0);
    return new Layout(this.#view, width, this.#model.columns.nodes.length, this.#tripMs);
  }

  #drawNow(): void {
    const { messages, columns } = this.#model;
    const layout = this.#layout = this.#layOut();
    const { drawn: picked, inView } = pick(messages, this.#view, this.#filter, this.#followed?.bringing);
    this.#segments = picked.map((message) => layout.segment(messages, message));
    const scene = { columns, messages, layout, segments: this.#segments, followed: this.#followed };
    this.#svg.setAttribute("width", String(layout.width));
    this.#svg.setAttribute("height", String(layout.height));
    this.#svg.innerHTML = drawn(scene).text;
    this.#svg.dataset["drawn"] = String(picked.length);
    this.#svg.dataset["inView"] = String(inView);
    const leftOut = inView - picked.length;
    this.#shown.value = leftOut === 0
      ? `${count(inView)} messages`
      : `${count(picked.length)} of ${count(inView)} messages: ${
        count(leftOut)
      } left out, zoom in to see them`;
    this.#overview.mark(this.#view);
  }
}

/** Nodes have begun to talk before the load did. */
function wholeOf({ messages, endMs }: Model): Stretch {
  const from = Math.min(0, messages.sentAt[0] ?? 0);
  const last = messages.sentAt.at(-1) ?? 0;
  const to = Math.max(endMs, last);
  return { from: from - 0.01 * (to - from), to: to + 0.01 * (to - from) };
}

/** Where the worst fault is, if there is one; else the beginning. */
function firstView(model: Model, whole: Stretch): Stretch {
  const { messages, endMs, columns } = model;
  const [worst] = mostTellingFirst(columns);
  if (worst !== undefined && isFault(columns.values.fate[worst] ?? "ok")) {
    return viewOf(model, worst, model.wayOf(worst), whole);
  }
  const begin = messages.range({ from: 0, to: endMs })[0];
  const until = messages.sentAt[Math.min(messages.count - 1, begin + FIRST_IN_VIEW)] ?? endMs;
  return within({ from: Math.max(whole.from, -0.02 * until), to: until }, whole);
}

/** From when a value was told until the last node had it. */
function viewOf({ toldAt }: Model, value: number, { steps }: Way, whole: Stretch): Stretch {
  const moments = [toldAt[value] ?? 0, ...steps.map(({ at }) => at).filter(Number.isFinite)];
  return around({ from: Math.min(...moments), to: Math.max(...moments) }, whole);
}
