/** Every violation of a run, in a table: what, which value, at which node, when, and in words. */
import type { Violation } from "../../verdict/violations.ts";
import type { Run } from "../run.ts";
import type { Fates, ValueFate } from "../values/fates.ts";
import { isFault } from "../values/words.ts";
import { type Html, html, NAME_CHARS_MAX, SENTENCE_CHARS_MAX } from "./markup.ts";
import { shortened } from "../text.ts";
import { count, counted, moment } from "./numbers.ts";
import { valueOf } from "./value.ts";

/** Violations that have a row each; the others are counted. */
export const ROWS_MAX = 200;
/** Those of the first table; a second one has the others. */
const FIRST_MAX = 15;
/** Nodes that are listed by name. */
const NAMES_MAX = 8;

interface Row {
  readonly what: string;
  readonly operation?: string;
  /** Its place among the values. */
  readonly value?: number;
  readonly nodes: readonly string[];
  readonly at?: number;
  readonly said: string;
}

export function violationsSection(run: Run, fates: Fates): Html {
  const rows = rowsOf(run, fates);
  if (rows.length === 0) {
    return html`
      <section id="violations">
        <h2>Violations</h2>
        <p>None: ${run.about.passed
          ? "nothing that may not happen did."
          : "what was wrong is said at the top."}</p>
      </section>
    `;
  }
  const [first, more] = [rows.slice(0, FIRST_MAX), rows.slice(FIRST_MAX, ROWS_MAX)];
  const unlisted = rows.length - ROWS_MAX;
  return html`
    <section id="violations">
      <h2>Violations <span class="count">${count(rows.length)}</span></h2>
      ${table("What may not happen, and did", first, fates)}
      ${more.length > 0 && html`
        <details>
          <summary>${count(more.length)} more</summary>
          ${table("More of the same", more, fates)}
        </details>
      `}
      ${unlisted > 0 && html`<p class="more">${count(unlisted)} more are not listed.</p>`}
    </section>
  `;
}

function table(caption: string, rows: readonly Row[], fates: Fates): Html {
  return html`
    <div class="wide">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>
            <th>What</th>
            <th>Operation</th>
            <th>Value</th>
            <th>Node</th>
            <th class="n">Time</th>
            <th>In words</th>
          </tr>
        </thead>
        <tbody>${rows.map((row) => rowHtml(row, fates))}</tbody>
      </table>
    </div>
  `;
}

function rowHtml({ what, operation, value, nodes, at, said }: Row, { values }: Fates): Html {
  const names = nodes.slice(0, NAMES_MAX).map((node) => shortened(node, NAME_CHARS_MAX)).join(" ");
  const more = nodes.length > NAMES_MAX ? ` and ${nodes.length - NAMES_MAX} more` : "";
  const fate = value === undefined ? undefined : values[value];
  return html`
    <tr>
      <th scope="row" class="fault">${what}</th>
      <td>${operation ?? "–"}</td>
      <td>${fate !== undefined && value !== undefined ? valueOf(fate.value, value) : "–"}</td>
      <td>${names === "" ? "–" : names + more}</td>
      <td class="n">${at === undefined ? "–" : moment(at)}</td>
      <td class="words">${shortened(said, SENTENCE_CHARS_MAX)}</td>
    </tr>
  `;
}

function rowsOf(run: Run, fates: Fates): readonly Row[] {
  const { workload } = run.results;
  const reads = finalReads(run);
  return [
    ...workload.violations.map(misbehaviour),
    ...fates.values.flatMap((fate, i) => isFault(fate.fate) ? [valueRow(fate, i)] : []),
    ...workload["no-final-read"].map((node) => ({
      what: "no final read",
      operation: "final read",
      nodes: [node],
      ...reads.get(node),
      said: `The last read of ${node} failed, so nobody knows what it holds.`,
    })),
    ...workload.unanswered.map((node) => ({
      what: "unanswered",
      nodes: [node],
      said: `Though nothing disturbed it, ${node} stopped answering.`,
    })),
    ...workload.disagreeing.map((node) => ({
      what: "disagrees",
      nodes: [node],
      said: `By its own digest ${node} holds other values than were read.`,
    })),
  ];
}

function finalReads({ recording }: Run): ReadonlyMap<string, { readonly at: number }> {
  return new Map(
    recording.operations.filter(({ final }) => final).map(({ node, from }) => [node, { at: from }]),
  );
}

function misbehaviour({ node, kind, reason, "at-ms": at }: Violation): Row {
  return { what: kind.replaceAll("-", " "), nodes: [node], at, said: `${node}: ${reason}.` };
}

function valueRow(fate: ValueFate, value: number): Row {
  const { element, broadcast, sighting, lacking } = fate;
  const told = broadcast === undefined
    ? "Nobody broadcast it"
    : `Told to ${broadcast.node} at ${moment(broadcast.from)}, ${answered(broadcast.outcome)}`;
  const what = fate.fate;
  const notAt = lacking.length === 0
    ? ""
    : ` The final ${lacking.length === 1 ? "read" : "reads"} of ${list(lacking)} lacked it.`;
  if (sighting !== undefined) {
    const { node, time } = sighting.read;
    const had = what === "duplicated" ? "had it more than once" : "had it";
    const said = `${told}; a read of ${node} that ended at ${moment(time)} ${had}.${notAt}`;
    return { what, operation: "read", value, nodes: [node], at: time, said };
  }
  const absent = element?.lastAbsent;
  const present = element?.lastPresent;
  const seen = present === undefined
    ? "never read"
    : `last read at ${present.node} at ${moment(present.time)}`;
  const gone = absent === undefined
    ? ""
    : `, and not by the read of ${absent.node} at ${moment(absent.time)}`;
  return {
    what,
    operation: "read",
    value,
    nodes: lacking.length > 0 ? lacking : absent === undefined ? [] : [absent.node],
    ...absent && { at: absent.time },
    said: `${told}; ${seen}${gone}.${notAt}`,
  };
}

function list(nodes: readonly string[]): string {
  if (nodes.length <= NAMES_MAX) return nodes.join(", ");
  return `${nodes.slice(0, NAMES_MAX).join(", ")} and ${counted(nodes.length - NAMES_MAX, "more node")}`;
}

function answered(outcome: string): string {
  if (outcome === "ok") return "acknowledged";
  return outcome === "fail" ? "refused" : "without an answer";
}
