/** How fast things go, from counts that grow: now, and over the last two minutes. */
import type { View } from "../../../service/live/snapshot.ts";

export const figures = ["entries", "messages", "bytes"] as const;
export type Figure = typeof figures[number];
export type Rates = Readonly<Record<Figure, number>>;

/** So much is remembered, s. */
export const HISTORY_S = 120;
/** A rate is that of the last so many ms. */
const WINDOW_MS = 2_500;

type Sample = Pick<View, Figure | "uptime_ms">;

export class RateHistory {
  /** Those of the last moment, the newest last. */
  #samples: Sample[] = [];
  /** One for each second that was looked at, the newest last. */
  readonly history: Rates[] = [];
  #second = -1;

  /** Takes counts, which begin anew with a life of the node. Returns the rates, per second. */
  note(view: View): Rates {
    const last = this.#samples.at(-1);
    if (last !== undefined && view.uptime_ms < last.uptime_ms) this.#samples = [];
    this.#samples = [...this.#samples, view].filter((each) => view.uptime_ms - each.uptime_ms <= WINDOW_MS);
    const [first = view] = this.#samples;
    const s = (view.uptime_ms - first.uptime_ms) / 1000;
    const of = (figure: Figure) => s === 0 ? 0 : Math.max(0, view[figure] - first[figure]) / s;
    const rates = { entries: of("entries"), messages: of("messages"), bytes: of("bytes") };
    if (s > 0) this.#keep(rates, Math.floor(view.uptime_ms / 1000));
    return rates;
  }

  #keep(rates: Rates, second: number): void {
    if (second === this.#second) this.history.pop();
    this.#second = second;
    this.history.push(rates);
    if (this.history.length > HISTORY_S) this.history.shift();
  }
}
