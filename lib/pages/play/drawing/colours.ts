/** The colours of the canvases, which are those of the page's style. */
/// <reference lib="dom" />

const names = [
  ...["card", "ink", "soft", "line", "faint", "value", "answer", "probe", "lost", "cut", "node", "held"],
  ...["side0", "side1", "side2", "side3"],
] as const;

export type Colours = Readonly<Record<typeof names[number], string>>;

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const entries = names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(entries);
}

/** The canvas in device pixels, cleared, with a context that counts CSS pixels. */
export function contextOf(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D {
  const ratio = Math.min(3, globalThis.devicePixelRatio || 1);
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("There is no canvas to draw on.");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
