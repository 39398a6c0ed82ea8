/** The metrics of a node in the text format of Prometheus, written by prom-client. Loaded at the first scrape. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { families } from "./families/families.ts";
import type { Family, Moment } from "./family.ts";

const metrics = { counter: Counter, gauge: Gauge, histogram: Histogram } as const;

interface Value {
  readonly metricName?: string;
  readonly labels: Record<string, string>;
  readonly value: number;
}

export class Exposition {
  readonly #registry = new Registry();
  #moment: Moment | undefined;

  constructor() {
    for (const family of families) this.#register(family);
  }

  /** The media type of the text. */
  get format(): string {
    return this.#registry.contentType;
  }

  /** All that is to be said of a moment. */
  text(moment: Moment): Promise<string> {
    // All of it is read before this returns, so another scrape may come meanwhile.
    this.#moment = moment;
    return this.#registry.metrics();
  }

  /** The values are kept where things happen, and nothing of them here. */
  #register(family: Family): void {
    const { kind, name, help, labels } = family;
    const metric = new metrics[kind]({ name, help, labelNames: labels, registers: [this.#registry] });
    const get = () => ({
      name,
      help,
      type: kind,
      values: this.#moment ? valuesOf(family, this.#moment) : [],
    });
    // A histogram is asked by the second name for what is to be written.
    Object.assign(metric, { get, getForPromString: get });
  }
}

function valuesOf(family: Family, moment: Moment): readonly Value[] {
  const samples = family.samples(moment)
    .map(([value, ...given]) => ({ value, labels: labelled(family, given) }));
  return [...samples, ...bucketsOf(family, moment)];
}

function bucketsOf(family: Family, moment: Moment): readonly Value[] {
  const { name } = family;
  return family.distributions(moment).flatMap(([{ bounds, cumulated, count, sum }, ...given]) => {
    const labels = labelled(family, given);
    const buckets = [...bounds.map(String), "+Inf"].map((le, i) => ({
      metricName: `${name}_bucket`,
      labels: { ...labels, le },
      value: cumulated[i] ?? count,
    }));
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}

function labelled({ labels }: Family, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label, i) => [label, given[i] ?? ""]));
}
