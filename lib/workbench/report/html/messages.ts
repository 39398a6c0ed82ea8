/** The table and charts of the traffic between nodes: messages by type over time, by node, and from node to node. */
import { scaleLinear } from "d3-scale";
import { area, curveStepAfter, stack } from "d3-shape";
import type { Columns } from "../columns/columns.ts";
import type { Messages } from "../columns/messages.ts";
import { byNode, byType, matrixOf, type NodeTraffic, overTime } from "../columns/traffic.ts";
import { LEFT, RIGHT, WIDTH, xAxis } from "./axis.ts";
import { bands, type Fault, faultsTable } from "./faults.ts";
import { type Html, html } from "./markup.ts";
import { bytes, count, counted, duration } from "./numbers.ts";
import { px } from "../svg.ts";

const HEIGHT = 240;
const TOP = 22;
const BOTTOM = 36;
const STRETCHES = 160;
/** Types that have a colour of their own; all further ones share the last. */
export const COLOURS = 8;
/** With more nodes the matrix is a picture. */
const TABLE_NODES_MAX = 26;
/** Nodes that have a row in the table of nodes; the others are summed up. */
const NODE_ROWS_MAX = 12;
/** Its size, px. */
const PICTURE = 520;
/** The names of its rows stand left of it, px. */
const NAMES = 50;
/** With more nodes several are gathered in a cell. */
const PICTURE_NODES_MAX = 130;
/** Shades of a cell. */
const SHADES = 6;

/** `sent`: how many the examiner or the nodes have counted, seen or not. */
export function messagesSection(
  columns: Columns,
  messages: Messages,
  faults: readonly Fault[],
  sent: number,
): Html {
  const { nodes, overlooked } = columns;
  const loads = byNode(messages, nodes.length);
  const more = overlooked > 0 && html`
    ${count(overlooked)} more were sent than were recorded.
  `;
  return html`
    <section id="messages">
      <h2>Messages <span class="count">${count(messages.count)} between nodes</span></h2>
      <p class="lead">${busiest(columns, loads, messages.count, sent)} ${more}</p>
      ${messages.count > 0 && [
        typesChart(columns, messages, faults),
        html`<div class="pair">${typesTable(columns, messages)}${nodesTable(columns, loads)}</div>`,
        nodes.length > 1 && matrix(columns, messages),
      ]}
      ${columns.values.text.length === 0 && faultsTable(faults)}
    </section>
  `;
}

function busiest(
  { nodes }: Columns,
  [first]: readonly NodeTraffic[],
  all: number,
  counted: number,
): Html {
  if (first === undefined || all === 0) {
    return counted > 0
      ? html`The nodes have counted ${count(counted)} messages between them. Nobody saw these on their way.`
      : html`No node sent anything to another.`;
  }
  const { node, sent, received } = first;
  const share = Math.round(100 * (sent.count + received.count) / (2 * all));
  return html`The busiest node is <b>${nodes[node]}</b>: it sent ${count(sent.count)} messages (${
    bytes(sent.bytes)
  }) and received ${count(received.count)} (${
    bytes(received.bytes)
  }), ${share} % of all sending and receiving.`;
}

function typesChart({ types }: Columns, messages: Messages, faults: readonly Fault[]): Html {
  const endMs = Math.max(1, 1.001 * (messages.sentAt.at(-1) ?? 0));
  const counts = merged(overTime(messages, types.length, endMs, STRETCHES));
  const keys = counts.map((_, i) => i);
  const stretches = Array.from({ length: STRETCHES + 1 }, (_, i) => Math.min(i, STRETCHES - 1));
  const layers = stack<number, number>().keys(keys).value((place, key) => counts[key]?.[place] ?? 0)(
    stretches,
  );
  const most = Math.max(1, ...layers.flatMap((layer) => layer.map(([, top]) => top)));
  const x = scaleLinear([0, endMs], [LEFT, WIDTH - RIGHT]);
  const y = scaleLinear([0, most], [HEIGHT - BOTTOM, TOP]).nice();
  const at = (place: number) => px(x(endMs * place / STRETCHES));
  const shape = area<readonly [number, number]>().curve(curveStepAfter).digits(1)
    .x((_, i) => at(i)).y0(([low]) => px(y(low))).y1(([, top]) => px(y(top)));
  const label = `Messages by type over time, ${duration(endMs / STRETCHES)} each step`;
  return html`
    <div class="wide">
      <svg class="chart" id="types-chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"
        aria-label="${label}">
        <title>${label}</title>
        ${bands(faults, { x, right: WIDTH - RIGHT, top: TOP, bottom: HEIGHT - BOTTOM })}
        ${y.ticks(5).filter(Number.isInteger).map((tick) =>
          html`
            <path class="grid" d="M${LEFT} ${px(y(tick))}H${WIDTH - RIGHT}" />
            <text x="${LEFT - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${count(tick)}</text>
          `
        )}
        ${layers.map((layer, i) =>
          html`
            <path class="layer t${i}" d="${shape(layer.map(([low, top]) => [low, top] as const)) ?? ""}" />
          `
        )}
        ${xAxis(x.ticks(10), (ms) => px(x(ms)), HEIGHT - BOTTOM)}
      </svg>
    </div>
  `;
}

/** What has no colour of its own is added to the last that has. */
function merged(counts: readonly number[][]): readonly (readonly number[])[] {
  const [own, others] = [counts.slice(0, COLOURS - 1), counts.slice(COLOURS - 1)];
  const [first, ...more] = others;
  if (first === undefined) return own;
  return [...own, first.map((n, i) => more.reduce((sum, each) => sum + (each[i] ?? 0), n))];
}

function typesTable({ types, inferred }: Columns, messages: Messages): Html {
  const rows = byType(messages, types.length).map(({ type, brought, dropped, ...flow }) =>
    html`
      <tr>
        <th scope="row"><i class="key t${Math.min(type, COLOURS - 1)}"></i> ${types[type]}</th>
        <td class="n">${count(flow.count)}</td>
        <td class="n">${bytes(flow.bytes)}</td>
        <td class="n">${bytes(Math.round(flow.bytes / Math.max(1, flow.count)))}</td>
        <td class="n">${count(dropped)}</td>
        <td class="n">${count(brought)}${inferred[type] === true && " (inferred)"}</td>
      </tr>
    `
  );
  return html`
    <div class="wide">
      <table>
        <caption>By type</caption>
        <thead>
          <tr>
            <th>Type</th>
            <th class="n">Sent</th>
            <th class="n">Bytes</th>
            <th class="n">Each</th>
            <th class="n">Not arrived</th>
            <th class="n">Values brought</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}

function nodesTable({ nodes }: Columns, loads: readonly NodeTraffic[]): Html {
  const rows = loads.slice(0, NODE_ROWS_MAX).map(({ node, sent, received }) =>
    html`
      <tr>
        <th scope="row">${nodes[node]}</th>
        <td class="n">${count(sent.count)}</td>
        <td class="n">${bytes(sent.bytes)}</td>
        <td class="n">${count(received.count)}</td>
        <td class="n">${bytes(received.bytes)}</td>
      </tr>
    `
  );
  const more = loads.length - NODE_ROWS_MAX;
  return html`
    <div class="wide">
      <table>
        <caption>By node, the busiest first${more > 0 &&
          `; ${counted(more, "more node")} not listed`}</caption>
        <thead>
          <tr>
            <th>Node</th>
            <th class="n">Sent</th>
            <th class="n">Bytes</th>
            <th class="n">Received</th>
            <th class="n">Bytes</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}

function matrix(columns: Columns, messages: Messages): Html {
  const { nodes } = columns;
  const sums = matrixOf(messages, nodes.length);
  const most = sums.counts.reduce((most, n) => Math.max(most, n), 1);
  const shade = (n: number) =>
    n === 0 ? 0 : Math.max(1, Math.min(SHADES, Math.ceil(SHADES * Math.log1p(n) / Math.log1p(most))));
  const draw = nodes.length <= TABLE_NODES_MAX ? matrixTable : matrixPicture;
  return draw(nodes, sums, shade);
}

type Sums = ReturnType<typeof matrixOf>;

function matrixTable(nodes: readonly string[], sums: Sums, shade: (n: number) => number): Html {
  const cell = (source: number, target: number): Html => {
    if (source === target) return html`<td class="self"></td>`;
    const place = source * nodes.length + target;
    const n = sums.counts[place] ?? 0;
    if (n === 0) return html`<td></td>`;
    return html`<td class="s${shade(n)}" title="${bytes(sums.bytes[place] ?? 0)}">${count(n)}</td>`;
  };
  return html`
    <div class="wide">
      <table class="matrix" id="matrix">
        <caption>Messages from each node (rows) to each other (columns)</caption>
        <thead>
          <tr><th></th>${nodes.map((node) => html`<th scope="col">${node}</th>`)}</tr>
        </thead>
        <tbody>${nodes.map((node, source) =>
          html`<tr><th scope="row">${node}</th>${nodes.map((_, target) => cell(source, target))}</tr>`
        )}</tbody>
      </table>
    </div>
  `;
}

/** One path for each shade: a hundred nodes have ten thousand cells. */
function matrixPicture(nodes: readonly string[], sums: Sums, shade: (n: number) => number): Html {
  const together = Math.ceil(nodes.length / PICTURE_NODES_MAX);
  const sides = Math.ceil(nodes.length / together);
  const cell = Math.floor(PICTURE / sides);
  const size = sides * cell;
  const paths: string[] = new Array<string>(SHADES + 1).fill("");
  gathered(sums.counts, nodes.length, together).forEach((n, place) => {
    if (n === 0) return;
    const [row, column] = [Math.floor(place / sides), place % sides];
    paths[shade(n)] += `M${NAMES + column * cell} ${16 + row * cell}h${cell - 1}v${cell - 1}h-${cell - 1}z`;
  });
  const every = Math.ceil(sides / 12);
  const named = nodes.filter((_, i) => i % (every * together) === 0);
  const more = together > 1 ? `; each cell stands for ${together} nodes each way` : "";
  const label =
    `Messages from each of ${nodes.length} nodes (rows) to each other (columns): the darker, the more${more}`;
  const [width, height] = [NAMES + size + 4, size + 20];
  return html`
    <p class="caption">${label}.</p>
    <div class="wide">
      <svg class="matrix" id="matrix" width="${width}" height="${height}"
        viewBox="0 0 ${width} ${height}"
        role="img" aria-label="${label}">
        <rect class="frame" x="${NAMES - 1}" y="15" width="${size + 1}" height="${size + 1}" />
        ${paths.map((d, i) =>
          d !== "" && html`
            <path class="s${i}" d="${d}" />
          `
        )}
        ${named.map((node, i) =>
          html`
            <text x="${NAMES - 5}" y="${16 + i * every * cell +
              Math.max(8, cell)}" text-anchor="end">${node}</text>
            <text x="${NAMES + i * every * cell}" y="10">${node}</text>
          `
        )}
      </svg>
    </div>
  `;
}

/** The sums of cells, so many together each way. */
function gathered(counts: Uint32Array, nodes: number, together: number): Float64Array {
  const sides = Math.ceil(nodes / together);
  const sums = new Float64Array(sides * sides);
  counts.forEach((n, place) => {
    const [row, column] = [Math.floor(place / nodes), place % nodes];
    const cell = Math.floor(row / together) * sides + Math.floor(column / together);
    sums[cell] = (sums[cell] ?? 0) + n;
  });
  return sums;
}
