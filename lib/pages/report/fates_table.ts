/** The table of all values, a page at a time: sorted, and filtered by fate and by how a value is written. */
/// <reference lib="dom" />
import { headOf, mostTellingFirst, rowOf } from "../../workbench/report/html/fate_rows.ts";
import { html } from "../../workbench/report/html/markup.ts";
import { count } from "../../workbench/report/html/numbers.ts";
import { fates } from "../../workbench/report/values/words.ts";
import { found } from "./dom.ts";
import type { Model } from "./model.ts";
import { enliven } from "./values.ts";

const PAGE = 25;

const orders = ["most telling", "in time", "true latency", "stable latency"] as const;

export function fatesTable(root: HTMLElement, model: Model): void {
  const { columns } = model;
  const present = fates.filter((fate) => columns.values.fate.includes(fate));
  root.innerHTML = html`
    <div class="controls">
      <label>Order <select data-by="order">${orders.map((order) =>
        html`<option>${order}</option>`
      )}</select></label>
      <label>Fate <select data-by="fate"><option value="">all</option>${present.map((fate) =>
        html`<option>${fate}</option>`
      )}</select></label>
      <label>Value <input type="search" data-by="text" size="8" placeholder="all" autocomplete="off"></label>
      <div
        class="group"><button type="button" data-page="-1" aria-label="Page before">◀</button><button type="button" data-page="1" aria-label="Next page">▶</button></div>
      <output></output>
    </div>
    <div class="wide">
      <table class="fates">
        <caption>Values; latencies in ms</caption>
        <thead>${headOf(columns)}</thead>
        <tbody></tbody>
      </table>
    </div>
  `.text;
  const body = found(root, "tbody", HTMLTableSectionElement);
  const output = found(root, "output", HTMLOutputElement);
  let page = 0;
  let places: readonly number[] = [];
  const show = () => {
    const pages = Math.max(1, Math.ceil(places.length / PAGE));
    page = Math.max(0, Math.min(pages - 1, page));
    const shown = places.slice(page * PAGE, (page + 1) * PAGE);
    body.innerHTML = html`${shown.map((value) => rowOf(model, value))}`.text;
    enliven(body);
    output.value = `${count(places.length)} values, page ${count(page + 1)} of ${count(pages)}`;
  };
  const sort = () => {
    page = 0;
    places = sorted(root, model);
    show();
  };
  root.addEventListener("input", sort);
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-page]") : null;
    if (button === null) return;
    page += Number(button.getAttribute("data-page"));
    show();
  });
  sort();
}

function sorted(root: HTMLElement, { columns }: Model): readonly number[] {
  const { values } = columns;
  const chosen = (by: string) => found(root, `[data-by=${by}]`, HTMLSelectElement).value;
  const [order, fate] = [chosen("order"), chosen("fate")];
  const text = found(root, "[data-by=text]", HTMLInputElement).value.trim();
  const all = mostTellingFirst(columns);
  const descending = (latencies: readonly (number | null)[]) =>
    all.toSorted((a, b) => (latencies[b] ?? -1) - (latencies[a] ?? -1));
  const inOrder = order === "in time"
    ? all.toSorted((a, b) => a - b)
    : order === "true latency"
    ? descending(values.trueMs)
    : order === "stable latency"
    ? descending(values.stableMs)
    : all;
  return inOrder.filter((value) =>
    (fate === "" || values.fate[value] === fate) &&
    (text === "" || values.text[value]?.includes(text) === true)
  );
}
