/** Queries of the dashboard, in PromQL: each is about the nodes that are selected on the page, and says SELECTED for that. */
import type { Query } from "./panel.ts";

/** With the selection in place of the word. */
export function ofSelected(query: Query): Query {
  return { ...query, expr: query.expr.replaceAll("SELECTED", 'job="hearsay", instance=~"$instance"') };
}

/** A line for each node, of a gauge with or without further labels; `what` tells several gauges apart. */
export function perNode(gauge: string, what?: string): Query {
  const expr = gauge.includes("{") ? gauge.replace("{", "{SELECTED, ") : `${gauge}{SELECTED}`;
  return forNode(expr, what);
}

/** A line for each node, by what this says. */
export function forNode(expr: string, what?: string): Query {
  return { expr, legend: what === undefined ? "{{instance}}" : `{{instance}} ${what}` };
}

/** A line for each combination of these labels, as `instance, source`, of what a counter grows by in a second. */
export function perSecond(counter: string, labels: string, legend = legendOf(labels)): Query {
  return { expr: sumOfRates(counter, labels), legend };
}

/** Two lines for each value of the label: the median, and what one in a hundred exceeds. */
export function quantiles(histogram: string, label: string): Query[] {
  return [0.5, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, ${sumOfRates(`${histogram}_bucket`, `${label}, le`)})`,
    legend: `${legendOf(label)} p${quantile * 100}`,
  }));
}

/** A gauge, with labels of its node beside its own. */
export function named(gauge: string, labels: string): string {
  return `${gauge}{SELECTED} * on (job, instance) group_left (${labels}) hearsay_node_info`;
}

function sumOfRates(counter: string, labels: string): string {
  return `sum by (${labels}) (rate(${counter}{SELECTED}[$__rate_interval]))`;
}

function legendOf(labels: string): string {
  return labels.split(", ").map((label) => `{{${label}}}`).join(" ");
}
