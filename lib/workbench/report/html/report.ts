/** The report of one run: one HTML page that needs nothing else, whole without scripts. */
import type { Run } from "../run.ts";
import { fatesOf } from "../values/fates.ts";
import { columnsOf } from "../columns/columns_of.ts";
import { Messages } from "../columns/messages.ts";
import { toldAtOf } from "../columns/way.ts";
import { spaceTimeStyle } from "../space_time.ts";
import { diagramSection } from "./diagram.ts";
import { fatesSection } from "./fates.ts";
import { faultsOf } from "./faults.ts";
import { messagesSection } from "./messages.ts";
import { latencySection } from "./latency.ts";
import { Html, html, pageOf } from "./markup.ts";
import { style } from "./style.ts";
import { header, settingsSection } from "./summary.ts";
import { violationsSection } from "./violations.ts";

/** `script` makes the page live; it must not contain what ends a script element. The same run gives the same text. */
export function reportHtml(run: Run, script: string): string {
  const fates = fatesOf(run);
  const faults = faultsOf(run);
  const columns = columnsOf(run, fates);
  const messages = new Messages(columns);
  const toldAt = toldAtOf(columns);
  const sent = run.results.net.servers["send-count"];
  // A counter has no values, and so has a run in which nobody was told anything.
  const ofValues = fates.values.length === 0 ? [] : [
    { id: "latency", name: "Latency", part: latencySection(run, fates, faults) },
    { id: "fates", name: "Fates", part: fatesSection(columns, toldAt) },
  ];
  const sections = [
    { id: "violations", name: "Violations", part: violationsSection(run, fates) },
    ...ofValues,
    { id: "messages", name: "Messages", part: messagesSection(columns, messages, faults, sent) },
    { id: "space-time", name: "Space and time", part: diagramSection(run, fates, columns) },
    { id: "settings", name: "Settings", part: settingsSection(run) },
  ];
  const body = html`
    ${header(run)}
    <nav aria-label="Sections">${sections.map(({ id, name }) => html`<a href="#${id}">${name}</a>`)}</nav>
    <main>
    ${sections.map(({ part }) => part)}
    </main>
    <script>${new Html(script)}</script>
  `;
  const { passed, headline } = run.about;
  return pageOf(`${passed ? "Valid" : "Not valid"}: ${headline}`, style + spaceTimeStyle, body);
}
