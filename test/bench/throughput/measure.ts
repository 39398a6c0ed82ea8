/** One system measured: started, warmed up, at a fixed rate and at saturation, and what it took. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMoments } from "./moments.ts";
import { arrivalsPath, type Published, type Watched } from "./orders.ts";
import { Helper } from "./processes.ts";
import { script } from "../../shared/script.ts";
import { type Cluster, NODES, type System } from "./systems/system.ts";
import { cpuSeconds, memoryOf } from "./usage.ts";

/** Values of a round that shows whether all are linked; and of how many rounds one must come through whole. */
const PROBES = NODES;
const PROBE_ROUNDS_MAX = 20;
const PROBE_PATIENCE_MS = 500;
/** When nothing came for so long, nothing more will. */
const PATIENCE_MS = 5_000;

export interface Plan {
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly forMs: number;
  readonly valuesMax: number;
  /** The rate at which latency is looked at beside saturation. */
  readonly perSecond: number;
  /** Processes that share the watching of all nodes. */
  readonly watchers: number;
}

/** What a phase has shown. */
export interface Figures {
  readonly values: number;
  /** From the first publish until all watchers had all. */
  readonly valuesPerSecond: number;
  /** From publish to the last watcher, ms. */
  readonly p50: number;
  readonly p99: number;
  readonly cpuSecondsPerMillion: number;
  /** Values that some watcher never saw, and those that came to one more than once; over all watchers. */
  readonly lost: number;
  readonly duplicates: number;
}

export interface Measured {
  readonly key: string;
  readonly name: string;
  readonly inFlight: number;
  readonly paced: Figures;
  readonly saturated: Figures;
  /** Of the server that takes most, MB. */
  readonly residentMb: number;
  readonly peakMb: number;
}

interface Load {
  readonly inFlight: number;
  readonly perSecond: number | null;
  readonly forMs: number;
  readonly valuesMax: number;
}

type Meanwhile = (published: Promise<unknown>) => Promise<void>;

export async function measure(system: System, plan: Plan): Promise<Measured> {
  return await withRig(system, plan.watchers, async (rig) => {
    const { forMs, perSecond, warmUpMs } = plan;
    const valuesMax = Math.min(plan.valuesMax, system.valuesMax ?? Infinity);
    const inFlight = system.inFlight ?? plan.inFlight;
    const load = { inFlight, perSecond: null, forMs, valuesMax };
    await rig.link();
    // As code is compiled while it runs, by what it has met so far, each kind of load comes once before it counts.
    await rig.run({ ...load, forMs: warmUpMs });
    await rig.run({ ...load, perSecond, forMs: warmUpMs });
    const paced = await rig.run({ ...load, perSecond });
    const saturated = await rig.run(load);
    const memory = rig.cluster.pids.map(memoryOf);
    return {
      key: system.key,
      name: system.name,
      inFlight,
      paced,
      saturated,
      residentMb: Math.max(...memory.map(({ residentMb }) => residentMb)),
      peakMb: Math.max(...memory.map(({ peakMb }) => peakMb)),
    };
  });
}

/** Starts the servers and all helpers, and ends them whatever happens. */
export async function withRig<T>(
  system: System,
  watchers: number,
  use: (rig: Rig) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "hearsay-throughput-"));
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const cluster = await system.start(folder);
    closing.push(cluster.stop);
    const rig = await Rig.open(cluster, folder, watchers);
    closing.push(() => rig.close());
    return await use(rig);
  } finally {
    for (const close of closing.reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A cluster with a publisher and watchers; one phase after the other, values counted on from each to the next. */
export class Rig {
  readonly cluster: Cluster;
  readonly #folder: string;
  readonly #watchers: readonly Helper[];
  readonly #publisher: Helper;
  #next = 0;

  private constructor(cluster: Cluster, folder: string, watchers: readonly Helper[], publisher: Helper) {
    this.cluster = cluster;
    this.#folder = folder;
    this.#watchers = watchers;
    this.#publisher = publisher;
  }

  static async open(cluster: Cluster, folder: string, count: number): Promise<Rig> {
    const { target } = cluster;
    const nodes = Array.from({ length: NODES }, (_, node) => node);
    const shares = nodes.slice(0, count).map((first) => nodes.filter((node) => node % count === first));
    const watchers = await Promise.all(shares.map((share) => {
      return Helper.start(script(new URL("./watcher.ts", import.meta.url)), { target, nodes: share });
    }));
    return new Rig(
      cluster,
      folder,
      watchers,
      await Helper.start(script(new URL("./publisher.ts", import.meta.url)), target),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#publisher, ...this.#watchers].map((helper) => helper.stop()));
  }

  /** The helper that watches at this node. */
  watcherAt(node: number): Helper | undefined {
    return this.#watchers[node % this.#watchers.length];
  }

  /** Resolves once what is published anywhere comes everywhere. */
  async link(): Promise<void> {
    const load = { inFlight: PROBES, perSecond: null, forMs: PROBE_PATIENCE_MS, valuesMax: PROBES };
    for (let round = 0; round < PROBE_ROUNDS_MAX; round++) {
      const { values } = await this.#publish(load, async () => {});
      const watched = await this.#expect(values, PROBE_PATIENCE_MS);
      this.#next += values;
      if (watched.every(({ distinct }) => distinct === values)) return;
    }
    throw new Error(`not all values came everywhere, in ${PROBE_ROUNDS_MAX} rounds`);
  }

  /** `meanwhile` begins with the publisher, is told when that has ended, and ends before it is asked what came. */
  async run(load: Load, meanwhile: Meanwhile = async () => {}): Promise<Figures> {
    const { pids } = this.cluster;
    const cpuBefore = cpuSeconds(pids);
    const { values } = await this.#publish(load, meanwhile);
    const watched = await this.#expect(values, PATIENCE_MS);
    const cpu = cpuSeconds(pids) - cpuBefore;
    const latencies = await this.#moments(values);
    this.#next += values;
    return {
      values,
      ...latencies,
      cpuSecondsPerMillion: cpu / values * 1e6,
      lost: sum(watched.map(({ distinct }) => values - distinct)),
      duplicates: sum(watched.map(({ duplicates }) => duplicates)),
    };
  }

  async #publish(load: Load, meanwhile: Meanwhile): Promise<Published> {
    await this.#each({ kind: "begin", from: this.#next });
    const order = { kind: "publish", from: this.#next, ...load };
    const published = this.#publisher.ask<Published>(order);
    await meanwhile(published);
    return await published;
  }

  #expect(values: number, patienceMs: number): Promise<Watched[]> {
    return this.#each({ kind: "expect", values, patienceMs });
  }

  async #each(order: object): Promise<Watched[]> {
    return (await Promise.all(this.#watchers.map((watcher) => watcher.ask<Watched[]>(order)))).flat();
  }

  async #moments(values: number): Promise<Pick<Figures, "valuesPerSecond" | "p50" | "p99">> {
    const path = join(this.#folder, "published");
    await this.#publisher.ask({ kind: "write", path });
    await this.#each({ kind: "write", folder: this.#folder, values });
    const arrivals = Array.from(
      { length: NODES },
      (_, node) => readMoments(arrivalsPath(this.#folder, node)),
    );
    return figuresOf(readMoments(path), arrivals);
  }
}

/** Of when each value was published, and when it came to each watcher, zero for never. */
function figuresOf(
  published: Float64Array,
  arrivals: readonly Float64Array[],
): Pick<Figures, "valuesPerSecond" | "p50" | "p99"> {
  const latencies = new Float64Array(published.length);
  let lastAt = 0;
  for (const [i, at] of published.entries()) {
    let everywhereAt = 0;
    for (const one of arrivals) everywhereAt = Math.max(everywhereAt, one[i] || Infinity);
    if (everywhereAt < Infinity) lastAt = Math.max(lastAt, everywhereAt);
    latencies[i] = everywhereAt - at;
  }
  latencies.sort();
  const quantile = (p: number) => latencies[Math.floor(latencies.length * p)] ?? NaN;
  const seconds = (lastAt - (published[0] ?? 0)) / 1000;
  return { valuesPerSecond: published.length / seconds, p50: quantile(0.5), p99: quantile(0.99) };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
