/** Moves and zooms by wheel, drag, pinch and keys, said as factors and shares of the width. */
/// <reference lib="dom" />

export interface Gestures {
  /** Zooms by a factor around a place, px from the left edge of the element; its middle by default. */
  readonly zoom: (factor: number, x?: number) => void;
  /** Moves by so many px. */
  readonly move: (px: number) => void;
  readonly all: () => void;
  /** The pointer is there, or nowhere. */
  readonly hover: (x: number, y: number) => void;
  readonly leave: () => void;
  readonly press: (x: number, y: number) => void;
  /** To the next message, or to the one before. */
  readonly step: (by: 1 | -1) => void;
  readonly choose: () => void;
  readonly clear: () => void;
}

const WHEEL_STEP = 0.002;
const KEY_ZOOM = 1.5;
const KEY_MOVE_PX = 120;
/** A press that moves less is a click, px. */
const CLICK_PX = 4;

export function listen(element: HTMLElement | SVGElement, gestures: Gestures): void {
  const place = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  listenToWheel(element, gestures, place);
  listenToPointers(element, gestures, place);
  listenToKeys(element, gestures);
}

type Place = (event: MouseEvent) => { readonly x: number; readonly y: number };

/** A wheel that turns over a page scrolls it, unless the diagram has been chosen or a key says that it is meant. */
function listenToWheel(element: HTMLElement | SVGElement, { zoom, move }: Gestures, place: Place): void {
  const onWheel = (event: WheelEvent) => {
    const isMeant = event.ctrlKey || event.metaKey || element.contains(document.activeElement);
    const isAcross = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    if (!isMeant && !isAcross) return;
    event.preventDefault();
    const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (isAcross) return move(scale * (event.deltaX || event.deltaY));
    zoom(Math.exp(-event.deltaY * scale * WHEEL_STEP * (event.ctrlKey ? 4 : 1)), place(event).x);
  };
  element.addEventListener("wheel", (event) => event instanceof WheelEvent && onWheel(event), {
    passive: false,
  });
}

function listenToPointers(element: HTMLElement | SVGElement, gestures: Gestures, place: Place): void {
  const down = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  const on = (type: string, run: (event: PointerEvent) => void) =>
    element.addEventListener(type, (event) => event instanceof PointerEvent && run(event));
  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    down.set(event.pointerId, place(event));
    travelled = 0;
    element.setPointerCapture(event.pointerId);
  });
  on("pointermove", (event) => {
    const now = place(event);
    const before = down.get(event.pointerId);
    if (before === undefined) return gestures.hover(now.x, now.y);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    travelled += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    down.set(event.pointerId, now);
    if (other === undefined) return travelled > CLICK_PX && gestures.move(before.x - now.x);
    const [apart, nowApart] = [Math.abs(before.x - other.x), Math.abs(now.x - other.x)];
    if (apart > 10 && nowApart > 10) gestures.zoom(nowApart / apart, (now.x + other.x) / 2);
  });
  const lift = (event: PointerEvent) => {
    const wasDown = down.delete(event.pointerId);
    if (!wasDown || event.type !== "pointerup" || travelled > CLICK_PX || down.size > 0) return;
    const { x, y } = place(event);
    gestures.press(x, y);
  };
  on("pointerup", lift);
  on("pointercancel", lift);
  on("pointerleave", gestures.leave);
}

function listenToKeys(element: HTMLElement | SVGElement, gestures: Gestures): void {
  const keys: Readonly<Record<string, () => void>> = {
    "ArrowLeft": () => gestures.move(-KEY_MOVE_PX),
    "ArrowRight": () => gestures.move(KEY_MOVE_PX),
    "+": () => gestures.zoom(KEY_ZOOM),
    "=": () => gestures.zoom(KEY_ZOOM),
    "-": () => gestures.zoom(1 / KEY_ZOOM),
    "0": gestures.all,
    "Home": gestures.all,
    "n": () => gestures.step(1),
    "p": () => gestures.step(-1),
    "Enter": gestures.choose,
    "Escape": gestures.clear,
  };
  element.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent) || event.ctrlKey || event.metaKey || event.altKey) return;
    const run = keys[event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
}
