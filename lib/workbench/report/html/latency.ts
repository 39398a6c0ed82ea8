/** How late each value was: a point at the time of its broadcast, behind it the cuts, across it the limits. */
import type { Quantiles } from "../../verdict/quantiles.ts";
import type { Limit, Run } from "../run.ts";
import type { Fates, ValueFate } from "../values/fates.ts";
import { LEFT, RIGHT, WIDTH, xAxis } from "./axis.ts";
import { BOTTOM, type Extent, HEIGHT, latencyScales, type Scales, TOP } from "./latency_scales.ts";
import { bands, type Fault, faultsTable } from "./faults.ts";
import { type Html, html } from "./markup.ts";
import { counted, duration, milliseconds } from "./numbers.ts";
import { px } from "../svg.ts";

/** The line on which stand values that never were everywhere, px. */
const NEVER_Y = 22;
const LABEL_HEIGHT = 14;

interface Point {
  readonly at: number;
  readonly ms: number;
}

export function latencySection(run: Run, fates: Fates, faults: readonly Fault[]): Html {
  const { results } = run;
  const seen = results["observed-every-ms"];
  const late = seen > 0 ? `; only reads tell it, up to ${duration(seen)} late` : "";
  return html`<section id="latency"><h2>Latency</h2>
<p class="lead">Each value stands at the moment of its broadcast. <i class="key true"></i> <b>True latency</b>: until the last node had it${late}. <i class="key stable"></i> <b>Stable latency</b>: from when it was known until the last read that lacked it, as Maelstrom counts.${
    faults.length > 0 && html`
      Shaded: <i class="key cut"></i> cuts, and on top <i class="key down"></i> nodes that were down or <i
        class="key paused"></i> paused.
    `
  }</p>
${latencyChart(run, fates, faults)}
${quantilesTable(results.workload["stable-latencies"], results["true-latencies"])}
${faultsTable(faults)}
</section>`;
}

function latencyChart({ about, results }: Run, { values }: Fates, faults: readonly Fault[]): Html {
  const told = values.filter(({ broadcast }) => broadcast !== undefined);
  const [trues, stables] = [pointsOf(told, "trueMs"), pointsOf(told, "stableMs")];
  const never = told.filter(({ trueMs, stableMs }) => trueMs === undefined && stableMs === undefined);
  const bounds = about.limits.filter(({ of }) => of !== undefined && of !== "messages-per-op");
  const endMs = Math.max(results.settings.timeLimitS * 1000, ...timesOf(told));
  const extent = extentOf([...trues, ...stables], bounds, endMs);
  const axes = latencyScales(extent);
  const { x, y } = axes;
  const bottom = HEIGHT - BOTTOM;
  const label = `Latency of ${counted(told.length, "value")} over the time of their broadcasts, ms`;
  return html`
    <div class="wide">
      <svg class="chart" id="latency-chart" data-end="${extent.endMs}" data-middle="${extent.middle}"
        data-largest="${extent.largest}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"
        aria-labelledby="latency-title latency-desc">
    <title id="latency-title">${label}</title>
    <desc id="latency-desc">${describe(
      results.workload["stable-latencies"],
      results["true-latencies"],
      never.length,
    )}</desc>
    ${bands(faults, { x, right: WIDTH - RIGHT, top: TOP, bottom })}
    ${axes.yTicks.map((ms) =>
      html`
        <path class="grid" d="M${LEFT} ${y(ms)}H${WIDTH - RIGHT}" />
        <text x="${LEFT - 8}" y="${px(y(ms) + 4)}" text-anchor="end">${milliseconds(
          ms,
        )}</text>
      `
    )}
    ${xAxis(axes.xTicks, x, bottom)}
    <text x="${LEFT - 8}" y="${bottom + 18}" text-anchor="end">ms</text>
    <path class="dots stable" d="${dots(stables, axes)}"/>
    <path class="dots true" d="${dots(trues, axes)}"/>
    ${limitLines(bounds, y)}
    ${never.length > 0 && html`
      <text class="never-text" x="${LEFT - 8}" y="${NEVER_Y + 4}" text-anchor="end">never</text>
      <path class="never" d="${crosses(never, x)}" />
    `}
      </svg>
    </div>
  `;
}

function timesOf(told: readonly ValueFate[]): number[] {
  return told.slice(-1).map(({ broadcast }) => broadcast?.from ?? 0);
}

function pointsOf(told: readonly ValueFate[], which: "trueMs" | "stableMs"): Point[] {
  return told.flatMap((fate) => {
    const [at, ms] = [fate.broadcast?.from, fate[which]];
    return at === undefined || ms === undefined ? [] : [{ at, ms }];
  });
}

function extentOf(points: readonly Point[], bounds: readonly Limit[], endMs: number): Extent {
  const sorted = points.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const middle = Math.max(1, sorted[Math.floor(sorted.length / 2)] ?? 1);
  const largest = Math.max(1, sorted.at(-1) ?? 1, ...bounds.map(({ most }) => most));
  return { endMs, middle, largest };
}

/** A dot for each point; a second one at the same place would not be seen. */
function dots(points: readonly Point[], { x, y }: Scales): string {
  const places = new Set(points.map(({ at, ms }) => `M${x(at)} ${y(ms)}h0`));
  return [...places].join("");
}

function crosses(never: readonly ValueFate[], x: (ms: number) => number): string {
  const places = new Set(never.map(({ broadcast }) => x(broadcast?.from ?? 0)));
  return [...places].map((at) => `M${px(at - 4)} ${NEVER_Y - 4}l8 8m0 -8l-8 8`).join("");
}

/** The names of limits that are close to each other stand one above the other. */
function limitLines(limits: readonly Limit[], y: (ms: number) => number): readonly Html[] {
  let free = HEIGHT;
  return limits.toSorted((a, b) => a.most - b.most).map(({ name, unit, most }) => {
    const at = Math.min(y(most) - 5, free);
    free = at - LABEL_HEIGHT;
    return html`
      <path class="limit" d="M${LEFT} ${y(most)}H${WIDTH - RIGHT}" />
      <text class="limit-text" x="${WIDTH - RIGHT - 4}" y="${px(at)}"
        text-anchor="end">${name} ≤ ${milliseconds(most)}${unit}</text>
    `;
  });
}

function describe(stable: Quantiles | null, trues: Quantiles | null, never: number): string {
  const said = [["Stable", stable], ["True", trues]] as const;
  const sentences = said.flatMap(([name, found]) =>
    found === null
      ? []
      : [`${name} latency: median ${duration(found["0.5"])}, maximum ${duration(found["1"])}.`]
  );
  return [...sentences, ...never > 0 ? [`${counted(never, "value")} never got everywhere.`] : []].join(" ");
}

function quantilesTable(stable: Quantiles | null, trues: Quantiles | null): Html {
  const columns = ["0", "0.5", "0.95", "0.99", "1"] as const;
  const row = (name: string, kind: string, found: Quantiles | null) =>
    html`<tr><th scope="row"><i class="key ${kind}"></i> ${name}</th>${
      columns.map((column) => html`<td class="n">${found === null ? "–" : milliseconds(found[column])}</td>`)
    }</tr>`;
  return html`
    <div class="wide">
      <table class="small">
        <caption>Latencies, ms</caption>
        <thead>
          <tr>
            <th></th>
            <th class="n">Minimum</th>
            <th class="n">Median</th>
            <th class="n">95 %</th>
            <th class="n">99 %</th>
            <th class="n">Maximum</th>
          </tr>
        </thead>
        <tbody>${row("stable", "stable", stable)}${row("true", "true", trues)}</tbody>
      </table>
    </div>
  `;
}
