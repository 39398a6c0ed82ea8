/** The report of a comparison: one HTML page that needs nothing else, and no scripts. */
import { type Html, html, pageOf } from "../html/markup.ts";
import { style } from "../html/style.ts";
import { type Compared, type Comparison, figures, middleOf, tableOf } from "./comparison.ts";
import { stripsOf } from "./strips.ts";

const ownStyle = `
.chart .protocol { fill: var(--ink); font-size: 13px; } .chart .own { font-weight: 700; }
.seed { fill: none; } .seed.valid { stroke: var(--blue); stroke-opacity: .55; stroke-width: 7; stroke-linecap: round; }
.seed.invalid { stroke: var(--red); stroke-width: 1.6; } .middle { stroke: var(--ink); stroke-width: 2; }
.comparison td { white-space: nowrap; } .comparison .n { padding-left: 12px; } .comparison tr:last-child td, .comparison tr:last-child th { font-weight: 600; }
.key.seed { background: var(--blue); border-radius: 50%; } .about th { padding-right: 18px; }`;

/** The same comparison gives the same text. */
export function comparisonHtml(comparison: Comparison): string {
  const { headline, protocols } = comparison;
  const body = html`
    ${header(comparison)}
    <main>
    ${tableSection(protocols)}
    ${stripsOf(protocols)}
    ${aboutSection(protocols)}
    ${reasonsSection(protocols)}
    </main>
  `;
  return pageOf(`hearsay beside others: ${headline}`, style + ownStyle, body);
}

function header({ headline, failures, command, protocols }: Comparison): Html {
  const holds = failures.length === 0;
  return html`
    <header class="${holds ? "good" : "bad"}">
      <p class="brand">hearsay <span>beside other protocols</span></p>
      <h1><span class="mark" aria-hidden="true">${holds ? "✓" : "✗"}</span> ${verdict(protocols, holds)}</h1>
      <p class="headline">${headline}</p>
      ${!holds && html`<ul class="reasons">${failures.map((why) => html`<li>${why}</li>`)}</ul>`}
      <p class="again"><span>Run it again</span> <code>${command}</code></p>
    </header>
  `;
}

function verdict(protocols: readonly Compared[], holds: boolean): string {
  const own = protocols.at(-1);
  if (own === undefined) return "Nothing was compared.";
  if (!holds) return "hearsay fails.";
  const others = protocols.slice(0, -1).filter(({ runs }) => runs.every(({ valid }) => valid));
  const messages = (compared: Compared) => middleOf(compared, figures.messagesPerOp);
  const sends = `hearsay holds, with ${messages(own).toFixed(2)} messages an operation`;
  if (others.length === 0) return `${sends}; no other does.`;
  const [least, ...more] = others.map(messages).toSorted((a, b) => a - b).map((value) => value.toFixed(2));
  const most = more.at(-1);
  return `${sends}; others that hold need ${least}${most === undefined ? "" : ` to ${most}`}.`;
}

function tableSection(protocols: readonly Compared[]): Html {
  const [head = [], ...rows] = tableOf(protocols);
  return html`
    <section>
      <h2>At equal work</h2>
      <p class="lead">One seed gives every protocol the same operations and the same faults, as long as its nodes
        answer. Each figure is that of the middle seed; in brackets, the least and the most of all. Latencies are
        median · maximum of the values that got everywhere.</p>
      <div class="wide">
        <table class="comparison">
          <thead>
            <tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr>
          </thead>
          <tbody>${rows.map(([name = "", valid = "", ...cells]) =>
            html`
              <tr>
                <th scope="row">${name}</th>
                <td class="${/^(\d+) of \1$/.test(valid) ? "" : "fault"}">${valid}</td>
                ${cells.map((cell) => html`<td class="n">${cell}</td>`)}
              </tr>
            `
          )}</tbody>
        </table>
      </div>
      <p
        class="more">In the charts, <i class="key seed"></i> is one seed, a red cross one that is not valid, and the
        bar the middle one.</p>
    </section>
  `;
}

function aboutSection(protocols: readonly Compared[]): Html {
  return html`
    <section>
      <h2>What they do</h2>
      <div class="wide">
        <table class="about">
          <tbody>${protocols.map(({ name, about }) =>
            html`
              <tr>
                <th scope="row">${name}</th>
                <td>${about}</td>
              </tr>
            `
          )}</tbody>
        </table>
      </div>
    </section>
  `;
}

function reasonsSection(protocols: readonly Compared[]): Html | false {
  const reasons = protocols.flatMap(({ name, runs }) => {
    const run = runs.find(({ valid }) => !valid);
    return run?.why === undefined ? [] : [{ name, seed: run.seed, why: run.why }];
  });
  return reasons.length > 0 && html`
    <section>
      <h2>Why runs are not valid</h2>
      <p class="lead">The first reason of the first one of each.</p>
      <div class="wide">
        <table>
          <tbody>${reasons.map(({ name, seed, why }) =>
            html`
              <tr>
                <th scope="row">${name}</th>
                <td class="n">seed ${seed}</td>
                <td class="words">${why}</td>
              </tr>
            `
          )}</tbody>
        </table>
      </div>
    </section>
  `;
}
