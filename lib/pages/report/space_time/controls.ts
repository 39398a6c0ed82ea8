/** The buttons and filters above the diagram. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { html } from "../../../workbench/report/html/markup.ts";
import { allOf, found } from "../dom.ts";
import type { Model } from "../model.ts";
import type { Filter } from "./pick.ts";

export interface Controls {
  readonly zoom: (factor: number) => void;
  /** By shares of the width. */
  readonly move: (share: number) => void;
  readonly all: () => void;
  readonly filter: (filter: Filter) => void;
}

export function controls(root: HTMLElement, model: Model, { zoom, move, all, filter }: Controls): void {
  const { nodes, types } = model.columns;
  root.innerHTML = html`
    <div class="group" role="group" aria-label="Zoom and move">
      <button type="button" data-do="in" aria-label="Zoom in">+</button>
      <button type="button" data-do="out" aria-label="Zoom out">−</button>
      <button type="button" data-do="left" aria-label="Earlier">◀</button>
      <button type="button" data-do="right" aria-label="Later">▶</button>
      <button type="button" data-do="all">All</button>
    </div>
    <label>Node <select data-filter="node"><option value="">all</option>${nodes.map((node, i) =>
      html`<option value="${i}">${node}</option>`
    )}</select></label>
    <label>Value <input type="search" data-filter="value" size="8" placeholder="all" autocomplete="off"></label>
    <fieldset><legend>Types</legend>${types.map((type, i) =>
      html`
        <label
          class="chip"><input type="checkbox" data-type="${i}" checked><i class="key t${Math.min(
            i,
            7,
          )}"></i> ${type}</label>
      `
    )}</fieldset>
    <label class="chip"><input type="checkbox" data-filter="only"> only what brings the followed value</label>
    <output class="shown" aria-live="off"></output>
  `.text;
  const actions: Readonly<Record<string, () => void>> = {
    in: () => zoom(2),
    out: () => zoom(0.5),
    left: () => move(-0.4),
    right: () => move(0.4),
    all,
  };
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    actions[button?.getAttribute("data-do") ?? ""]?.();
  });
  const changed = () => filter(read(root, model));
  root.addEventListener("change", changed);
  model.onFollow((value) => {
    found(root, "[data-filter=value]", HTMLInputElement).value = value === undefined
      ? ""
      : model.columns.values.text[value] ?? "";
    changed();
  });
}

function read(root: HTMLElement, model: Model): Filter {
  const node = found(root, "[data-filter=node]", HTMLSelectElement).value;
  const input = found(root, "[data-filter=value]", HTMLInputElement);
  const asked = input.value.trim();
  const value = asked === "" ? -1 : model.columns.values.text.indexOf(asked);
  input.setCustomValidity(asked !== "" && value < 0 ? "No value is written so." : "");
  input.reportValidity();
  // The value that is typed in is followed; all others stay in view unless they are asked to go.
  const wanted = value < 0 ? undefined : value;
  if (wanted !== model.followed && (value >= 0 || asked === "")) model.follow(wanted);
  const only = found(root, "[data-filter=only]", HTMLInputElement).checked && wanted !== undefined;
  const hidden = allOf(root, "[data-type]", HTMLInputElement).filter(({ checked }) => !checked)
    .map((box) => Number(box.dataset["type"]));
  return {
    hidden: new Set(hidden),
    ...node !== "" && { node: Number(node) },
    ...only && { value: wanted },
  };
}
