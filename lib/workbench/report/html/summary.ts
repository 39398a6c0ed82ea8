/** The top of a report, what was run and what came of it in figures; and its end, the settings. */
import type { Results } from "../../verdict/results.ts";
import type { Limit, Run } from "../run.ts";
import { type Html, html, SENTENCE_CHARS_MAX } from "./markup.ts";
import { shortened } from "../text.ts";
import { count, duration, milliseconds } from "./numbers.ts";

/** Reasons that are listed; the others are counted. */
const REASONS_MAX = 20;

export function header({ about, results }: Run): Html {
  const { passed, verdict, reasons, headline, command } = about;
  const more = reasons.length - REASONS_MAX;
  return html`<header class="${passed ? "good" : "bad"}">
<p class="brand">hearsay <span>report of a run</span></p>
<h1><span class="mark" aria-hidden="true">${passed ? "✓" : "✗"}</span> ${said(verdict)}</h1>
<p class="headline">${said(headline)}</p>
${
    reasons.length > 0 && html`<ul class="reasons">${
      reasons.slice(0, REASONS_MAX).map((reason) => html`<li>${said(reason)}</li>`)
    }${more > 0 && html`<li>and ${count(more)} more</li>`}</ul>`
  }
${command !== undefined && html`<p class="again"><span>Run it again</span> <code>${said(command)}</code></p>`}
${figures(results)}
${limits(about.limits)}
</header>`;
}

function said(text: string): string {
  return shortened(text, SENTENCE_CHARS_MAX);
}

type Tile = readonly [name: string, figure: string, more: string];

function figures({ stats, workload, net, nemesis, ...results }: Results): Html {
  const trouble = stats.count - stats["ok-count"];
  const faults = nemesis.filter(({ what }) => what === "start").length;
  const ofValues = workload["attempt-count"] > 0;
  const values: Tile = [
    "values",
    count(workload["attempt-count"]),
    `${count(workload["acknowledged-count"])} acknowledged, ${count(workload["stable-count"])} stable`,
  ];
  const latencies: readonly Tile[] = [
    ["stable latency", ...spread(workload["stable-latencies"])],
    ["true latency", ...spread(results["true-latencies"])],
  ];
  const tiles: readonly Tile[] = [
    ["operations", count(stats.count), trouble === 0 ? "all answered" : `${count(trouble)} not ok`],
    ...ofValues ? [values] : [],
    [
      "messages per operation",
      net.servers["msgs-per-op"].toFixed(2),
      `${count(net.servers["send-count"])} between nodes`,
    ],
    ...ofValues ? latencies : [],
    ["faults", count(faults), faults === 0 ? "nothing was broken" : heals(results)],
  ];
  return html`<dl class="tiles">${
    tiles.map(([name, figure, more]) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd><b>${figure}</b> <span>${more}</span></dd>
        </div>
      `
    )
  }</dl>`;
}

function spread(latencies: Results["true-latencies"]): readonly [string, string] {
  if (latencies === null) return ["none", "no value got so far"];
  const { "0.5": median, "0.99": most, "1": max } = latencies;
  return [duration(median), `median; 99 % ${milliseconds(most)}, maximum ${duration(max)}`];
}

function heals(results: Pick<Results, "everywhere-after-heal-ms">): string {
  const after = results["everywhere-after-heal-ms"].map(({ ms }) => ms);
  if (after.length === 0) return "see below when";
  if (after.includes(null)) return "not everything was everywhere after each";
  return `everything everywhere ≤ ${duration(Math.max(...after.map((ms) => ms ?? 0)))} after each`;
}

function limits(all: readonly Limit[]): Html | false {
  return all.length > 0 &&
    html`<ul class="limits" aria-label="Limits">${
      all.map(({ name, unit, most, value }) => {
        const met = value !== undefined && value <= most;
        const is = value === undefined ? "not shown" : `${milliseconds(value)}${unit}`;
        return html`<li class="${met ? "met" : "missed"}"><b>${met ? "✓" : "✗"}</b> ${name} ${is} <span>of ${
          milliseconds(most)
        }${unit}</span></li>`;
      })
    }</ul>`;
}

/** What decides a run, name by name, as `--json` has it. */
export function settingsSection({ results, about }: Run): Html {
  const { settings, "time-ms": timeMs, "examiner-late-ms": lateMs } = results;
  const rows = [
    ...Object.entries(settings).map(([name, value]): [string, string] => [words(name), textOf(value)]),
    ["nodes by name", about.nodes.slice(0, 200).join(" ")],
    ["took", duration(timeMs)],
    ["the examiner was late by", duration(lateMs)],
  ] as const;
  return html`
    <section id="settings">
      <h2>Settings</h2>
      <div class="wide">
        <table class="settings">
          <caption>What the run was given</caption>
          <tbody>${rows.map(([name, value]) =>
            html`
              <tr>
                <th scope="row">${name}</th>
                <td>${shortened(value, 400)}</td>
              </tr>
            `
          )}</tbody>
        </table>
      </div>
    </section>
  `;
}

/** "nemesisIntervalS": "nemesis interval, s" */
function words(name: string): string {
  const spaced = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return spaced.replace(/ (s|ms|bps)$/, ", $1");
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return String(value);
}
