/** The stretch of time that is in view: zoomed, moved, and kept within the run. */
import type { Stretch } from "../../../workbench/report/columns/messages.ts";

/** Nothing is seen in less, ms. */
export const LENGTH_MS_MIN = 0.05;

/** `whole`: what may be in view at most. */
export function zoomed(view: Stretch, whole: Stretch, factor: number, at: number): Stretch {
  const length = Math.max(LENGTH_MS_MIN, Math.min(lengthOf(whole), lengthOf(view) / factor));
  const share = (at - view.from) / lengthOf(view);
  const from = at - share * length;
  return within({ from, to: from + length }, whole);
}

export function moved(view: Stretch, whole: Stretch, ms: number): Stretch {
  return within({ from: view.from + ms, to: view.to + ms }, whole);
}

/** As long as it was if there is room. */
export function within(view: Stretch, whole: Stretch): Stretch {
  const length = Math.min(lengthOf(whole), Math.max(LENGTH_MS_MIN, lengthOf(view)));
  const from = Math.max(whole.from, Math.min(whole.to - length, view.from));
  return { from, to: from + length };
}

/** The stretch with some room on both sides. */
export function around(view: Stretch, whole: Stretch, share = 0.12): Stretch {
  const room = Math.max(0.5, share * lengthOf(view));
  return within({ from: view.from - room, to: view.to + room }, whole);
}

export function lengthOf({ from, to }: Stretch): number {
  return to - from;
}
