/** The way of the followed value as a list: which node had it from whom, when, and why so late. */
/// <reference lib="dom" />
import type { Step, Way } from "../../workbench/report/columns/way.ts";
import { type Html, html } from "../../workbench/report/html/markup.ts";
import { bytes, counted, duration, moment } from "../../workbench/report/html/numbers.ts";
import { fateWords } from "../../workbench/report/values/words.ts";
import type { Model } from "./model.ts";
import { whyGone } from "./space_time/readout.ts";

/** Ways on which messages did not arrive are named; further ones are counted. */
const GONE_MAX = 8;

export function showWays(root: HTMLElement, model: Model): void {
  model.onFollow((value) => {
    root.innerHTML = value === undefined ? "" : listOf(model, value, model.wayOf(value)).text;
  });
}

function listOf(model: Model, value: number, { steps, never }: Way): Html {
  const { values } = model.columns;
  const told = model.toldAt[value] ?? 0;
  const fate = values.fate[value] ?? "ok";
  const node = values.node[value] ?? -1;
  const why = values.why[value] ?? [];
  return html`
    <h3>The way of value <span class="value">${values
      .text[value]}</span> <button type="button" data-follow="">Close</button></h3>
    <p class="lead"><b>${fate}</b>: ${fateWords[fate]}. ${node < 0
      ? "Nobody broadcast it."
      : `Told to ${model.nodeName(node)} at ${moment(told)}.`} ${latencies(
        model,
        value,
      )} ${never.length > 0 && neverHad(model, never)} ${gone(model, value)}</p>
    ${why.length > 0 && html`
      <h4>Why it took so long</h4>
      <ol class="why">${why.map((step) => html`<li>${step}</li>`)}</ol>
    `}
    <div class="wide tall">
      <table class="way-table">
        <caption>First arrivals</caption>
        <thead>
          <tr>
            <th class="n">After</th>
            <th>Node</th>
            <th>How it came</th>
            <th>By way of</th>
          </tr>
        </thead>
        <tbody>${steps.map((step) => row(model, told, step, steps))}</tbody>
      </table>
    </div>
  `;
}

function latencies({ columns: { values } }: Model, value: number): string {
  const [trueMs, stableMs] = [values.trueMs[value], values.stableMs[value]];
  const parts = [
    ...typeof trueMs === "number" ? [`True latency ${duration(trueMs)}.`] : [],
    ...typeof stableMs === "number" ? [`Stable latency ${duration(stableMs)}.`] : [],
  ];
  return parts.join(" ");
}

function neverHad(model: Model, never: readonly number[]): Html {
  const names = never.slice(0, 12).map((node) => model.nodeName(node)).join(", ");
  const more = never.length > 12 ? ` and ${counted(never.length - 12, "more node")}` : "";
  return html`<span class="fault">Never at ${names}${more}.</span>`;
}

/** "2 messages with it did not arrive: n0 → n4 (a cut took it) 2 times." */
function gone(model: Model, value: number): string {
  const { messages } = model;
  const names = (message: number) =>
    `${model.nodeName(messages.src[message] ?? 0)} → ${model.nodeName(messages.dest[message] ?? 0)}`;
  const lost = messages.bringing(value).filter((message) => messages.drop[message] !== 0);
  if (lost.length === 0) return "";
  const ways = Map.groupBy(lost, (message) => `${names(message)} (${whyGone(messages.drop[message] ?? 0)})`);
  const said = [...ways].slice(0, GONE_MAX).map(([way, { length }]) =>
    length > 1 ? `${way} ${length} times` : way
  );
  const more = ways.size > GONE_MAX ? `, and on ${ways.size - GONE_MAX} other ways` : "";
  return `${counted(lost.length, "message")} with it did not arrive: ${said.join(", ")}${more}.`;
}

function row(model: Model, told: number, step: Step, steps: readonly Step[]): Html {
  const { node, at, lostAt, hasAgain } = step;
  const lost = lostAt === undefined
    ? ""
    : `; lost it at ${moment(lostAt)}${hasAgain === true ? " and has it again" : " for good"}`;
  const after = Number.isFinite(at) ? `+${duration(at - told)}` : "?";
  return html`
    <tr>
      <td class="n">${after}</td>
      <th scope="row">${model.nodeName(node)}</th>
      <td>${how(model, told, step)}${lost}</td>
      <td>${chain(model, step, steps)}</td>
    </tr>
  `;
}

function how(model: Model, told: number, { how, message, inferred }: Step): Html {
  if (how === "told") return html`a client told it`;
  if (message === undefined) return html`<em>unseen</em>: a read showed it`;
  const { messages, columns } = model;
  const sent = (messages.sentAt[message] ?? 0) - told;
  const many = messages.brought[message] ?? 0;
  const others = many > 1 ? `, with ${counted(many - 1, "other value")}` : "";
  return html`from ${model.nodeName(messages.src[message] ?? 0)} by a ${
    columns.types[messages.type[message] ?? 0]
  } sent at ${sent < 0 ? "−" : "+"}${duration(Math.abs(sent))}, ${
    bytes(messages.bytes[message] ?? 0)
  }${others}${
    inferred && html`
      <em>(inferred)</em>
    `
  }`;
}

/** "n3 → n0 → n7" */
function chain(model: Model, step: Step, steps: readonly Step[]): string {
  const byNode = new Map(steps.map((each) => [each.node, each]));
  const names: string[] = [];
  const seen = new Set<number>();
  for (let here: Step | undefined = step; here !== undefined && !seen.has(here.node);) {
    seen.add(here.node);
    names.unshift(model.nodeName(here.node));
    here = here.message === undefined ? undefined : byNode.get(model.messages.src[here.message] ?? -1);
  }
  return names.join(" → ");
}
