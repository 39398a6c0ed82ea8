/** What became of the values: how many had which fate, and a row for each of those that say most. */
import type { Columns } from "../columns/columns.ts";
import { fates, fateWords } from "../values/words.ts";
import { headOf, mostTellingFirst, NUMBERED_NODES_MAX, rowOf } from "./fate_rows.ts";
import { type Html, html } from "./markup.ts";
import { count, counted, duration } from "./numbers.ts";

/** Values that have a row without scripts, and the cells that all rows may have together. */
export const ROWS_MAX = 30;
const CELLS_MAX = 2_000;

export function fatesSection(columns: Columns, toldAt: Float64Array): Html {
  const { values, nodes, lateMs } = columns;
  const order = mostTellingFirst(columns);
  const rows = order.slice(0, Math.max(10, Math.min(ROWS_MAX, Math.floor(CELLS_MAX / nodes.length))));
  const some = rows.length === order.length
    ? `All ${counted(order.length, "value")}`
    : `The ${count(rows.length)} most telling of ${count(order.length)} values`;
  return html`
    <section id="fates">
      <h2>Fates <span class="count">${counted(order.length, "value")}</span></h2>
      ${tally(values.fate)}
      <p class="lead">A value is late from ${duration(lateMs)} on. ${nodes.length <= NUMBERED_NODES_MAX
        ? "Numbers"
        : "Shades"} under the nodes: ms after the broadcast until the node had it (● it was told; – never; ✗ lost it; ↻ lost it and has it again).</p>
      <div id="fates-live"></div>
      <div class="wide" id="fates-table"><table class="fates">
        <caption>${some}, the most telling first; latencies in ms</caption>
        <thead>${headOf(columns)}</thead>
        <tbody>${rows.map((value) => rowOf({ columns, toldAt }, value))}</tbody>
      </table></div>
    </section>
  `;
}

function tally(all: Columns["values"]["fate"]): Html {
  const counts = fates.map((fate) => ({ fate, n: all.filter((each) => each === fate).length }));
  return html`<ul class="tally">${
    counts.filter(({ n }) => n > 0).map(({ fate, n }) =>
      html`<li class="${fate.replaceAll(" ", "-")}"><b>${count(n)}</b> ${fate} <span>${
        fateWords[fate]
      }</span></li>`
    )
  }</ul>`;
}
