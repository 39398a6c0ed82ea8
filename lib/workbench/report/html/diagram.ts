/** The space-time diagram: without scripts the stretch that says most, and what scripts need to draw any other. */
import { keyOf } from "../../verdict/values.ts";
import type { Columns } from "../columns/columns.ts";
import { pack } from "../columns/packed.ts";
import type { Run } from "../run.ts";
import { type Scene, sceneOf } from "../scene.ts";
import { spaceTimeOf } from "../space_time.ts";
import type { Fates } from "../values/fates.ts";
import { mostTellingFirst } from "./fate_rows.ts";
import { Html, html, valueText } from "./markup.ts";
import { moment } from "./numbers.ts";

const ARROWS_MAX = 300;
/** The picture shows no more time than this, ms, however long its value took. */
const LENGTH_MS_MAX = 4_000;
/** How much is shown before and after, as a share of the time that matters. */
const MARGIN_SHARE = 0.15;

export function diagramSection(run: Run, fates: Fates, columns: Columns): Html {
  return html`
    <section id="space-time">
      <h2>Space and time</h2>
      <p
        class="lead">A line for each node, time to the right; messages run from where and when they were sent to where and when they were received.</p>
      <div id="space-time-live"></div>
      <div class="wide" id="space-time-picture">${picture(run, fates, columns)}</div>
      <div id="way" aria-live="polite"></div>
      <script type="application/octet-stream" id="columns">${new Html(pack(columns))}</script>
    </section>
  `;
}

function picture(run: Run, fates: Fates, columns: Columns): Html {
  const scene = tellingScene(run, fates, columns);
  if (scene === undefined) return html`<p class="lead">No node came to hold any value.</p>`;
  const title = `The way of value ${valueText(scene.value)}, from ${moment(scene.from)} to ${
    moment(scene.to)
  }`;
  return new Html(spaceTimeOf(scene, title, "part"));
}

/** The course of the value that says most, from its broadcast until the last node had it. */
function tellingScene({ about, recording }: Run, fates: Fates, columns: Columns): Scene | undefined {
  for (const place of mostTellingFirst(columns)) {
    const fate = fates.values[place];
    const had = fate?.course.hadAt.filter((at) => !Number.isNaN(at)) ?? [];
    if (fate === undefined || had.length === 0) continue;
    const last = Math.max(...had);
    const first = Math.max(last - LENGTH_MS_MAX, Math.min(fate.broadcast?.from ?? Infinity, ...had));
    const margin = Math.max(1, MARGIN_SHARE * (last - first));
    const [from, to] = [first - margin, last + margin];
    const passages = recording.passages.filter(({ sentAt, endedAt }) => sentAt < to && endedAt > from);
    const near = { ...recording, passages, held: heldOf(recording.held, fate.value) };
    return sceneOf(near, { nodes: about.nodes, value: fate.value, from, to, arrowsMax: ARROWS_MAX });
  }
  return undefined;
}

function heldOf(held: Run["recording"]["held"], value: Fates["values"][number]["value"]) {
  const key = keyOf(value);
  return held.filter(({ values }) => values.some((each) => keyOf(each) === key));
}
