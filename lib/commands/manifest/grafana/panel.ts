/** Panels of a dashboard: what they are given, and the JSON by which Grafana draws them. */

/** Columns of a dashboard. */
export const COLUMNS = 24;

export interface Query {
  /** In PromQL, with the variables of the dashboard. */
  readonly expr: string;
  /** What a line, or a column of a table, is called; `{{label}}` stands for the value of a label. */
  readonly legend: string;
  /** Of a column of a table, by Grafana's name for it. */
  readonly unit?: string;
}

/** Reached from this value on. */
export interface Threshold {
  readonly from: number;
  readonly color: string;
}

export interface Panel {
  readonly type: "stat" | "timeseries" | "state-timeline" | "table";
  readonly title: string;
  /** What one sees there, and what is good; shown where the pointer rests on the title. */
  readonly about: string;
  readonly queries: readonly Query[];
  /** By Grafana's name for it; none where numbers are plain. */
  readonly unit?: string;
  /** In columns of the dashboard. */
  readonly width: number;
  /** In rows of the dashboard, of 30 pixels. */
  readonly height: number;
  /** Beside green, which is below all of them. */
  readonly thresholds?: readonly Threshold[];
  /** Words for values. */
  readonly words?: Readonly<Record<string, Word>>;
  /** Lines lie upon each other, and add up. */
  readonly stacked?: boolean;
}

export interface Word {
  readonly text: string;
  readonly color: string;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The data source is a variable of the dashboard. */
export const datasource = { type: "prometheus", uid: "${datasource}" };

export function panelJson(panel: Panel, id: number, { x, y }: Place) {
  const { type, title, about, width, height, queries } = panel;
  const atOnce = type === "stat" || type === "table";
  return {
    id,
    type,
    title,
    description: about,
    gridPos: { x, y, w: width, h: height },
    datasource,
    targets: queries.map(({ expr, legend }, i) => ({
      refId: refId(i),
      datasource,
      expr,
      legendFormat: legend,
      ...atOnce ? { instant: true, range: false } : { range: true },
      ...type === "table" && { format: "table" },
    })),
    fieldConfig: {
      defaults: { ...defaultsOf(panel), custom: custom[type](panel) },
      overrides: overridesOf(queries),
    },
    options: options[type],
    ...type === "table" && { transformations: transformations(queries) },
  };
}

/** A row can be folded; what follows it belongs to it. */
export function rowJson(title: string, id: number, y: number) {
  return { id, type: "row", title, collapsed: false, gridPos: { x: 0, y, w: COLUMNS, h: 1 }, panels: [] };
}

function defaultsOf({ type, unit = "short", thresholds = [], words = {} }: Panel) {
  const steps = [
    { value: null, color: "green" },
    ...thresholds.map(({ from, color }) => ({ value: from, color })),
  ];
  return {
    unit,
    ...type === "timeseries" && { min: 0 },
    color: { mode: type === "timeseries" ? "palette-classic" : "thresholds" },
    thresholds: { mode: "absolute", steps },
    mappings: Object.keys(words).length === 0 ? [] : [{ type: "value", options: words }],
  };
}

const custom = {
  stat: () => ({}),
  timeseries: ({ stacked = false }: Panel) => ({
    drawStyle: "line",
    lineWidth: 1,
    fillOpacity: stacked ? 30 : 8,
    showPoints: "never",
    stacking: { mode: stacked ? "normal" : "none", group: "A" },
  }),
  "state-timeline": () => ({ lineWidth: 0, fillOpacity: 80 }),
  table: () => ({ align: "auto", cellOptions: { type: "color-text" } }),
};

function overridesOf(queries: readonly Query[]) {
  return queries.flatMap(({ legend, unit }) =>
    unit === undefined
      ? []
      : [{ matcher: { id: "byName", options: legend }, properties: [{ id: "unit", value: unit }] }]
  );
}

const legend = { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] };
const tooltip = { mode: "multi", sort: "desc" };

const options = {
  stat: {
    reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    colorMode: "value",
    graphMode: "none",
    justifyMode: "auto",
    orientation: "auto",
    textMode: "auto",
  },
  timeseries: { legend, tooltip },
  "state-timeline": {
    legend: { ...legend, showLegend: false },
    tooltip: { mode: "single", sort: "none" },
    mergeValues: true,
    showValue: "never",
    alignValue: "left",
    rowHeight: 0.8,
  },
  table: { showHeader: true, cellHeight: "sm" },
};

/** One line for each combination of labels, with a column for each query. */
function transformations(queries: readonly Query[]) {
  const names = queries.map(({ legend }, i) => [queries.length > 1 ? `Value #${refId(i)}` : "Value", legend]);
  return [
    { id: "merge", options: {} },
    {
      id: "organize",
      options: {
        excludeByName: {
          Time: true,
          ...Object.fromEntries(names.filter(([, to]) => to === "").map(([name]) => [name, true])),
        },
        renameByName: Object.fromEntries(names.filter(([, to]) => to !== "")),
      },
    },
  ];
}

function refId(i: number): string {
  return String.fromCharCode("A".charCodeAt(0) + i);
}
