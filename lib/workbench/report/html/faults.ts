/** When something was wrong: cuts, kills and pauses as bands behind a chart and in a table. */
import type { Grudge } from "../../faults/grudge.ts";
import type { Recording, Span } from "../recording.ts";
import type { Run } from "../run.ts";
import { sidesOf } from "../scene.ts";
import { type Html, html, NAME_CHARS_MAX } from "./markup.ts";
import { shortened } from "../text.ts";
import { counted, duration, moment } from "./numbers.ts";
import { px } from "../svg.ts";

/** Rows of the table; the others are counted. */
export const ROWS_MAX = 200;
/** Longer lists of nodes are counted instead. */
const NAMES_MAX = 6;

export interface Fault extends Span {
  readonly kind: "cut" | "down" | "paused";
  readonly said: string;
}

/** Those of the run, in the order of their beginnings. */
export function faultsOf(
  { about: { nodes }, recording }: Pick<Run, "about" | "recording">,
): readonly Fault[] {
  const cuts = recording.cuts.map(({ from, to, grudge }): Fault => {
    const said = cutInWords(nodes, grudge);
    return { from, to, kind: "cut", said };
  });
  const outages = recording.outages.map(({ from, to, node, state }): Fault => ({
    ...{ from, to, kind: state },
    said: shortened(node, NAME_CHARS_MAX),
  }));
  // In the end the examiner stops all nodes.
  const endMs = endOf(recording);
  return [...cuts, ...outages].filter(({ from, to }) => to > 0 && from < endMs).toSorted((a, b) =>
    a.from - b.from
  );
}

/** When the last operation was over, ms since the load began. */
export function endOf({ operations }: Recording): number {
  return operations.reduce((last, { from, to }) => Math.max(last, Number.isFinite(to) ? to : from), 0);
}

/** "n0 n1 | n2 n3 n4" where the sides do not hear each other at all; else who does not hear whom. */
export function cutInWords(nodes: readonly string[], grudge: Grudge): string {
  const sides = sidesOf(nodes, grudge);
  if (sides.length > 1) {
    return sides.toSorted((a, b) => a.size - b.size).map((side) => names([...side])).join(" | ");
  }
  const deaf = [...grudge].filter(([, from]) => from.size > 0).map(([node, from]) =>
    `${node} does not hear ${names([...from])}`
  );
  const more = deaf.length > NAMES_MAX ? ` and ${deaf.length - NAMES_MAX} more` : "";
  return `${deaf.slice(0, NAMES_MAX).join("; ")}${more}; there is a way round`;
}

function names(nodes: readonly string[]): string {
  if (nodes.length > NAMES_MAX) return `${nodes.length} nodes`;
  return nodes.map((node) => shortened(node, NAME_CHARS_MAX)).join(" ");
}

export interface Frame {
  /** px at a moment. */
  readonly x: (ms: number) => number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Bands of cuts over the whole height, and a mark for each kill and pause on top. */
export function bands(faults: readonly Fault[], { x, right, top, bottom }: Frame): readonly Html[] {
  return faults.map(({ kind, from, to, said }) => {
    const left = px(x(Math.max(0, from)));
    const end = Number.isFinite(to) ? Math.min(right, x(to)) : right;
    if (left >= right) return html``;
    const width = px(Math.max(1, end - left));
    const title = `${kind} from ${moment(from)} to ${moment(to)}: ${said}`;
    const [y, height] = kind === "cut" ? [top, bottom - top] : [top - 6, 5];
    return html`
      <rect class="${kind}" x="${left}" y="${y}" width="${width}" height="${height}">
        <title>${title}</title>
      </rect>
    `;
  });
}

export function faultsTable(faults: readonly Fault[]): Html | false {
  const rows = faults.slice(0, ROWS_MAX).map(({ kind, from, to, said }) =>
    html`
      <tr>
        <th scope="row"><i class="key ${kind}"></i> ${kind}</th>
        <td class="n">${moment(from)}</td>
        <td class="n">${moment(to)}</td>
        <td class="n">${Number.isFinite(to) ? duration(to - from) : "–"}</td>
        <td class="words">${said}</td>
      </tr>
    `
  );
  return faults.length > 0 && html`
    <details>
      <summary>${counted(faults.length, "fault")}: who and when</summary>
      <div class="wide">
        <table>
          <caption>Who was cut off from whom, and who was down or paused</caption>
          <thead>
            <tr>
              <th>What</th>
              <th class="n">From</th>
              <th class="n">To</th>
              <th class="n">Took</th>
              <th>Who</th>
            </tr>
          </thead>
          <tbody>${rows}</tbody>
        </table>
      </div>
    </details>
  `;
}
