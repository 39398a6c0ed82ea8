/** What Grafana is given: a dashboard of clusters of hearsay, as JSON. */
import { COLUMNS, datasource, type Panel, panelJson, rowJson } from "./panel.ts";
import { rows } from "./rows.ts";

/** The oldest version of dashboards that has all that is used here, that of Grafana 10.4; later ones take it over. */
const SCHEMA_VERSION = 39;

export function grafana(): string {
  return `${JSON.stringify(dashboard(), undefined, 2)}\n`;
}

/** The dashboard, with the panels in the order of the rows. */
export function dashboard() {
  return {
    uid: "hearsay",
    title: "hearsay",
    description:
      "Nodes of hearsay: who is up and reaches whom, what is told, how late it is, and what it takes.",
    tags: ["hearsay"],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    time: { from: "now-30m", to: "now" },
    refresh: "5s",
    timezone: "",
    templating: { list: variables },
    annotations: { list: [alertsFiring] },
    links: [],
    panels: placed(),
  };
}

const byQuery = {
  type: "query",
  datasource,
  refresh: 2,
  sort: 7,
  includeAll: true,
  multi: true,
  current: { selected: true, text: ["All"], value: ["$__all"] },
};

const variables = [
  { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" },
  { ...byQuery, name: "cluster", label: "Cluster", query: "label_values(hearsay_node_info, cluster)" },
  {
    ...byQuery,
    name: "instance",
    label: "Node",
    query: 'label_values(hearsay_node_info{cluster=~"$cluster"}, instance)',
  },
];

const alertsFiring = {
  name: "Alerts",
  datasource,
  enable: true,
  iconColor: "red",
  expr: 'ALERTS{alertname=~"Hearsay.+", alertstate="firing"}',
  step: "5s",
  titleFormat: "{{alertname}}",
  textFormat: "{{instance}}",
};

/** Panels fill lines from left to right, and are as high as the first one of their line. */
function placed() {
  const all: (ReturnType<typeof panelJson> | ReturnType<typeof rowJson>)[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    all.push(rowJson(title, all.length + 1, y));
    y += 1;
    for (const line of linesOf(panels)) {
      let x = 0;
      for (const panel of line) {
        all.push(panelJson(panel, all.length + 1, { x, y }));
        x += panel.width;
      }
      y += line[0]?.height ?? 0;
    }
  }
  return all;
}

function linesOf(panels: readonly Panel[]): Panel[][] {
  const lines: Panel[][] = [];
  let left = 0;
  for (const panel of panels) {
    if (panel.width > left) {
      lines.push([]);
      left = COLUMNS;
    }
    lines.at(-1)?.push(panel);
    left -= panel.width;
  }
  return lines;
}
