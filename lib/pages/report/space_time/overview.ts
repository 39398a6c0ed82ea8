/** The whole run in a strip above the diagram: how much was under way when, and which part is in view. */
/// <reference lib="dom" />
import { TICKS_PER_MS } from "../../../workbench/report/columns/columns.ts";
import type { Stretch } from "../../../workbench/report/columns/messages.ts";
import { overTime } from "../../../workbench/report/columns/traffic.ts";
import { html } from "../../../workbench/report/html/markup.ts";
import { found } from "../dom.ts";
import type { Model } from "../model.ts";

const HEIGHT = 34;
const WIDTH = 1000;

export class Overview {
  readonly #window: SVGRectElement;
  readonly #whole: Stretch;

  /** `show`: a moment that is to be in the middle of the view. */
  constructor(root: HTMLElement, model: Model, whole: Stretch, show: (ms: number) => void) {
    this.#whole = whole;
    root.innerHTML = html`
      <svg class="overview" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" height="${HEIGHT}"
        aria-hidden="true">
        ${model.columns.cuts.map(({ from, to }) => {
          const left = this.#x(from / TICKS_PER_MS);
          const right = to === null ? WIDTH : this.#x(to / TICKS_PER_MS);
          return html`
            <rect class="cut" x="${left}" y="0" width="${Math.max(1, right - left)}" height="${HEIGHT}" />
          `;
        })}
        <path class="density" d="${this.#density(model)}"/>
        <rect class="window" y="0.5" height="${HEIGHT - 1}"/>
      </svg>
    `.text;
    const svg = found(root, "svg", SVGSVGElement);
    this.#window = found(root, ".window", SVGRectElement);
    const onPointer = (event: PointerEvent) => {
      if (event.buttons === 0) return;
      const box = svg.getBoundingClientRect();
      show(whole.from + (whole.to - whole.from) * (event.clientX - box.left) / box.width);
    };
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      onPointer(event);
    });
    svg.addEventListener("pointermove", onPointer);
  }

  mark({ from, to }: Stretch): void {
    const [left, right] = [this.#x(from), this.#x(to)];
    this.#window.setAttribute("x", String(left));
    this.#window.setAttribute("width", String(Math.max(3, right - left)));
  }

  #x(ms: number): number {
    const { from, to } = this.#whole;
    return Math.round(10 * WIDTH * Math.max(0, Math.min(1, (ms - from) / (to - from)))) / 10;
  }

  #density({ messages, columns, endMs }: Model): string {
    const [first, ...more] = overTime(messages, columns.types.length, endMs, 250);
    const sums = (first ?? []).map((n, i) => more.reduce((sum, counts) => sum + (counts[i] ?? 0), n));
    const most = Math.max(1, ...sums);
    const steps = sums.map((n, i) => {
      const y = Math.round(10 * (HEIGHT - (HEIGHT - 3) * n / most)) / 10;
      return `L${this.#x(endMs * i / sums.length)} ${y}H${this.#x(endMs * (i + 1) / sums.length)}`;
    });
    return `M${this.#x(0)} ${HEIGHT}${steps.join("")}V${HEIGHT}z`;
  }
}
